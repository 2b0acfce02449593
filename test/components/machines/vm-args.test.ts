import assert from "node:assert/strict";
import type { VmLegacyArgs } from "@muhlba91/pulumi-proxmoxve";
import { ignoredAfterCreation, vmArgs } from "../../../components/machines/vm-args";
import { imageOf } from "../../../components/talos/images";
import { patchesFor } from "../../../components/talos/patches";
import type { VmArgs } from "../../../components/machines/vm-shape";
import type { NodeSettings } from "../../../config/settings";
import { controlPlane, DUAL_STACK, proxmox, settingsOf, worker } from "../fixture";

const alone = (target: NodeSettings, overrides: Partial<Parameters<typeof settingsOf>[0]> = {}) =>
  settingsOf({ nodes: [target], ...overrides });

/** The compiler refuses this when a machine gets an argument that the provider does not have, or one of another type. */
const accepted: (args: VmArgs) => VmLegacyArgs & Record<Exclude<keyof VmArgs, keyof VmLegacyArgs>, never> = (args) => args;

describe("the virtual machine of a node", () => {
  const target = controlPlane(1);
  const settings = alone(target);
  const args = vmArgs(settings, target);
  accepted(args);

  it("is on the declared host under the id and name of the settings", () => {
    assert.deepEqual([args.nodeName, args.vmId, args.name], ["pve1", 1001, "cp-1"]);
  });

  it("boots by UEFI from its one system disk, imported once from the node's own image", () => {
    assert.deepEqual([args.machine, args.bios, args.scsiHardware, args.bootOrders], ["q35", "ovmf", "virtio-scsi-single", ["scsi0"]]);
    assert.deepEqual(args.efiDisk, { datastoreId: "local-lvm", fileFormat: "raw", type: "4m", preEnrolledKeys: false });
    assert.deepEqual(args.disks, [
      {
        interface: "scsi0",
        datastoreId: "local-lvm",
        size: 64,
        importFrom: imageOf(settings, target).fileId,
        discard: "on",
        ssd: true,
        iothread: true,
      },
    ]);
    assert.ok(!JSON.stringify(args).includes("fileId"), "a file id makes a new image replace the machine");
    assert.deepEqual(ignoredAfterCreation(settings, target), ["disks[0].importFrom"]);
  });

  it("never reboots, waits for an agent's address or balloons on its own", () => {
    assert.equal(args.rebootAfterUpdate, false);
    assert.deepEqual(args.agent, { enabled: true, timeout: "30s", trim: true, type: "virtio", waitForIp: { disabled: true } });
    assert.deepEqual(args.memory, { dedicated: 8192, floating: 0 });
    assert.deepEqual(args.cpu, { type: "host", cores: 4, sockets: 1 });
  });

  it("moves instead of being replaced, and goes entirely when it is destroyed", () => {
    assert.equal(args.migrate, true);
    assert.deepEqual([args.stopOnDestroy, args.purgeOnDestroy, args.deleteUnreferencedDisksOnDestroy], [true, true, true]);
  });

  it("is protected exactly when the settings protect the cluster", () => {
    assert.equal(args.protection, true);
    assert.equal(vmArgs(alone(target, { cluster: { deletionProtection: false } }), target).protection, false);
  });

  it("has the address before a machine config, and the same one that the config gives", () => {
    assert.deepEqual(args.initialization.ipConfigs, [{ ipv4: { address: "10.0.0.11/24", gateway: "10.0.0.1" } }]);
    assert.deepEqual(args.initialization.dns, { servers: ["10.0.0.1", "1.1.1.1"] });
    assert.equal(args.initialization.type, "nocloud");
    const dual = controlPlane(1, { address: { ipv4: "10.0.0.11", ipv6: "fd00:10::11" } });
    const both = alone(dual, { network: DUAL_STACK });
    const { ipConfigs } = vmArgs(both, dual).initialization;
    assert.deepEqual(ipConfigs, [
      { ipv4: { address: "10.0.0.11/24", gateway: "10.0.0.1" }, ipv6: { address: "fd00:10::11/64", gateway: "fd00:10::1" } },
    ]);
    const config = patchesFor(both, dual).join("\n");
    for (const address of ["10.0.0.11/24", "fd00:10::11/64"]) assert.ok(config.includes(`address: "${address}"`));
  });

  it("has the network device of the settings, tagged by Proxmox", () => {
    assert.deepEqual(args.networkDevices, [{ bridge: "vmbr0", model: "virtio", macAddress: "BC:24:11:00:00:01", mtu: 1 }]);
    const tagged = vmArgs(alone(target, { network: { vlan: 20 }, proxmox: [proxmox({ bridge: "vmbr1" })] }), target);
    assert.deepEqual(tagged.networkDevices, [{ bridge: "vmbr1", model: "virtio", macAddress: "BC:24:11:00:00:01", mtu: 1, vlanId: 20 }]);
  });

  it("has sorted tags without doubles, since Proxmox sorts them", () => {
    const { tags } = vmArgs(alone(target, { proxmox: [proxmox({ tags: ["zeta", "Alpha", "talos"] })] }), target);
    assert.deepEqual(tags, ["alpha", "controlplane", "home", "talos", "zeta"]);
  });

  it("is in a pool only where one is named", () => {
    assert.equal("poolId" in args, false);
    assert.equal(vmArgs(alone(target, { proxmox: [proxmox({ pool: "lab" })] }), target).poolId, "lab");
  });

  it("starts control planes before workers with their host", () => {
    const other = worker(4);
    assert.ok(args.startup.order < vmArgs(alone(other), other).startup.order);
    assert.deepEqual([args.onBoot, args.started], [true, true]);
  });

  it("has a TPM, devices by mapping and data disks by serial where asked for", () => {
    const rich = worker(4, {
      tpm: true,
      secureBoot: true,
      pci: [{ mapping: "gpu" }, { mapping: "hba" }],
      dataDisks: [{ name: "longhorn", sizeGiB: 200, datastore: "ceph" }],
    });
    const found = vmArgs(alone(rich), rich);
    assert.deepEqual(found.tpmState, { datastoreId: "local-lvm", version: "v2.0" });
    assert.deepEqual(found.hostpcis, [
      { device: "hostpci0", mapping: "gpu", pcie: true },
      { device: "hostpci1", mapping: "hba", pcie: true },
    ]);
    assert.deepEqual(found.disks[1], {
      interface: "scsi1",
      datastoreId: "ceph",
      size: 200,
      serial: "longhorn",
      discard: "on",
      ssd: true,
      iothread: true,
    });
    assert.equal("tpmState" in args, false);
  });

  it("leaves the host alone where high availability moves control planes", () => {
    const managed = settingsOf({ nodes: [controlPlane(1), worker(4)], proxmox: [proxmox({ antiAffinityRule: true })] });
    assert.deepEqual(ignoredAfterCreation(managed, controlPlane(1)), ["disks[0].importFrom", "nodeName"]);
    assert.deepEqual(ignoredAfterCreation(managed, worker(4)), ["disks[0].importFrom"]);
  });

  it("leaves every disk alone while volumes of pods hang on the machine, which the provider would unplug with any change", () => {
    const volumes = settingsOf({ nodes: [controlPlane(1), worker(4)], platform: { "proxmox-csi": {} } });
    for (const found of volumes.nodes) assert.deepEqual(ignoredAfterCreation(volumes, found), ["disks"]);
    const both = { ...volumes, proxmox: [proxmox({ antiAffinityRule: true })] };
    assert.deepEqual(ignoredAfterCreation(both, controlPlane(1)), ["disks", "nodeName"]);
  });

  it("changes in nothing but the ignored image when another version is installed", () => {
    const later = vmArgs(alone(target, { cluster: { installed: { talos: "1.13.8", kubernetes: "1.36.4" } } }), target);
    const without = (found: typeof args) => ({ ...found, disks: found.disks.map((disk) => ({ ...disk, importFrom: "" })) });
    assert.notDeepEqual(later, args);
    assert.deepEqual(without(later), without(args));
  });
});
