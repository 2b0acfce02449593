import { defineRule } from "../rule";
import { MACHINE } from "../types";

/** Nodes are rolled one at a time by tuppr, never by the provider. */
export const machineNoReboot = defineRule({
  id: "machine-no-reboot",
  says: "A changed machine is not rebooted by the provider.",
  reason: "`rebootAfterUpdate` is on by default, and a change of memory then reboots every control plane at once.",
  level: "remediate",
  types: [MACHINE],
  resource: ({ props }) => (props["rebootAfterUpdate"] === false ? [] : ["rebootAfterUpdate is not off"]),
  remedy: () => [{ path: ["rebootAfterUpdate"], value: false }],
});
