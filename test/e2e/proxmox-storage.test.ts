import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { waitUntil } from "../../components/gates/wait";
import { conditionStatus, field, type KubeNode, listAt, textAt } from "../../lab/kubernetes/objects";
import { stackText, TestLab } from "./lab-harness";

const STACK = join(__dirname, "../fixtures/stacks/Pulumi.one-node.yaml");
const OCTET = 62;
const KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";
const UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

const text = stackText(readFileSync(STACK, "utf8").replaceAll("127.21.0.", `127.${OCTET}.0.`), [
  [["hearth:platform", "proxmox-csi"], {}],
  [["hearth:platform", "proxmox-ccm"], {}],
  [["hearth:platform", "rustfs"], { sizeGiB: 5 }],
]);

describe("apps that work with Proxmox", function () {
  this.timeout(600_000);
  const lab = new TestLab("one-node", text);
  const secretOf = async (namespace: string, name: string): Promise<unknown> => {
    const secret = await lab.kubernetes().find(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    return parse(Buffer.from(textAt(secret, "data", "config.yaml") ?? "", "base64").toString());
  };

  before("come up with a node that waits for its cloud controller", async () => {
    await lab.open();
    await lab.hurry();
    await lab.up();
    await allReady(lab);
  });
  after(() => lab.close());

  it("get a user, a role on each path and a token each, and no more", async () => {
    const { users, roles, tokens, accessRules } = await lab.inventory();
    assert.deepEqual(users, ["hearth-one-node-ccm@pve", "hearth-one-node-csi@pve"]);
    assert.deepEqual(roles, ["hearth-one-node-ccm-machines", "hearth-one-node-csi-machines", "hearth-one-node-csi-storage"]);
    assert.deepEqual(tokens, ["hearth-one-node-ccm@pve!hearth", "hearth-one-node-csi@pve!hearth"]);
    assert.deepEqual(accessRules, [
      "/storage/local-lvm: hearth-one-node-csi-storage for hearth-one-node-csi@pve",
      "/vms: hearth-one-node-ccm-machines for hearth-one-node-ccm@pve",
      "/vms: hearth-one-node-csi-machines for hearth-one-node-csi@pve",
    ]);
  });

  it("find that token in their Secret, each its own", async () => {
    const places = [
      ["csi-proxmox", "csi"],
      ["kube-system", "ccm"],
    ] as const;
    const found = await Promise.all(
      places.map(async ([namespace, user]) => {
        const [cluster] = listAt(await secretOf(namespace, `proxmox-${user}-config`), "clusters");
        assert.equal(textAt(cluster, "url"), "https://pve1.example.com:8006/api2/json");
        assert.equal(textAt(cluster, "token_id"), `hearth-one-node-${user}@pve!hearth`);
        assert.equal(textAt(cluster, "region"), "home");
        return textAt(cluster, "token_secret");
      }),
    );
    for (const secret of found) assert.match(secret ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(new Set(found).size, 2);
  });

  it("run on a node that the cloud controller has told its place, and that is tainted no more", async () => {
    const [node] = await lab.kubernetes().list<KubeNode>("/api/v1/nodes");
    assert.deepEqual(
      (node?.spec?.taints ?? []).filter(({ key }) => key === UNINITIALIZED),
      [],
    );
    assert.match(textAt(node, "spec", "providerID") ?? "", /^proxmox:\/\/home\/\d+$/);
    assert.equal(node?.metadata.labels?.["topology.kubernetes.io/zone"], "pve1");
  });

  it("keep their volumes on the class of the driver, made where the node is", async () => {
    const client = lab.kubernetes();
    const claim = await client.find("/api/v1/namespaces/rustfs/persistentvolumeclaims/data-rustfs-0");
    assert.equal(textAt(claim, "status", "phase"), "Bound");
    assert.equal(textAt(claim, "spec", "storageClassName"), "proxmox-csi");
    const volume = await client.find(`/api/v1/persistentvolumes/${textAt(claim, "spec", "volumeName")}`);
    assert.match(textAt(volume, "spec", "csi", "volumeHandle") ?? "", /^home\/pve1\//);
  });

  it("leave nothing to do for a second preview", async () => {
    assert.deepEqual((await lab.preview()).changes, {});
  });

  it("leave nothing in Proxmox when the cluster is destroyed", async () => {
    await lab.destroy();
    const left = Object.entries(await lab.inventory()).filter(([, items]) => items.length > 0);
    assert.deepEqual(left, []);
  });
});

/** Waits until every Kustomization of the tree is Ready. */
async function allReady(lab: TestLab): Promise<void> {
  const client = lab.kubernetes();
  await waitUntil({
    what: "every Kustomization to be Ready",
    deadline: 240,
    interval: 1,
    look: async () => {
      const found = await client.list(KUSTOMIZATIONS);
      const late = found.filter(
        (each) => conditionStatus(each, "Ready") !== "True" || field(each.status, "observedGeneration") !== each.metadata.generation,
      );
      const names = late.map(({ metadata }) => metadata.name).join(", ");
      return found.length > 5 && late.length === 0 ? { ready: true } : { ready: false, state: names || "too few are there" };
    },
  });
}
