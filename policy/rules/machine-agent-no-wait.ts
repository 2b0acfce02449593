import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at } from "../values";

/** Addresses come from the settings. */
export const machineAgentNoWait = defineRule({
  id: "machine-agent-no-wait",
  says: "Nothing waits for the guest agent to say an address.",
  reason: "The wait stalls every create, refresh and preview for 15 minutes while a machine is off (bpg/terraform-provider-proxmox#2091).",
  level: "remediate",
  types: [MACHINE],
  resource: ({ props }) =>
    at(props, "agent", "enabled") !== true || at(props, "agent", "waitForIp", "disabled") === true
      ? []
      : ["agent.waitForIp is not disabled"],
  remedy: () => [{ path: ["agent", "waitForIp"], value: { disabled: true } }],
});
