import { defineRule } from "../rule";
import { MACHINE } from "../types";

const FLAGS = ["stopOnDestroy", "purgeOnDestroy", "deleteUnreferencedDisksOnDestroy"];

/** A machine that is to go goes at once and leaves nothing. */
export const machineEnds = defineRule({
  id: "machine-ends",
  says: "A machine is stopped, purged and rid of stray disks when it is destroyed.",
  reason: "Destroy waits half an hour for a guest that does not shut down, and a backup job or HA entry keeps the VM id.",
  level: "remediate",
  types: [MACHINE],
  resource: ({ props }) => FLAGS.filter((flag) => props[flag] !== true).map((flag) => `${flag} is not on`),
  remedy: () => FLAGS.map((flag) => ({ path: [flag], value: true })),
});
