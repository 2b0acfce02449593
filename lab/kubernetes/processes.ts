import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ended, endProcess, processIdentity } from "./process-identity";

/** A real program of the lab. */
export interface ProcessSpec {
  /** Name of its log file and of its entry in `pids.json`. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to a small fixed environment (PATH and HOME), not to the daemon's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long it may take to end after SIGTERM, in milliseconds. @default 10000 */
  readonly graceMs?: number;
}

interface PidRecord {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
  readonly graceMs: number;
}

interface Entry {
  readonly spec: ProcessSpec;
  child: ChildProcess | undefined;
  stopping: boolean;
  restarts: number;
  timer: NodeJS.Timeout | undefined;
}

const RESTART_DELAYS_MS = [200, 1_000, 3_000, 10_000] as const;

/**
 * The real processes of one lab. Each runs in a session of its own, so that Ctrl-C in a terminal does not reach it,
 * writes to `<labDir>/log/<name>.log`, is started again when it ends by itself, and is listed in `<labDir>/pids.json`
 * so that a later daemon can stop it by id.
 */
export class Processes {
  readonly #labDir: string;
  readonly #entries = new Map<string, Entry>();

  constructor(labDir: string) {
    this.#labDir = labDir;
    mkdirSync(join(labDir, "log"), { recursive: true, mode: 0o700 });
  }

  /** Names and ids of what runs now. */
  running(): readonly { readonly name: string; readonly pid: number }[] {
    return [...this.#entries].flatMap(([name, { child }]) => (child?.pid === undefined ? [] : [{ name, pid: child.pid }]));
  }

  /** How often a process was started again because it ended by itself. */
  restarts(name: string): number {
    return this.#entries.get(name)?.restarts ?? 0;
  }

  /** Starts a process. @throws Error when one of that name runs already. */
  start(spec: ProcessSpec): void {
    if (this.#entries.has(spec.name)) throw new Error(`process ${spec.name} runs already`);
    const entry: Entry = { spec, child: undefined, stopping: false, restarts: 0, timer: undefined };
    this.#entries.set(spec.name, entry);
    this.#spawn(entry);
  }

  /** Stops a process and waits for its end; nothing when it does not run. */
  async stop(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.stopping = true;
    clearTimeout(entry.timer);
    const { child } = entry;
    if (child?.pid !== undefined) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      const identity = processIdentity(child.pid);
      if (identity !== undefined) await endProcess(child.pid, identity, entry.spec.graceMs ?? 10_000);
      if (entry.child !== undefined) await exited;
    }
    this.#entries.delete(name);
    this.#record();
  }

  /** Stops everything at once, for parts whose order does not matter. */
  async stopAll(names: readonly string[] = [...this.#entries.keys()]): Promise<void> {
    await Promise.all(names.map((name) => this.stop(name)));
  }

  /** The last lines of a process' log, for an error message. */
  logTail(name: string, lines = 8): string {
    try {
      return readFileSync(this.logFile(name), "utf8").trimEnd().split("\n").slice(-lines).join("\n");
    } catch {
      return "(no log)";
    }
  }

  /** Path of a process' log. */
  logFile(name: string): string {
    return join(this.#labDir, "log", `${name}.log`);
  }

  #spawn(entry: Entry): void {
    const log = openSync(this.logFile(entry.spec.name), "a", 0o600);
    const child = spawn(entry.spec.command, entry.spec.args, {
      cwd: this.#labDir,
      detached: true,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.#labDir, ...entry.spec.environment },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    entry.child = child;
    child.once("error", (error) => writeFileSync(this.logFile(entry.spec.name), `cannot start: ${error.message}\n`, { flag: "a" }));
    child.once("exit", () => this.#exited(entry));
    this.#record();
  }

  #exited(entry: Entry): void {
    entry.child = undefined;
    this.#record();
    if (entry.stopping) return;
    const delay = RESTART_DELAYS_MS[Math.min(entry.restarts, RESTART_DELAYS_MS.length - 1)];
    entry.restarts += 1;
    entry.timer = setTimeout(() => this.#spawn(entry), delay);
  }

  #record(): void {
    const records: PidRecord[] = [...this.#entries].flatMap(([name, { child, spec }]) => {
      const identity = child?.pid === undefined ? undefined : processIdentity(child.pid);
      return child?.pid === undefined || identity === undefined ? [] : [{ name, pid: child.pid, identity, graceMs: spec.graceMs ?? 10_000 }];
    });
    const file = join(this.#labDir, "pids.json");
    writeFileSync(`${file}.new`, JSON.stringify(records, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/**
 * Stops what an earlier daemon of this lab directory left running, by id: a process whose start time or command is not
 * the recorded one is somebody else's and is left alone. Latest started first, so that the API server ends before etcd.
 * @returns the names of the processes that were stopped.
 */
export async function stopLeftovers(labDir: string): Promise<readonly string[]> {
  const file = join(labDir, "pids.json");
  const stopped: string[] = [];
  for (const record of readRecords(file).reverse()) {
    if (processIdentity(record.pid) !== record.identity) continue;
    await endProcess(record.pid, record.identity, record.graceMs);
    await ended(record.pid, record.identity, 1_000);
    stopped.push(record.name);
  }
  rmSync(file, { force: true });
  return stopped;
}

function readRecords(file: string): PidRecord[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
  return Array.isArray(parsed) ? parsed.filter(isPidRecord) : [];
}

function isPidRecord(value: unknown): value is PidRecord {
  if (typeof value !== "object" || value === null) return false;
  const { name, pid, identity, graceMs } = value as Partial<Record<keyof PidRecord, unknown>>; // narrowed field by field below
  return typeof name === "string" && typeof pid === "number" && typeof identity === "string" && typeof graceMs === "number";
}
