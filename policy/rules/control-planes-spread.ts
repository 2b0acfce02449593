import { controlPlanesOf, hostsOf, isOn } from "../machines";
import { defineRule } from "../rule";

/** The loss of one host should not take the cluster with it where that can be had. */
export const controlPlanesSpread = defineRule({
  id: "control-planes-spread",
  says: "Where there are several hosts, no single one holds the majority of the control planes.",
  reason: "A host that reboots for an update would stop the cluster, although the other hosts had room.",
  level: "advisory", // as the program itself warns: somebody may have a reason, and can move a node later
  stack: (resources, { settings }) => {
    if (settings === undefined) return [];
    const members = controlPlanesOf(resources);
    const hosts = hostsOf(settings);
    const tolerated = Math.floor((members.length - 1) / 2);
    const best = Math.ceil(members.length / hosts.length);
    return hosts.flatMap((host) => {
      const here = members.filter((machine) => isOn(host, machine));
      if (here.length <= Math.max(tolerated, best)) return [];
      return [
        {
          message: `host ${host.name} holds ${here.length} of ${members.length} control planes (${here.map(({ name }) => name).join(", ")}): move one to another host`,
          urn: here[0]?.urn,
        },
      ];
    });
  },
});
