import assert from "node:assert/strict";
import type { WorldErrorCode } from "../../../lab/world/errors";
import type { DownloadRequest } from "../../../lab/world/storage";
import { boot, download, FACTORY, IMAGE_FILE, IMAGE_URL, kinds, openHome, SCHEMATIC, spec, VOLUME, type Home } from "./fixture";

const refused = (code: WorldErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && "code" in error);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe("Proxmox hosts of the world", () => {
  let home: Home;
  const create = async (...given: Parameters<typeof spec>) => home.proxmox.machines.create({ spec: spec(...given), inputs: {} });

  beforeEach(() => {
    home = openHome();
  });

  afterEach(() => home.world.close());

  it("make no machine from an image that was not downloaded", async () => {
    await assert.rejects(create("cp1", 11), refused("not-found", /does not exist on node 'pve1'/));
  });

  it("make no machine from an image that only another host has", async () => {
    await download(home, "pve2");
    await assert.rejects(create("cp1", 11), refused("not-found", /does not exist on node 'pve1'/));
  });

  it("make a machine from an image on shared storage that another host fetched", async () => {
    await download(home, "pve2", "ceph");
    const disks = [{ interface: "scsi0", datastore: "ceph", sizeGiB: 20, importFrom: `ceph:import/${IMAGE_FILE}` }];
    assert.equal((await create("cp1", 11, { disks })).image?.schematic, SCHEMATIC);
  });

  it("start a machine without an image, which then finds nothing to boot", async () => {
    const machine = await create("cp1", 11, { disks: [{ interface: "scsi0", datastore: "local-lvm", sizeGiB: 20 }] });
    await home.proxmox.machines.start(machine);
    await home.world.idle();
    assert.equal(machine.node.phase, "no-os");
  });

  it("take one file of a name, never overwriting", async () => {
    await download(home, "pve1");
    const again = { host: "pve1", datastore: "local", content: "import", file: IMAGE_FILE, url: IMAGE_URL };
    await assert.rejects(home.proxmox.storage.download(again), refused("already-exists", /refusing to override/));
  });

  for (const [what, change, code, words] of [
    [
      "a schematic that the factory does not know",
      { url: IMAGE_URL.replace(SCHEMATIC, "a".repeat(64)) },
      "not-found",
      /does not know schematic/,
    ],
    ["another host than the factory", { url: "https://example.com/nocloud.qcow2" }, "not-found", /no such host/],
    ["a URL that is no image", { url: `${FACTORY}/image/x` }, "not-found", /404/],
    [
      "a datastore that takes no images to import",
      { datastore: "local-lvm" },
      "invalid-argument",
      /does not support content type 'import'/,
    ],
    ["a datastore that is not there", { datastore: "nfs" }, "not-found", /not available/],
    ["a file name without a known extension", { file: "talos.img" }, "invalid-argument", /wrong extension/],
    [
      "a packed image that is not unpacked",
      { url: IMAGE_URL.replace("qcow2", "raw.gz"), file: "talos.raw" },
      "invalid-argument",
      /packed with gz/,
    ],
  ] as const) {
    it(`refuse a download from or to ${what}`, async () => {
      const usual: DownloadRequest = { host: "pve1", datastore: "local", content: "import", file: IMAGE_FILE, url: IMAGE_URL };
      const request: DownloadRequest = { ...usual, ...change };
      await assert.rejects(home.proxmox.storage.download(request), refused(code, words));
    });
  }

  for (const [what, change, words] of [
    ["an unknown host", { host: "pve9" }, /no such cluster node/],
    ["an unknown bridge", { networkDevices: [{ bridge: "vmbr9" }] }, /bridge 'vmbr9'/],
    ["an unknown pool", { pool: "office" }, /no such pool/],
    ["a datastore for disks that has none", { auxiliaryDatastores: ["local"] }, /content type 'images'/],
    ["a hardware mapping of another host", { host: "pve2", pciMappings: ["gpu"] }, /PCI device mapping 'gpu'/],
  ] as const) {
    it(`make no machine with ${what}`, async () => {
      await download(home, "pve1");
      await download(home, "pve2");
      await assert.rejects(create("cp1", 11, change), words);
    });
  }

  it("have one machine per id and one per MAC", async () => {
    await download(home, "pve1");
    const devices = { networkDevices: [{ bridge: "vmbr0", mac: "BC:24:11:00:00:01" }] };
    await home.proxmox.machines.create({ spec: spec("cp1", 11, devices), vmId: 200, inputs: {} });
    await assert.rejects(
      home.proxmox.machines.create({ spec: spec("cp2", 12), vmId: 200, inputs: {} }),
      refused("already-exists", /VM 200 already exists/),
    );
    await assert.rejects(create("cp2", 12, devices), refused("already-exists", /is that of machine cp1/));
    await assert.rejects(
      home.proxmox.machines.create({ spec: spec("cp2", 12), vmId: 99, inputs: {} }),
      refused("invalid-argument", /100 to 999999999/),
    );
  });

  it("run out of memory", async () => {
    await boot(home, "cp1", 11, { memoryMiB: 10_000 });
    await assert.rejects(boot(home, "cp2", 12, { memoryMiB: 8000 }), refused("resource-exhausted", /6384 of 16384 MiB are free/));
    await home.proxmox.machines.stop(home.world.machine("cp1"));
    await home.proxmox.machines.start(home.world.machine("cp2"));
    assert.equal(home.world.machine("cp2").power, "running");
  });

  it("lose their power and get it back without a call", async () => {
    const machine = await boot(home, "cp1", 11);
    const calls = home.world.calls.count();
    await home.world.power("cp1", "off");
    assert.equal(machine.power, "stopped");
    await home.world.power("cp1", "on");
    assert.equal(machine.power, "running");
    assert.equal(home.world.calls.count(), calls);
  });

  it("start no machine with more cores than the host has", async () => {
    await assert.rejects(boot(home, "cp1", 11, { host: "pve2", cores: 8 }), refused("resource-exhausted", /MAX 4 vcpus/));
  });

  it("destroy neither a running nor a protected machine", async () => {
    const machine = await boot(home, "cp1", 11, { protection: "on" });
    await assert.rejects(home.proxmox.machines.delete(machine), refused("failed-precondition", /protection mode enabled/));
    home.proxmox.machines.setProtection(machine, "off");
    await assert.rejects(home.proxmox.machines.delete(machine), refused("failed-precondition", /is running/));
    await home.proxmox.machines.stop(machine);
    await home.proxmox.machines.delete(machine);
    assert.deepEqual(kinds(home, "cp1").slice(-2), ["vm.stopped", "vm.deleted"]);
  });

  it("grow a disk and never shrink it", async () => {
    const machine = await boot(home, "cp1", 11);
    const sized = (sizeGiB: number) => spec("cp1", 11, { disks: [{ interface: "scsi0", datastore: "local-lvm", sizeGiB }] });
    await home.proxmox.machines.update(machine, sized(40), {});
    await assert.rejects(home.proxmox.machines.update(machine, sized(30), {}), refused("invalid-argument", /cannot shrink from 40 to 30/));
  });

  it("migrate a running machine to a host that has the memory", async () => {
    const machine = await boot(home, "cp1", 11, { memoryMiB: 6000 });
    await boot(home, "cp2", 12, { host: "pve2", memoryMiB: 4096 });
    await assert.rejects(
      home.proxmox.machines.update(machine, spec("cp1", 11, { host: "pve2", memoryMiB: 6000 }), {}),
      refused("resource-exhausted", /pve2/),
    );
    await home.proxmox.machines.stop(home.world.machine("cp2"));
    await home.proxmox.machines.update(machine, spec("cp1", 11, { host: "pve2", memoryMiB: 6000 }), {});
    assert.deepEqual(home.world.events.list("vm.migrated")[0]?.detail, { from: "pve1", to: "pve2" });
    assert.equal(machine.node.phase, "maintenance");
  });

  it("bind only machines under high availability by a rule", async () => {
    await boot(home, "cp1", 11);
    await boot(home, "cp2", 12);
    const rule = { name: "apart", type: "resource-affinity", resources: ["vm:100", "vm:101"], inputs: {} } as const;
    assert.throws(
      () => home.proxmox.ha.createRule(rule),
      refused("failed-precondition", /cannot use unmanaged resource\(s\) vm:100, vm:101/),
    );
    for (const id of rule.resources) home.proxmox.ha.setResource({ id, inputs: {} });
    home.proxmox.ha.createRule(rule);
    assert.throws(() => home.proxmox.ha.beforeMachineDeleted(100, "keep"), refused("failed-precondition", /used in HA resources/));
    home.proxmox.ha.beforeMachineDeleted(100, "purge");
    assert.deepEqual(home.proxmox.ha.rule("apart")?.resources, ["vm:101"]);
    assert.throws(() => home.proxmox.ha.setResource({ id: "vm:900", inputs: {} }), refused("not-found", /vm:900/));
  });

  it("delete only empty pools, and none that was there before", async () => {
    assert.throws(() => home.proxmox.createPool("home", ""), refused("already-exists", /home/));
    assert.throws(() => home.proxmox.deletePool("home"), refused("not-found", /home/));
    home.proxmox.createPool("office", "");
    const machine = await boot(home, "cp1", 11, { pool: "office" });
    assert.throws(() => home.proxmox.deletePool("office"), refused("failed-precondition", /not empty/));
    await home.proxmox.machines.stop(machine);
    await home.proxmox.machines.delete(machine);
    home.proxmox.deletePool("office");
    assert.deepEqual(home.world.inventory().pools, []);
  });

  it("give the same schematic the same id, and know it for good", async () => {
    const yaml = "customization:\n  systemExtensions:\n    officialExtensions: [siderolabs/qemu-guest-agent]\n";
    const id = await home.world.factory.post(yaml);
    assert.equal(await home.world.factory.post(yaml), id);
    assert.deepEqual(home.world.factory.ids(), [id]);
    assert.equal(home.world.factory.hasExtension(id, "qemu-guest-agent"), "yes");
    assert.equal(home.world.factory.hasExtension(SCHEMATIC, "qemu-guest-agent"), "no");
  });

  it("keep an image's file and its machines apart: deleting one leaves the other", async () => {
    const machine = await boot(home, "cp1", 11);
    home.proxmox.storage.delete("pve1", VOLUME);
    assert.equal(machine.node.phase, "maintenance");
    assert.throws(() => home.proxmox.storage.delete("pve1", VOLUME), refused("not-found", /does not exist/));
  });
});
