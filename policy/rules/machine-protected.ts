import { defineRule } from "../rule";
import { MACHINE } from "../types";

/** One setting drives both protections. */
export const machineProtected = defineRule({
  id: "machine-protected",
  says: "With `cluster.deletionProtection` a machine is protected by Pulumi and by Proxmox; without, by neither.",
  reason: "Protected by one alone, a destroy deletes what comes before it and then fails.",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props, options }, { settings }) => {
    if (settings === undefined) return [];
    const wanted = settings.cluster.deletionProtection;
    const word = wanted ? "on" : "off";
    return [
      ...(options.protect === wanted ? [] : [`protect is not ${word}, as cluster.deletionProtection is`]),
      ...((props["protection"] ?? false) === wanted ? [] : [`Proxmox' protection is not ${word}, as cluster.deletionProtection is`]),
    ];
  },
});
