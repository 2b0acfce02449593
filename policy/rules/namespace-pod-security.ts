import { z } from "zod";
import { defineRule } from "../rule";
import { NAMESPACE } from "../types";
import { textAt } from "../values";

const MODES = ["enforce", "audit", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}`);
const LEVELS = ["privileged", "baseline", "restricted"];

/** Every namespace says what its pods may do. */
export const namespacePodSecurity = defineRule({
  id: "namespace-pod-security",
  says: "A namespace carries a Pod Security level for enforce, audit and warn.",
  reason: "Without a label it gets whatever the API server's default is that day, and nobody has chosen it.",
  level: "mandatory",
  types: [NAMESPACE],
  config: z.strictObject({
    labelledByOthers: z
      .array(z.string())
      .default(["flux-system"])
      .describe("Namespaces whose labels somebody else owns: flux-operator those of `flux-system`."),
  }),
  resource: ({ props }, _context, { labelledByOthers }) =>
    labelledByOthers.includes(textAt(props, "metadata", "name"))
      ? []
      : MODES.filter((mode) => !LEVELS.includes(textAt(props, "metadata", "labels", mode))).map((mode) => `it has no label ${mode}`),
});
