import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the escrow of a stack is written by default; Git ignores it. */
export function escrowFile(stack: string): string {
  return `${stack}.escrow.age`;
}

/** Says, on `up` only, that the cluster's root secrets exist in one place: the state. */
export function remindOfEscrow(stack: string, projectDir: string): void {
  if (pulumi.runtime.isDryRun() || existsSync(join(projectDir, escrowFile(stack)))) return;
  void pulumi.log.warn(`nothing of ${stack} is in escrow: should its state be lost, so is the cluster. Run npm run escrow -- ${stack}`);
}
