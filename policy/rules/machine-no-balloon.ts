import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at } from "../values";

/** The kubelet counts on the memory that it saw at its start. */
export const machineNoBalloon = defineRule({
  id: "machine-no-balloon",
  says: "A machine has no memory balloon.",
  reason: "Memory taken back from a running node ends pods that the scheduler thought had room.",
  level: "remediate",
  types: [MACHINE],
  resource: ({ props }) => {
    const floating = at(props, "memory", "floating") ?? 0;
    return floating === 0 ? [] : [`memory.floating is ${String(floating)}, which is a balloon: set it to 0`];
  },
  remedy: () => [{ path: ["memory", "floating"], value: 0 }],
});
