import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { field, listAt, textAt } from "../../../lab/kubernetes/objects";
import { type CameUp, describeShape, machinesOf } from "./describe-shape";
import type { Shape } from "./shape";

const CONTROL_PLANE = {
  labels: { "example.com/site": "cellar", "node.kubernetes.io/exclude-from-external-load-balancers": "" },
  taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
};

const SHAPE: Shape = {
  stack: "customized",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.27.0.11"], ...CONTROL_PLANE },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ["127.27.0.12"], ...CONTROL_PLANE },
    "cp-3": { role: "controlplane", host: "pve3", addresses: ["127.27.0.13"], ...CONTROL_PLANE },
    "worker-1": { role: "worker", host: "pve1", addresses: ["127.27.0.21"], labels: { "example.com/storage": "true" } },
    "worker-2": { role: "worker", host: "pve2", addresses: ["127.27.0.22"], taints: ["example.com/gpu=present:NoSchedule"] },
    "worker-3": { role: "worker", host: "pve3", addresses: ["127.27.0.23"] },
  },
  vip: "127.27.0.10",
  edge: "tunnel",
  // The plain image on each host, one more each for storage and graphics, and one with secure boot.
  downloads: ["pve1", "pve1", "pve2", "pve2", "pve3", "pve3"],
  schematics: 3,
  pool: ["127.27.0.192/26"],
  announcedBy: "l2",
};

describeShape("nodes that differ", SHAPE, {
  whileUp: (cameUp) => {
    it("has the schematic of each customization, and no other", () => {
      const { world, history } = cameUp();
      const made = new Set(history.all("schematic.created").map(({ subject }) => subject));
      const contents = world.schematics.filter(([id]) => made.has(id)).map(([, yaml]) => parseAllDocuments(yaml)[0]?.toJSON() as unknown);
      const known = contents.map((content) => ({
        extensions: listAt(content, "customization", "systemExtensions", "officialExtensions"),
        kernelArgs: listAt(content, "customization", "extraKernelArgs"),
      }));
      const agent = "siderolabs/qemu-guest-agent";
      assert.deepEqual(
        sorted(known),
        sorted([
          { extensions: [agent], kernelArgs: [] },
          { extensions: ["siderolabs/iscsi-tools", agent, "siderolabs/util-linux-tools"], kernelArgs: [] },
          { extensions: ["siderolabs/i915", agent], kernelArgs: ["i915.enable_guc=3"] },
        ]),
      );
    });

    it("boots and installs each node from the image of its own customization", () => {
      const machines = machinesOf(cameUp().world);
      const schematic = (name: string): string => machines.get(name)?.image?.schematic ?? "";
      for (const [name, { image, node }] of machines) {
        assert.equal(node.versions?.schematic, image?.schematic, name);
        assert.equal(image?.secureBoot, name === "worker-3" ? "yes" : "no", name);
      }
      assert.equal(schematic("cp-2"), schematic("cp-1"));
      assert.equal(schematic("worker-3"), schematic("cp-1"));
      assert.equal(new Set(["cp-1", "worker-1", "worker-2"].map(schematic)).size, 3);
    });

    it("gives the storage node its data disk, and Talos a volume on it", () => {
      const [, data] = machinesOf(cameUp().world).get("worker-1")?.spec.disks ?? [];
      assert.deepEqual(
        { interface: data?.interface, sizeGiB: data?.sizeGiB, importFrom: data?.importFrom },
        { interface: "scsi1", sizeGiB: 200, importFrom: undefined },
      );
      const [volume] = documents(cameUp(), "worker-1", "UserVolumeConfig");
      const serial = textAt(listAt(inputs(cameUp(), "worker-1"), "disks")[1], "serial");
      assert.equal(textAt(volume, "name"), "longhorn");
      assert.ok(
        serial !== undefined && textAt(volume, "provisioning", "diskSelector", "match")?.includes(serial),
        "the volume is on that disk",
      );
    });

    it("gives the storage node its registry mirror", () => {
      const mirrors = documents(cameUp(), "worker-1", "RegistryMirrorConfig");
      assert.deepEqual(
        mirrors.map((mirror) => [textAt(mirror, "name"), field(mirror, "endpoints")]),
        [["docker.io", [{ url: "https://mirror.example.com" }]]],
      );
    });

    it("passes the graphics card through to its node, with the kernel module's parameters", () => {
      const devices = [...machinesOf(cameUp().world)].map(([name, { spec }]) => [name, spec.pciMappings] as const);
      assert.deepEqual(
        devices.filter(([, mappings]) => mappings.length > 0),
        [["worker-2", ["igpu"]]],
      );
      const modules = documents(cameUp(), "worker-2").flatMap((document) => listAt(document, "machine", "kernel", "modules"));
      assert.deepEqual(modules, [{ name: "i915", parameters: ["enable_guc=3"] }]);
    });

    it("boots one node securely, with a TPM that its disks are sealed in", () => {
      const secure = inputs(cameUp(), "worker-3");
      assert.equal(textAt(secure, "tpmState", "version"), "v2.0");
      assert.equal(field(inputs(cameUp(), "worker-2"), "tpmState"), undefined);
      assert.match(machinesOf(cameUp().world).get("worker-3")?.node.facts?.installImage ?? "", /installer-secureboot\//);
      const sealed = documents(cameUp(), "worker-3", "VolumeConfig").map((volume) => [
        textAt(volume, "name"),
        field(listAt(volume, "encryption", "keys")[0], "tpm"),
      ]);
      const tpm = { checkSecurebootStatusOnEnroll: true };
      assert.deepEqual(sealed.sort(), [
        ["EPHEMERAL", tpm],
        ["STATE", tpm],
      ]);
    });

    it("gives nothing of one node to another", () => {
      const special = ["UserVolumeConfig", "RegistryMirrorConfig", "VolumeConfig"];
      const have = [...machinesOf(cameUp().world).keys()].map(
        (name) => [name, special.filter((kind) => documents(cameUp(), name, kind).length > 0)] as const,
      );
      assert.deepEqual(Object.fromEntries(have.filter(([, kinds]) => kinds.length > 0)), {
        "worker-1": ["UserVolumeConfig", "RegistryMirrorConfig"],
        "worker-3": ["VolumeConfig"],
      });
    });
  },
});

/** What Proxmox was asked for. */
function inputs({ world }: CameUp, name: string): unknown {
  return machinesOf(world).get(name)?.inputs;
}

/** Documents of the machine config that a node accepted; with a kind only those. */
function documents({ world }: CameUp, name: string, kind?: string): readonly unknown[] {
  const config = machinesOf(world).get(name)?.node.config;
  assert.ok(config !== undefined, `${name} has a config`);
  const all = parseAllDocuments(config).map((document): unknown => document.toJSON());
  return kind === undefined ? all : all.filter((document) => textAt(document, "kind") === kind);
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
