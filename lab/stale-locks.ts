import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { LabHome } from "./home";
import { processIdentity } from "./kubernetes/process-identity";

/** The engine's own format of a lock in a file backend. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Removes the locks of engines that were killed: the engine itself only ever removes its own, so a lab would be locked
 * for good. A lock of a process that lives, or of another machine, stays.
 */
export function removeStaleLocks({ state, stack }: LabHome): void {
  const folder = join(state, ".pulumi", "locks", "organization", "hearth", stack);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const lock = JSON.parse(readFileSync(join(folder, name), "utf8")) as Lock;
    if (lock.hostname === hostname() && processIdentity(lock.pid) === undefined) rmSync(join(folder, name), { force: true });
  }
}
