import { readdirSync, readFileSync } from "node:fs";

/** Memory of a set of processes at one moment. */
export interface MemorySample {
  /** Sum of proportional set sizes, in MiB: shared pages are counted once. */
  readonly pssMiB: number;
  /** The largest processes, name and MiB. */
  readonly largest: readonly (readonly [name: string, pssMiB: number])[];
}

/** The processes and all their descendants. */
export function processTree(roots: readonly number[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set<number>();
  const visit = (pid: number): void => {
    if (found.has(pid)) return;
    found.add(pid);
    children.get(pid)?.forEach(visit);
  };
  roots.forEach(visit);
  return [...found];
}

/** Sums up what processes use now; one that ended meanwhile counts nothing. Linux only. */
export function sampleMemory(pids: readonly number[]): MemorySample {
  const sizes = pids.map((pid) => [nameOf(pid), pssOf(pid)] as const);
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 12);
  return { pssMiB: sizes.reduce((sum, [, size]) => sum + size, 0), largest };
}

function pssOf(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kib ?? 0) / 1024;
}

function nameOf(pid: number): string {
  const [command = "", ...args] = read(`/proc/${pid}/cmdline`).split("\0");
  const program = command.split("/").at(-1) ?? "";
  const script = args.find((arg) => /main\.ts$/.test(arg));
  return script === undefined
    ? `${program} ${program === "kube" ? (args[0] ?? "") : ""}`.trim()
    : `node ${script.split("/").slice(-2).join("/")}`;
}

function parentOf(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, "")
    .split(" ");
  return fields.length < 2 ? undefined : Number(fields[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
