import type { NodeSettings, Settings } from "../../config/settings";
import { PROXMOX_CSI } from "../../platform/storage/storage-classes";
import { imageOf, placeOf } from "../talos/images";
import { prefixOf } from "../talos/patches/network";
import { dataDiskSerial } from "./data-disks";
import type { VmArgs, VmDisk, VmHardware, VmInitialization, VmLifecycle, VmNetworkDevice } from "./vm-shape";

/** Seconds that Proxmox may take to shut a machine down or stop it before the provider gives up. */
const STOP_TIMEOUT = 300;

/** Start order of a host's machines: control planes first, since workers wait for them. */
const STARTUP_ORDER = { controlplane: 1, worker: 2 } as const;

/** What Proxmox is asked to make for a node. Nothing in it is read back from the machine. */
export function vmArgs(settings: Settings, node: NodeSettings): VmArgs {
  const { proxmox } = placeOf(settings, node);
  return {
    nodeName: node.host,
    vmId: node.vmId,
    name: node.name,
    description: `Talos ${node.role} of cluster ${settings.cluster.name}, made from its stack file: what is changed here is changed back.`,
    tags: tagsOf(settings, node),
    ...(proxmox.pool !== undefined && { poolId: proxmox.pool }),
    ...hardware(node),
    ...lifecycle(settings, node),
    bootOrders: ["scsi0"],
    efiDisk: { datastoreId: node.systemDisk.datastore, fileFormat: "raw", type: "4m", preEnrolledKeys: false },
    ...(node.tpm && { tpmState: { datastoreId: node.systemDisk.datastore, version: "v2.0" } }),
    disks: disksOf(settings, node),
    networkDevices: [networkDevice(settings, node)],
    initialization: initialization(settings, node),
    hostpcis: node.pci.map(({ mapping }, slot) => ({ device: `hostpci${slot}`, mapping, pcie: true })),
  };
}

/**
 * What a later run leaves as it is: the image that the disk was made from, since another one would make nothing anew and
 * only show a change; the host, where high availability moves machines; and every disk, where the volume driver
 * hangs volumes of pods onto the machine: with any change of the list, the provider unplugs whatever is not in it (bpg's
 * resource/vm/vm.go).
 */
export function ignoredAfterCreation(settings: Settings, node: NodeSettings): readonly string[] {
  const moves = placeOf(settings, node).proxmox.antiAffinityRule && node.role === "controlplane";
  const disks = Object.hasOwn(settings.platform, PROXMOX_CSI) ? "disks" : "disks[0].importFrom";
  return moves ? [disks, "nodeName"] : [disks];
}

function hardware(node: NodeSettings): VmHardware {
  return {
    machine: "q35",
    bios: "ovmf",
    scsiHardware: "virtio-scsi-single",
    operatingSystem: { type: "l26" },
    cpu: { type: "host", cores: node.cores, sockets: 1 },
    // No balloon: the kubelet counts on the memory that it saw at its start.
    memory: { dedicated: node.memoryMiB, floating: 0 },
    serialDevices: [{ device: "socket" }],
    // Addresses come from the settings; waiting for the agent would stall every run while a machine is off.
    agent: { enabled: true, timeout: "30s", trim: true, type: "virtio", waitForIp: { disabled: true } },
  };
}

function lifecycle(settings: Settings, node: NodeSettings): VmLifecycle {
  return {
    started: true,
    onBoot: true,
    startup: { order: STARTUP_ORDER[node.role] },
    protection: settings.cluster.deletionProtection,
    migrate: true,
    rebootAfterUpdate: false,
    stopOnDestroy: true,
    purgeOnDestroy: true,
    deleteUnreferencedDisksOnDestroy: true,
    timeoutShutdownVm: STOP_TIMEOUT,
    timeoutStopVm: STOP_TIMEOUT,
  };
}

/** Proxmox sorts tags: any other order would be a change in every run. */
function tagsOf(settings: Settings, node: NodeSettings): string[] {
  const { proxmox } = placeOf(settings, node);
  return [...new Set([...proxmox.tags, settings.cluster.name, node.role, "talos"])].map((tag) => tag.toLowerCase()).sort();
}

/** The system disk on scsi0, then the data disks in the order of the settings. */
function disksOf(settings: Settings, node: NodeSettings): VmDisk[] {
  const common = { discard: "on", ssd: true, iothread: true } as const;
  const { datastore, sizeGiB } = node.systemDisk;
  const system = { interface: "scsi0", datastoreId: datastore, size: sizeGiB, importFrom: imageOf(settings, node).fileId, ...common };
  const data = node.dataDisks.map((disk, index) => ({
    interface: `scsi${index + 1}`,
    datastoreId: disk.datastore,
    size: disk.sizeGiB,
    serial: dataDiskSerial(disk.name),
    ...common,
  }));
  return [system, ...data];
}

function networkDevice(settings: Settings, node: NodeSettings): VmNetworkDevice {
  const { proxmox } = placeOf(settings, node);
  const { vlan } = settings.network;
  return {
    bridge: proxmox.bridge,
    model: "virtio",
    macAddress: node.mac,
    mtu: 1, // that of the bridge; the machine config sets what the node uses of it
    ...(vlan !== undefined && { vlanId: vlan }),
  };
}

/** The nocloud drive: the node has its address before it has a machine config. */
function initialization({ network }: Settings, node: NodeSettings): VmInitialization {
  const { ipv4, ipv6 } = node.address;
  const v4 = { address: `${ipv4}/${prefixOf(network.nodes.ipv4)}`, gateway: network.gateway.ipv4 };
  const v6 =
    ipv6 !== undefined && network.nodes.ipv6 !== undefined
      ? { address: `${ipv6}/${prefixOf(network.nodes.ipv6)}`, ...(network.gateway.ipv6 !== undefined && { gateway: network.gateway.ipv6 }) }
      : undefined;
  return {
    datastoreId: node.systemDisk.datastore,
    interface: "ide2",
    type: "nocloud",
    dns: { servers: [...network.dnsServers] },
    ipConfigs: [{ ipv4: v4, ...(v6 !== undefined && { ipv6: v6 }) }],
  };
}
