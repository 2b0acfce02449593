import { labelProblem } from "../../../config/node-labels";
import { UserError } from "../../../config/user-error";
import { topologyLabels } from "../../../platform/storage/proxmox-nodes";
import { isControlPlane, type Patch } from "./document";

/** Put by Talos on control planes; it keeps load balancers, Cilium's announcements included, away from them. */
const NO_LOAD_BALANCERS = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * The node's labels, and where it is if nobody else says so. @throws UserError for one that the API server would refuse, since Talos would then set none at all; a rule of config/ says so first.
 */
export const labels: Patch = (settings, node) => {
  const entries = Object.entries({ ...topologyLabels(settings, node), ...node.labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key] of entries) {
    const problem = labelProblem(node.role, key);
    if (problem !== undefined) throw new UserError(`node ${node.name}: label ${key} cannot be set: ${problem}`);
  }
  return entries.length === 0 ? [] : [{ machine: { nodeLabels: Object.fromEntries(entries) } }];
};

/** Where control planes carry workloads, and there may be nothing else, they must be announced and balanced to. */
export const balancing: Patch = (settings, node) =>
  settings.cluster.scheduleOnControlPlanes && isControlPlane(node) && !(NO_LOAD_BALANCERS in node.labels)
    ? [{ machine: { nodeLabels: { [NO_LOAD_BALANCERS]: { $patch: "delete" } } } }]
    : [];
