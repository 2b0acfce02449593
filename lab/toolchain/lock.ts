import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 500;
/** A lock of another host cannot be asked whether it lives; one that was never finished within this time is taken over. */
const FOREIGN_LOCK_MS = 60 * 60 * 1000;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Runs `work` while no other process holds the lock file. A lock whose process ended is taken over. */
export async function withLock<T>(file: string, onWait: (holder: string) => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  while (!tryLock(file)) {
    const holder = readHolder(file);
    if (holder && isAbandoned(file, holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (holder && !told) onWait(`process ${holder.pid} on ${holder.host}`);
    told ||= holder !== undefined;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Whether a process of this host still runs; one that we may not signal does. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined when the lock went away, or its text is not there yet. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isAbandoned(file: string, holder: Holder): boolean {
  if (holder.host === hostname()) return !isAlive(holder.pid);
  try {
    return Date.now() - statSync(file).mtimeMs > FOREIGN_LOCK_MS;
  } catch {
    return false;
  }
}
