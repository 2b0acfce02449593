import assert from "node:assert/strict";
import { PLACE_ANNOTATION } from "../../../lab/kubernetes/node-agent";
import { field, type KubeObject } from "../../../lab/kubernetes/objects";
import { cloudController, initialized } from "../../../lab/kubernetes/stand-ins/cloud-controller";
import { dueCapacities, volume, volumeFor } from "../../../lab/kubernetes/stand-ins/volume";

const DRIVER = "csi.example.org";
const PLACE = { "topology.kubernetes.io/region": "home", "topology.kubernetes.io/zone": "pve1" };

function object(kind: string, name: string, rest: Record<string, unknown> = {}, metadata: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return { apiVersion: "v1", kind, metadata: { name, ...metadata }, ...rest };
}

const claim = (node?: string, storageClassName = "fast") =>
  object(
    "PersistentVolumeClaim",
    "data",
    { spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "5Gi" } } } },
    { namespace: "apps", uid: "u1", annotations: node === undefined ? {} : { "volume.kubernetes.io/selected-node": node } },
  );

const world = (changes: Record<string, readonly KubeObject[]> = {}) => {
  const there: Record<string, readonly KubeObject[]> = {
    "/apis/storage.k8s.io/v1/storageclasses": [
      object("StorageClass", "fast", { provisioner: DRIVER, volumeBindingMode: "WaitForFirstConsumer", reclaimPolicy: "Retain" }),
      object("StorageClass", "now", { provisioner: DRIVER, volumeBindingMode: "Immediate" }),
    ],
    "/apis/storage.k8s.io/v1/csidrivers": [object("CSIDriver", DRIVER, { spec: { storageCapacity: true } })],
    "/api/v1/nodes": [object("Node", "cp-1", {}, { labels: PLACE }), object("Node", "cp-2")],
    ...changes,
  };
  return (path: string) => there[path] ?? [];
};

describe("the stand-in for a volume driver", () => {
  it("makes the volume of a claim where the scheduler wants it, for this claim alone", () => {
    const made = volumeFor(claim("cp-1"), world());
    assert.equal(made?.metadata.name, "pvc-u1");
    assert.deepEqual(field(made, "spec", "claimRef", "uid"), "u1");
    assert.deepEqual(field(made, "spec", "capacity"), { storage: "5Gi" });
    assert.equal(field(made, "spec", "persistentVolumeReclaimPolicy"), "Retain");
    assert.equal(field(made, "spec", "csi", "volumeHandle"), "home/pve1/pvc-u1");
    assert.ok(JSON.stringify(field(made, "spec", "nodeAffinity")).includes("pve1"));
  });

  it("makes none while class, driver or node is not there, nobody wants it yet, or the node does not say where it is", () => {
    assert.equal(volumeFor(claim("cp-1", "slow"), world()), undefined);
    assert.equal(volumeFor(claim("cp-1"), world({ "/apis/storage.k8s.io/v1/csidrivers": [] })), undefined);
    assert.equal(volumeFor(claim("cp-3"), world()), undefined);
    assert.equal(volumeFor(claim(), world()), undefined);
    assert.equal(volumeFor(claim("cp-2"), world()), undefined);
  });

  it("makes a volume of an immediate class at once, and one only", () => {
    assert.notEqual(volumeFor(claim(undefined, "now"), world()), undefined);
    assert.equal(volumeFor(claim("cp-1"), world({ "/api/v1/persistentvolumes": [object("PersistentVolume", "pvc-u1")] })), undefined);
  });

  it("says once that there is room, where the driver wants the scheduler to ask", () => {
    const due = dueCapacities(world());
    assert.deepEqual(
      due.map(({ metadata }) => metadata.name),
      ["lab-fast", "lab-now"],
    );
    assert.deepEqual(dueCapacities(world({ "/apis/storage.k8s.io/v1/csistoragecapacities": due })), []);
    assert.deepEqual(dueCapacities(world({ "/apis/storage.k8s.io/v1/csidrivers": [object("CSIDriver", DRIVER)] })), []);
  });

  it("deletes a released volume only where its class says so", async () => {
    const released = (name: string, policy: string) =>
      object("PersistentVolume", name, { spec: { persistentVolumeReclaimPolicy: policy, csi: { driver: DRIVER } }, status: { phase: "Released" } });
    const deleted: string[] = [];
    const client = { apply: refuse, merge: refuse, delete: (path: string) => Promise.resolve(void deleted.push(path)) };
    const items = world({
      "/apis/storage.k8s.io/v1/csidrivers": [],
      "/api/v1/persistentvolumes": [released("gone", "Delete"), released("kept", "Retain")],
    });
    await volume.reconcile({ client, items });
    assert.deepEqual(deleted, ["/api/v1/persistentvolumes/gone"]);
  });
});

describe("the stand-in for Proxmox' cloud controller", () => {
  const TAINT = { key: "node.cloudprovider.kubernetes.io/uninitialized", value: "true", effect: "NoSchedule" };
  const other = { key: "gpu", effect: "NoSchedule" };
  const node = (taints: readonly unknown[], place = "home/pve1/111") => object("Node", "cp-1", { spec: { taints } }, { annotations: { [PLACE_ANNOTATION]: place } });

  it("says where a node is and takes only its own taint away", () => {
    assert.deepEqual(initialized(node([TAINT, other])), {
      metadata: { labels: PLACE },
      spec: { providerID: "proxmox://home/111", taints: [other] },
    });
    assert.equal(initialized(node([other])), undefined);
    assert.equal(initialized(node([TAINT], "")), undefined);
  });

  it("does nothing before a pod of the controller runs", async () => {
    const written: string[] = [];
    const merge = <T>(path: string): Promise<T> => {
      written.push(path);
      return Promise.resolve(Object() as T); // nothing reads the answer
    };
    const items = (availableReplicas: number) => (path: string) =>
      path === "/api/v1/nodes"
        ? [node([TAINT])]
        : [object("Deployment", "proxmox-ccm", { status: { availableReplicas } }, { labels: { "app.kubernetes.io/name": "proxmox-cloud-controller-manager" } })];
    const client = { apply: refuse, delete: refuse, merge };
    await cloudController.reconcile({ client, items: items(0) });
    assert.deepEqual(written, []);
    await cloudController.reconcile({ client, items: items(1) });
    assert.deepEqual(written, ["/api/v1/nodes/cp-1"]);
  });
});

function refuse(): never {
  assert.fail("a request that nothing asked for");
}
