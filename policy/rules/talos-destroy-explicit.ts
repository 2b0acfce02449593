import { defineRule } from "../rule";
import { TALOS_APPLY } from "../types";
import { at } from "../values";

const FLAGS = ["reset", "graceful", "reboot"];

/** What happens to a node on destroy stands in the state of the last apply. */
export const talosDestroyExplicit = defineRule({
  id: "talos-destroy-explicit",
  says: "What happens to a node on destroy is said in full, and it is not reset.",
  reason:
    "Values left out crash the provider (siderolabs/terraform-provider-talos#334), and a reset that cannot reach its node stops the destroy (#147).",
  level: "mandatory",
  types: [TALOS_APPLY],
  resource: ({ props }) => [
    ...FLAGS.filter((flag) => typeof at(props, "onDestroy", flag) !== "boolean").map((flag) => `onDestroy.${flag} is not said`),
    ...(at(props, "onDestroy", "reset") === true ? ["onDestroy.reset is on: machines are deleted whole, there is nothing to reset"] : []),
  ],
});
