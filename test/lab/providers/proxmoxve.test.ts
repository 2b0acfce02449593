import assert from "node:assert/strict";
import { AdapterError, PartialFailure, type Inputs, type ProviderAdapter } from "../../../lab/providers/adapter";
import { proxmoxveProvider } from "../../../lab/providers/proxmoxve";
import { tokenDigest } from "../../../lab/world/facts";
import { address, ENDPOINT, FACTS, IMAGE_FILE, IMAGE_URL, kinds, openHome, VOLUME, type Home } from "../world/fixture";
import { Driver, type Made } from "./driver";

const CONFIG = { endpoint: ENDPOINT, apiToken: "root@pam!hearth=00000000-0000-0000-0000-000000000000" };
const FILE: Inputs = {
  contentType: "import",
  datastoreId: "local",
  nodeName: "pve1",
  url: IMAGE_URL,
  fileName: IMAGE_FILE,
  overwrite: false,
  overwriteUnmanaged: true,
};

const machine = (name: string, last: number, changes: Inputs = {}): Inputs => ({
  name,
  nodeName: "pve1",
  vmId: 100 + last,
  machine: "q35",
  bios: "ovmf",
  scsiHardware: "virtio-scsi-single",
  agent: { enabled: true, timeout: "30s", trim: true, waitForIp: { disabled: true } },
  cpu: { cores: 2, type: "host" },
  memory: { dedicated: 2048, floating: 0 },
  efiDisk: { datastoreId: "local-lvm", type: "4m", preEnrolledKeys: false, fileFormat: "raw" },
  disks: [{ interface: "scsi0", datastoreId: "local-lvm", size: 20, importFrom: VOLUME, discard: "on" }],
  networkDevices: [{ bridge: "vmbr0", macAddress: `bc:24:11:00:00:${last}` }],
  initialization: { datastoreId: "local-lvm", ipConfigs: [{ ipv4: { address: `${address(last)}/24`, gateway: address(1) } }] },
  bootOrders: ["scsi0"],
  tags: ["hearth"],
  stopOnDestroy: true,
  migrate: true,
  rebootAfterUpdate: false,
  ...changes,
});

describe("The stand-in for proxmoxve", () => {
  let home: Home;
  let provider: ProviderAdapter;
  let files: Driver;
  let machines: Driver;

  beforeEach(() => {
    home = openHome();
    provider = proxmoxveProvider(home.world);
    files = new Driver(provider, "proxmoxve:download/file:File", CONFIG);
    machines = new Driver(provider, "proxmoxve:index/vmLegacy:VmLegacy", CONFIG);
  });

  afterEach(() => home.world.close());

  const make = async (name: string, last: number, changes: Inputs = {}): Promise<Made> => {
    if (!home.proxmox.storage.find("pve1", VOLUME)) await files.create(FILE);
    const made = await machines.create(machine(name, last, changes));
    await home.world.idle();
    return made;
  };

  it("makes a machine that boots, and unmakes it", async () => {
    const made = await make("cp1", 11);
    assert.equal(made.id, "111");
    assert.equal(home.world.machine("cp1").node.phase, "maintenance");
    assert.deepEqual(made.state["macAddresses"], ["BC:24:11:00:00:11"]);
    await machines.delete(made);
    assert.deepEqual(home.world.inventory().machines, []);
    assert.equal(await machines.refresh(made), undefined);
    await machines.delete(made);
  });

  it("calls nothing while creations, changes and nothing at all are previewed", async () => {
    await machines.preview(machine("cp1", 11));
    await files.preview(FILE);
    const made = await make("cp1", 11);
    home.world.calls.reset();
    assert.notEqual(await machines.preview(machine("cp1", 11, { tags: ["hearth", "new"] }), made), undefined);
    assert.equal(await machines.preview(machine("cp1", 11), made), undefined);
    assert.equal(home.world.calls.count(), 0);
  });

  it("calls Proxmox for each create, read, update and delete", async () => {
    const made = await make("cp1", 11);
    await machines.refresh(made);
    await machines.update(made, machine("cp1", 11, { tags: ["new"] }));
    await machines.delete(made);
    assert.deepEqual(home.world.calls.byName(), {
      "proxmox.createMachine": 1,
      "proxmox.deleteMachine": 1,
      "proxmox.downloadUrl": 1,
      "proxmox.getMachine": 3,
      "proxmox.listVolumes": 1,
      "proxmox.queryUrlMetadata": 1,
      "proxmox.startMachine": 1,
      "proxmox.stopMachine": 1,
      "proxmox.updateMachine": 1,
    });
  });

  for (const [what, changes, replaces] of [
    ["another id", { vmId: 999 }, ["vmId"]],
    ["another host without migration", { nodeName: "pve2", migrate: false }, ["nodeName"]],
    ["another host with migration", { nodeName: "pve2" }, []],
    [
      "an image file of its own",
      { disks: [{ interface: "scsi0", datastoreId: "local-lvm", size: 20, fileId: "local:iso/x.img" }] },
      ["disks"],
    ],
    ["another nocloud type", { initialization: { type: "configdrive2" } }, ["initialization"]],
    ["a user-data file", { initialization: { userDataFileId: "local:snippets/x" } }, ["initialization"]],
    ["another kind of EFI disk", { efiDisk: { datastoreId: "local-lvm", type: "2m" } }, ["efiDisk"]],
    ["more memory", { memory: { dedicated: 4096 } }, []],
    ["a clone", { clone: { vmId: 9000 } }, ["clone"]],
  ] as const) {
    it(`${replaces.length === 0 ? "changes a machine in place" : "replaces a machine"} for ${what}`, async () => {
      const made = await make("cp1", 11);
      const diff = await machines.diff(made, machine("cp1", 11, changes));
      assert.equal(diff.changes, true);
      assert.deepEqual(diff.replaces, replaces);
    });
  }

  it("replaces a machine for another TPM version, and not for its first TPM", async () => {
    const tpmState = { datastoreId: "local-lvm", version: "v2.0" };
    const made = await make("cp1", 11, { tpmState });
    assert.deepEqual((await machines.diff(made, machine("cp1", 11, { tpmState: { ...tpmState, version: "v1.2" } }))).replaces, [
      "tpmState",
    ]);
    const plain = await make("cp2", 12);
    assert.deepEqual((await machines.diff(plain, machine("cp2", 12, { tpmState }))).replaces, []);
  });

  it("sees no change in a new image, a default written down or another order of disks", async () => {
    const data = { interface: "scsi1", datastoreId: "local-lvm", size: 30 };
    const system = { interface: "scsi0", datastoreId: "local-lvm", size: 20, importFrom: VOLUME };
    const made = await make("cp1", 11, { disks: [system, data] });
    const moved = machine("cp1", 11, { disks: [data, { ...system, importFrom: "local:import/newer.qcow2" }], onBoot: true, started: true });
    assert.deepEqual((await machines.diff(made, moved)).detailed, {});
    const bigger = machine("cp1", 11, { disks: [{ ...data, size: 50 }, system] });
    assert.deepEqual((await machines.diff(made, bigger)).detailed, { "disks[1].size": "update" });
  });

  for (const [what, changes, words] of [
    [
      "a kind of EFI disk that there is not",
      { efiDisk: { type: "5m" } },
      /efiDisk.type: expected efiDisk.type to be one of \["2m","4m"\], got 5m/,
    ],
    ["a BIOS that there is not", { bios: "uefi" }, /bios: expected/],
    ["a name that is no DNS name", { name: "cp_1" }, /name: name must be a DNS name/],
    ["an id out of range", { vmId: 5 }, /vmId: expected vmId to be in the range \(100 - 999999999\), got 5/],
    ["a timeout without a unit", { agent: { timeout: "30" } }, /agent.timeout: agent.timeout must be a duration/],
    ["a disk on no interface", { disks: [{ interface: "nvme0" }] }, /disks\[0\].interface: .*disk interface/],
    ["a misspelt input", { memroy: { dedicated: 1 } }, /memroy/],
  ] as const) {
    it(`refuses ${what} in its check`, async () => {
      assert.match((await machines.problems(machine("cp1", 11, changes))).join("\n"), words);
    });
  }

  it("sees a change in every plan where tags are not in the order that Proxmox keeps them in", async () => {
    const made = await make("cp1", 11, { tags: ["talos", "hearth"] });
    const same = await machines.diff(made, machine("cp1", 11, { tags: ["talos", "hearth"] }));
    assert.deepEqual(
      Object.keys(same.detailed).map((path) => path.replace(/\[.*/, "")),
      ["tags", "tags"],
    );
    const kept = await machines.diff(made, machine("cp1", 11, { tags: ["hearth", "talos"] }));
    assert.deepEqual(kept.detailed, {});
  });

  it("refuses what an API token may not do", async () => {
    await files.create(FILE);
    await assert.rejects(
      machines.create(machine("cp1", 11, { hostpcis: [{ device: "hostpci0", id: "0000:01:00.0" }] })),
      /only root can set 'hostpcis.id'/,
    );
    await assert.rejects(machines.create(machine("cp1", 11, { cpu: { cores: 1, affinity: "0-1" } })), /only root can set 'cpu.affinity'/);
    await assert.rejects(machines.create(machine("cp1", 11, { disks: [{ interface: "scsi0", fileId: "local:iso/x.img" }] })), /over SSH/);
  });

  it("keeps a machine in the state that was made and could not be started", async () => {
    await files.create(FILE);
    await assert.rejects(machines.create(machine("cp1", 11, { memory: { dedicated: 100_000 } })), (error: unknown) => {
      assert.ok(error instanceof PartialFailure);
      assert.equal(error.id, "111");
      return true;
    });
    assert.deepEqual(home.world.inventory().machines, ["cp1"]);
  });

  it("does not delete a protected machine", async () => {
    const made = await make("cp1", 11, { protection: true });
    await assert.rejects(machines.delete(made), /protection mode enabled/);
    const open = await machines.update(made, machine("cp1", 11, { protection: false }));
    await machines.delete(open);
  });

  it("shows in a refresh what someone changed by hand", async () => {
    const made = await make("cp1", 11, { protection: true, started: true });
    assert.deepEqual((await machines.refresh(made))?.inputs, made.inputs);
    home.proxmox.machines.setProtection(home.world.machine("cp1"), "off");
    await home.proxmox.machines.stop(home.world.machine("cp1"));
    const found = await machines.refresh(made);
    assert.deepEqual([found?.inputs["protection"], found?.inputs["started"]], [false, false]);
  });

  it("reboots a running machine for more memory, unless it is told not to", async () => {
    const made = await make("cp1", 11);
    const next = await machines.update(made, machine("cp1", 11, { memory: { dedicated: 3072 } }));
    await home.world.idle();
    assert.equal(kinds(home).includes("node.rebooting"), false);
    await machines.update(next, machine("cp1", 11, { memory: { dedicated: 4096 }, rebootAfterUpdate: true }));
    await home.world.idle();
    assert.equal(kinds(home).includes("node.rebooting"), true);
  });

  it("stalls for its whole timeout when it waits for an agent that is not in the image", async () => {
    const waits: number[] = [];
    home.world.clock.sleep = (time) => Promise.resolve(void waits.push(time));
    await make("cp1", 11, { agent: { enabled: true } });
    assert.ok(waits.includes(900));
    assert.equal(home.world.calls.byName()["proxmox.agentAddresses"], 1);
  });

  it("fetches a file once and finds it again", async () => {
    const made = await files.create(FILE);
    assert.equal(made.id, VOLUME);
    assert.deepEqual((await files.refresh(made))?.state, made.state);
    assert.deepEqual((await files.diff(made, FILE)).changes, false);
    home.proxmox.storage.delete("pve1", VOLUME);
    assert.equal(await files.refresh(made), undefined);
    await files.delete(made);
  });

  for (const change of [
    { url: IMAGE_URL.replace("1.13.7", "1.13.8") },
    { nodeName: "pve2" },
    { datastoreId: "ceph" },
    { fileName: "x.qcow2" },
    { contentType: "iso" },
    { decompressionAlgorithm: "gz" },
  ]) {
    it(`replaces a file for another ${Object.keys(change)[0]}`, async () => {
      const made = await files.create(FILE);
      assert.deepEqual((await files.diff(made, { ...FILE, ...change })).replaces, Object.keys(change));
    });
  }

  it("overwrites a file that it does not manage only when it is allowed to", async () => {
    await files.create(FILE);
    await assert.rejects(files.create({ ...FILE, overwriteUnmanaged: false }), /already exists in the datastore/);
    await files.create(FILE);
    assert.deepEqual(home.world.events.list("download.deleted").length, 1);
  });

  it("refuses a checksum without its algorithm and a URL that is none", async () => {
    assert.match(
      (await files.problems({ ...FILE, checksum: "abc", url: "ftp://x" })).join(),
      /url must match.*checksum and checksumAlgorithm/,
    );
  });

  it("makes an HA rule for machines under high availability alone", async () => {
    const [first, second] = [await make("cp1", 11), await make("cp2", 12)];
    const resources = new Driver(provider, "proxmoxve:index/haresource:Haresource", CONFIG);
    const rules = new Driver(provider, "proxmoxve:index/harule:Harule", CONFIG);
    const rule: Inputs = {
      rule: "apart",
      type: "resource-affinity",
      affinity: "negative",
      resources: [`vm:${first.id}`, `vm:${second.id}`],
    };
    await assert.rejects(rules.create(rule), /cannot use unmanaged resource/);
    const managed = [await resources.create({ resourceId: "vm:111" }), await resources.create({ resourceId: "vm:112" })];
    const made = await rules.create(rule);
    assert.deepEqual((await rules.diff(made, { ...rule, resources: ["vm:112", "vm:111"] })).changes, false);
    assert.deepEqual((await rules.diff(made, { ...rule, rule: "other" })).replaces, ["rule"]);
    assert.deepEqual((await rules.refresh(made))?.inputs, rule);
    await rules.delete(made);
    for (const resource of managed) await resources.delete(resource);
    assert.deepEqual([home.world.inventory().haRules, home.world.inventory().haResources], [[], []]);
  });

  it("makes and unmakes a pool", async () => {
    const pools = new Driver(provider, "proxmoxve:index/poolLegacy:PoolLegacy", CONFIG);
    const made = await pools.create({ poolId: "office", comment: "desk" });
    assert.deepEqual((await pools.diff(made, { poolId: "other", comment: "desk" })).replaces, ["poolId"]);
    await pools.delete(made);
    assert.equal(await pools.refresh(made), undefined);
  });

  it("knows the cluster by its endpoint and lets in its token alone", async () => {
    const elsewhere = new Driver(provider, "proxmoxve:download/file:File", { ...CONFIG, endpoint: "https://pve9.home:8006/" });
    await assert.rejects(
      elsewhere.create(FILE),
      (error: unknown) => error instanceof AdapterError && /connection refused/.test(error.message),
    );
    const [cluster] = FACTS.proxmox;
    assert.ok(cluster);
    const guarded = openHome({ facts: { ...FACTS, proxmox: [{ ...cluster, tokenSha256: tokenDigest(CONFIG.apiToken) }] } });
    const guardedProvider = proxmoxveProvider(guarded.world);
    await new Driver(guardedProvider, "proxmoxve:download/file:File", CONFIG).create(FILE);
    const stranger = new Driver(guardedProvider, "proxmoxve:download/file:File", { ...CONFIG, apiToken: "root@pam!other=1" });
    await assert.rejects(stranger.create({ ...FILE, nodeName: "pve2" }), /401 authentication failure/);
    await guarded.world.close();
  });
});
