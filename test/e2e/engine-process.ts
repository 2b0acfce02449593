import { readdirSync, readFileSync } from "node:fs";

/** Kills the engine's process that this process started and that works on a stack, as a power cut would. @throws Error when there is none */
export function killEngine(): void {
  const found = children(process.pid).filter((pid) => /\/pulumi\0up\0|^pulumi\0up\0/.test(read(`/proc/${pid}/cmdline`)));
  if (found.length !== 1) throw new Error(`${found.length} engines run, not one`);
  for (const pid of found) process.kill(pid, "SIGKILL");
}

function children(parent: number): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Empty for a process that is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
