import assert from "node:assert/strict";
import * as fc from "fast-check";
import { downloadsFor, imageOf, installerImage } from "../../../components/talos/images";
import { controlPlane, node, proxmox, settingsOf, worker } from "../fixture";

const extension = (name: string) => ({ name, files: {}, environment: [] });
const gpu = { extensions: [extension("siderolabs/nvidia"), extension("siderolabs/qemu-guest-agent")] };

describe("the images to fetch", () => {
  it("are one per host for one schematic on local storage", () => {
    const settings = settingsOf({
      nodes: [controlPlane(1, { host: "pve1" }), controlPlane(2, { host: "pve2" }), controlPlane(3, { host: "pve2" })],
    });
    const found = downloadsFor(settings);
    assert.deepEqual(
      found.map(({ nodeName, nodes }) => [nodeName, nodes]),
      [
        ["pve1", ["cp-1"]],
        ["pve2", ["cp-2", "cp-3"]],
      ],
    );
    const [image] = found;
    assert.match(image?.url ?? "", /^https:\/\/factory\.talos\.dev\/image\/[0-9a-f]{64}\/v1\.13\.7\/nocloud-amd64\.qcow2$/);
    assert.equal(image?.fileName, `talos-1.13.7-nocloud-amd64-${image?.schematic.slice(0, 12)}.qcow2`);
    assert.equal(image?.fileId, `local:import/${image?.fileName}`);
  });

  it("are one for all hosts on shared storage, fetched by the first host whatever nodes there are", () => {
    const shared = proxmox({
      hosts: ["pve1", "pve2", "pve3"].map((name) => ({ name, cores: 16, memoryMiB: 65536, imageDatastore: "nfs", diskDatastore: "ceph" })),
      sharedDatastores: ["nfs", "ceph"],
    });
    const nodes = [controlPlane(2, { host: "pve2" }), worker(3, { host: "pve3" })];
    const [image, ...others] = downloadsFor(settingsOf({ nodes, proxmox: [shared] }));
    assert.deepEqual(others, []);
    assert.equal(image?.nodeName, "pve1");
    assert.equal(image?.fileId, `nfs:import/${image?.fileName}`);
    assert.deepEqual(image?.nodes, ["cp-2", "worker-3"]);
  });

  it("are one per standalone host even where datastores have the same name", () => {
    const hosts = (name: string) => [{ name, cores: 16, memoryMiB: 65536, imageDatastore: "local", diskDatastore: "local-lvm" }];
    const clusters = [proxmox({ name: "attic", hosts: hosts("pve") }), proxmox({ name: "cellar", hosts: hosts("pve") })];
    const nodes = [controlPlane(1, { proxmox: "attic", host: "pve" }), worker(2, { proxmox: "cellar", host: "pve" })];
    assert.deepEqual(
      downloadsFor(settingsOf({ nodes, proxmox: clusters })).map(({ proxmox: name }) => name),
      ["attic", "cellar"],
    );
  });

  it("differ by schematic and by secure boot", () => {
    const nodes = [controlPlane(1), worker(2, gpu), worker(3, { ...gpu, secureBoot: true })];
    const settings = settingsOf({ nodes });
    const found = downloadsFor(settings);
    assert.equal(found.length, 3);
    assert.equal(new Set(found.map(({ fileName }) => fileName)).size, 3);
    const secure = imageOf(settings, nodes[2] ?? controlPlane(1));
    assert.match(secure.url, /\/nocloud-amd64-secureboot\.qcow2$/);
    assert.equal(secure.schematic, imageOf(settings, nodes[1] ?? controlPlane(1)).schematic);
  });

  it("follow what is installed, never the goal", () => {
    const nodes = [controlPlane(1)];
    const before = downloadsFor(settingsOf({ nodes }));
    assert.deepEqual(downloadsFor(settingsOf({ nodes, cluster: { versions: { talos: "1.14.0", kubernetes: "1.37.0" } } })), before);
    const after = downloadsFor(settingsOf({ nodes, cluster: { installed: { talos: "1.13.8", kubernetes: "1.36.3" } } }));
    assert.notEqual(after[0]?.key, before[0]?.key);
    assert.notEqual(after[0]?.fileId, before[0]?.fileId);
  });

  it("come from the same factory and schematic as the installer", () => {
    for (const secureBoot of [false, true]) {
      const target = worker(2, { ...gpu, secureBoot });
      const settings = settingsOf({ nodes: [target], imageFactory: "http://127.0.0.1:8099" });
      const { url, schematic } = imageOf(settings, target);
      assert.ok(url.startsWith(`http://127.0.0.1:8099/image/${schematic}/`));
      assert.equal(
        installerImage(settings, target),
        `127.0.0.1:8099/nocloud-installer${secureBoot ? "-secureboot" : ""}/${schematic}:v1.13.7`,
      );
    }
  });

  it("serve every node exactly once, under unique names that do not depend on the order of the nodes", () => {
    const anyNode = fc.record({
      host: fc.constantFrom("pve1", "pve2", "pve3"),
      secureBoot: fc.boolean(),
      gpu: fc.boolean(),
      role: fc.constantFrom("controlplane" as const, "worker" as const),
    });
    fc.assert(
      fc.property(fc.array(anyNode, { minLength: 1, maxLength: 8 }), fc.boolean(), (drawn, shared) => {
        const nodes = drawn.map(({ role, host, secureBoot, gpu: wanted }, index) =>
          node(role, index + 1, { host, secureBoot, ...(wanted && gpu) }),
        );
        const clusters = [proxmox({ sharedDatastores: shared ? ["local"] : [] })];
        const found = downloadsFor(settingsOf({ nodes, proxmox: clusters }));
        assert.deepEqual(found.flatMap((image) => image.nodes).sort(), nodes.map(({ name }) => name).sort());
        assert.equal(new Set(found.map(({ key }) => key)).size, found.length);
        const targets = found.map(({ nodeName, fileId }) => `${shared ? "" : nodeName}/${fileId}`);
        assert.equal(new Set(targets).size, found.length, "two downloads write one file");
        assert.deepEqual(downloadsFor(settingsOf({ nodes: [...nodes].reverse(), proxmox: clusters })), found);
      }),
    );
  });
});
