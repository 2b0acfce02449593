import { defineRule } from "../rule";
import { TALOS_APPLY } from "../types";

/** Nothing is called on the plan path. */
export const talosApplyAuto = defineRule({
  id: "talos-apply-auto",
  says: "Machine configs are applied in mode `auto`.",
  reason: "The staged mode dials the node in every preview, and only warns when it is not there.",
  level: "remediate",
  types: [TALOS_APPLY],
  resource: ({ props }) => (props["applyMode"] === "auto" ? [] : [`applyMode is ${String(props["applyMode"] ?? "not set")}`]),
  remedy: () => [{ path: ["applyMode"], value: "auto" }],
});
