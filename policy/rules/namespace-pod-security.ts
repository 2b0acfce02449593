import { z } from "zod";
import { defineRule } from "../rule";
import { isObjectPatch, NAMESPACES } from "../types";
import { at, textAt } from "../values";

const MODES = ["enforce", "audit", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}`);
const LEVELS = ["privileged", "baseline", "restricted"];

/** Every namespace says what its pods may do. */
export const namespacePodSecurity = defineRule({
  id: "namespace-pod-security",
  says: "A namespace carries a Pod Security level for enforce, audit and warn.",
  reason: "Without a label it gets whatever the API server's default is that day, and nobody has chosen it.",
  level: "mandatory",
  types: NAMESPACES,
  config: z.strictObject({
    labelledByOthers: z
      .array(z.string())
      .default(["flux-system"])
      .describe("Namespaces whose labels somebody else owns: flux-operator those of `flux-system`."),
  }),
  resource: ({ type, props }, _context, { labelledByOthers }) => {
    // Who only changes a namespace need not say what another has said.
    const modes = isObjectPatch(type) ? MODES.filter((mode) => at(props, "metadata", "labels", mode) !== undefined) : MODES;
    return labelledByOthers.includes(textAt(props, "metadata", "name"))
      ? []
      : modes
          .filter((mode) => !LEVELS.includes(textAt(props, "metadata", "labels", mode)))
          .map((mode) => `it has no level in the label ${mode}`);
  },
});
