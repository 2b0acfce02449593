import { field, type KubeObject, listAt, textAt } from "../objects";
import type { StandIn, StandInContext } from "./stand-in";

const CLAIMS = "/api/v1/persistentvolumeclaims";
const VOLUMES = "/api/v1/persistentvolumes";
const NODES = "/api/v1/nodes";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const DRIVERS = "/apis/storage.k8s.io/v1/csidrivers";
const CAPACITIES = "/apis/storage.k8s.io/v1/csistoragecapacities";

/** Set by the scheduler on a claim whose volume is to be made where its pod shall run. */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const TOPOLOGY = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];
const MANAGER = "lab-volumes";

/** Everything that is there, by collection. */
type Items = StandInContext["items"];

/**
 * Stand-in for the provisioner of a CSI driver: makes the volume of a claim whose class and driver are there, once the
 * scheduler has said on which node it is wanted and the node says where it is. The real controller binds the two.
 */
export const volume: StandIn = {
  kind: "PersistentVolumeClaim",
  why: "a CSI driver's provisioner makes volumes; pods of StatefulSets and databases wait for them",
  watches: [CLAIMS, VOLUMES, CLASSES, DRIVERS, CAPACITIES, NODES],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  for (const object of dueCapacities(items)) await client.apply(object, { manager: MANAGER, onConflict: "force" });
  for (const claim of items(CLAIMS)) {
    const due = volumeFor(claim, items);
    if (due !== undefined) await client.apply(due, { manager: MANAGER, onConflict: "force" });
  }
  for (const each of items(VOLUMES)) if (isToDelete(each)) await client.delete(`${VOLUMES}/${each.metadata.name}`);
}

/** The volume of a claim; undefined while it has one, or while something that it needs is not there. */
export function volumeFor(claim: KubeObject, items: Items): KubeObject | undefined {
  const { uid = "", namespace = "default", name, deletionTimestamp } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  if (deletionTimestamp !== undefined || textAt(claim, "spec", "volumeName") !== undefined) return undefined;
  if (items(VOLUMES).some(({ metadata }) => metadata.name === volumeName)) return undefined;
  const storageClass = byName(items(CLASSES), textAt(claim, "spec", "storageClassName"));
  const driver = byName(items(DRIVERS), textAt(storageClass, "provisioner"));
  if (storageClass === undefined || driver === undefined) return undefined;
  const topology = topologyOf(claim, storageClass, items);
  if (topology === undefined) return undefined;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volumeName, annotations: { "pv.kubernetes.io/provisioned-by": driver.metadata.name } },
    spec: {
      accessModes: listAt(claim, "spec", "accessModes"),
      capacity: { storage: textAt(claim, "spec", "resources", "requests", "storage") ?? "1Gi" },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      csi: { driver: driver.metadata.name, volumeHandle: [...topology.map(([, value]) => value), volumeName].join("/") },
      persistentVolumeReclaimPolicy: textAt(storageClass, "reclaimPolicy") ?? "Delete",
      storageClassName: storageClass.metadata.name,
      volumeMode: textAt(claim, "spec", "volumeMode") ?? "Filesystem",
      ...(topology.length === 0 ? {} : { nodeAffinity: affinity(topology) }),
    },
  };
}

/** Where the volume is made: nowhere in particular for an immediate class, else where the selected node is. */
function topologyOf(claim: KubeObject, storageClass: KubeObject, items: Items): readonly (readonly [string, string])[] | undefined {
  if (textAt(storageClass, "volumeBindingMode") !== "WaitForFirstConsumer") return [];
  const node = byName(items(NODES), claim.metadata.annotations?.[SELECTED_NODE]);
  const labels = node?.metadata.labels ?? {};
  const found = TOPOLOGY.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]));
  // A node that does not say where it is gets no volume: its driver could not tell on which host to make it.
  return found.length === TOPOLOGY.length ? found : undefined;
}

function affinity(topology: readonly (readonly [string, string])[]): unknown {
  const matchExpressions = topology.map(([key, value]) => ({ key, operator: "In", values: [value] }));
  return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** The scheduler wants to know how much room there is before it picks a node; in the lab there is always enough. */
export function dueCapacities(items: Items): readonly KubeObject[] {
  return items(CLASSES).flatMap((storageClass) => {
    const driver = byName(items(DRIVERS), textAt(storageClass, "provisioner"));
    const name = `lab-${storageClass.metadata.name}`;
    if (field(driver, "spec", "storageCapacity") !== true || byName(items(CAPACITIES), name) !== undefined) return [];
    return [
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "CSIStorageCapacity",
        metadata: { name, namespace: "kube-system" },
        storageClassName: storageClass.metadata.name,
        capacity: "1Pi",
        nodeTopology: {},
      },
    ];
  });
}

function isToDelete(object: KubeObject): boolean {
  const released = textAt(object, "status", "phase") === "Released" && textAt(object, "spec", "persistentVolumeReclaimPolicy") === "Delete";
  return released && object.metadata.deletionTimestamp === undefined && textAt(object, "spec", "csi", "driver") !== undefined;
}

function byName(objects: readonly KubeObject[], name: string | undefined): KubeObject | undefined {
  return name === undefined ? undefined : objects.find(({ metadata }) => metadata.name === name);
}
