import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * What tells one process from a later one that got the same id: its start time and its command.
 * Undefined when no such process runs (a zombie counts as ended).
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === "linux" ? linuxIdentity(pid) : psIdentity(pid);
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may itself hold spaces: the rest starts after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "";
    return `${fields[19] ?? ""} ${command}`;
  } catch {
    return undefined;
  }
}

function psIdentity(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=,comm=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}

/** Resolves once the process has ended, or with `false` after `timeoutMs` milliseconds. */
export async function ended(pid: number, identity: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (processIdentity(pid) === identity) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

/** Sends SIGTERM, then SIGKILL after `graceMs` milliseconds, and waits for the end. Does nothing when the id belongs to another process now. */
export async function endProcess(pid: number, identity: string, graceMs: number): Promise<void> {
  for (const [signal, patience] of [["SIGTERM", graceMs], ["SIGKILL", 5_000]] as const) {
    if (processIdentity(pid) !== identity) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await ended(pid, identity, patience)) return;
  }
  throw new Error(`process ${pid} (${identity}) did not end`);
}
