import { PLACE_ANNOTATION } from "../node-agent";
import { field, type KubeObject, listAt, textAt } from "../objects";
import type { StandIn, StandInContext } from "./stand-in";

const NODES = "/api/v1/nodes";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
const UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

/** Stand-in for Proxmox' cloud controller: a node that it finds gets its id, region and zone, and loses its taint. */
export const cloudController: StandIn = {
  kind: "Node of a Proxmox machine",
  why: "Proxmox' cloud controller says where a node is and takes its taint away; nothing else is scheduled before",
  watches: [NODES, DEPLOYMENTS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  if (!items(DEPLOYMENTS).some(isRunningController)) return;
  for (const node of items(NODES)) {
    const due = initialized(node);
    if (due !== undefined) await client.merge(`${NODES}/${node.metadata.name}`, due);
  }
}

function isRunningController(object: KubeObject): boolean {
  const available = field(object, "status", "availableReplicas");
  return object.metadata.labels?.["app.kubernetes.io/name"] === "proxmox-cloud-controller-manager" && typeof available === "number" && available > 0;
}

/** What a node that still has the taint becomes; undefined for one that has not, or whose machine nobody knows. */
export function initialized(node: KubeObject): unknown {
  const taints = listAt(node, "spec", "taints");
  const others = taints.filter((taint) => textAt(taint, "key") !== UNINITIALIZED);
  const [region, zone, vmId] = node.metadata.annotations?.[PLACE_ANNOTATION]?.split("/") ?? [];
  if (others.length === taints.length || region === undefined || zone === undefined || vmId === undefined) return undefined;
  return {
    metadata: { labels: { "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone } },
    spec: { providerID: `proxmox://${region}/${vmId}`, taints: others },
  };
}
