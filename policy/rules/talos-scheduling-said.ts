import { defineRule } from "../rule";
import { patchesOf } from "../talos";
import { TALOS_APPLY } from "../types";
import { at, findings } from "../values";

const TAINT = "node-role.kubernetes.io/control-plane";
/** The switch, and its old name, which Talos still takes. */
const SWITCHES = ["allowSchedulingOnControlPlanes", "allowSchedulingOnMasters"];

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
      ...SWITCHES.filter((field) => patches.some((patch) => at(patch, "cluster", field) === true)).map((field) => `${field} is on`),
      ...findings(
        [patches.some((patch) => isDeleted(patch, TAINT)), `the taint ${TAINT} is taken away`],
        [patches.some((patch) => isDeleted(patch)), "every taint is taken away"],
      ),
    ];
  },
});

function isDeleted(patch: unknown, ...taint: readonly string[]): boolean {
  return at(patch, "machine", "nodeTaints", ...taint, "$patch") === "delete";
}
