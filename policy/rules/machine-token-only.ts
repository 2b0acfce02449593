import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, listAt } from "../values";

/** Options that Proxmox lets nobody set but root@pam with a password; source: pulumi-proxmoxve, documentation of the type. */
const ROOT_ONLY: readonly (readonly string[])[] = [
  ["kvmArguments"],
  ["cpu", "affinity"],
  ["memory", "hugepages"],
  ["amdSev"],
  ["cpu", "architecture"],
];

/** Everything can be made with an API token. */
export const machineTokenOnly = defineRule({
  id: "machine-token-only",
  says: "A machine has no option that only root@pam may set.",
  reason: "With an API token the run fails half-way; with root's password the stack holds the keys of the host.",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) => [
    ...ROOT_ONLY.filter((path) => at(props, ...path) !== undefined).map((path) => `${path.join(".")} is only root@pam's to set`),
    ...(listAt(props, "rngs").length === 0 ? [] : ["rngs are only root@pam's to set"]),
  ],
});
