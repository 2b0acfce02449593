import { defineRule } from "../rule";
import { patchesOf } from "../talos";
import { TALOS_APPLY } from "../types";
import { at } from "../values";

const TAINT = "node-role.kubernetes.io/control-plane";

/** Workloads on a control plane are a choice. */
export const talosSchedulingSaid = defineRule({
  id: "talos-scheduling-said",
  says: "Control planes take workloads only where `cluster.scheduleOnControlPlanes` says so.",
  reason: "A workload that eats a control plane's memory takes etcd with it.",
  level: "mandatory",
  types: [TALOS_APPLY],
  resource: (resource, { settings }) => {
    if (settings === undefined || settings.cluster.scheduleOnControlPlanes) return [];
    const patches = patchesOf(resource);
    return [
      ...(patches.some((patch) => at(patch, "cluster", "allowSchedulingOnControlPlanes") === true)
        ? ["allowSchedulingOnControlPlanes is on"]
        : []),
      ...(patches.some((patch) => at(patch, "machine", "nodeTaints", TAINT, "$patch") === "delete")
        ? [`the taint ${TAINT} is taken away`]
        : []),
    ];
  },
});
