import type { MachineFacts } from "../contracts";
import type { ImageFacts } from "./image-factory";

/** A disk of a machine. */
export interface DiskSpec {
  /** `scsi0`. */
  readonly interface: string;
  readonly datastore: string;
  readonly sizeGiB: number;
  /** Volume id of the image that the disk is made from. */
  readonly importFrom?: string;
}

/** What Proxmox is asked to make, with the parts that have consequences in this model. */
export interface MachineSpec {
  readonly name: string;
  readonly host: string;
  /** Cores of all sockets. */
  readonly cores: number;
  readonly memoryMiB: number;
  readonly protection: "on" | "off";
  readonly pool?: string;
  readonly disks: readonly DiskSpec[];
  /** Datastores of the EFI disk, the TPM state and the cloud-init drive. */
  readonly auxiliaryDatastores: readonly string[];
  readonly networkDevices: readonly { readonly bridge: string; readonly mac?: string }[];
  /** Hardware mappings passed through. */
  readonly pciMappings: readonly string[];
  readonly bootOrder: readonly string[];
  /** Static addresses of the nocloud data in CIDR form; `dhcp` is not in the lab. */
  readonly nocloudAddresses: readonly string[];
  /** Whether Proxmox expects a guest agent. */
  readonly agent: "on" | "off";
}

/** Life of a node as Talos runs through it; `no-os`: nothing to boot from. */
export type NodePhase = "off" | "no-os" | "booting" | "maintenance" | "installing" | "rebooting" | "running";

/** What runs on a node, whatever its config says. */
export interface RunningVersions {
  readonly talos: string;
  readonly kubernetes: string;
  readonly schematic: string;
  /** `nocloud` or `metal`: where the installed system takes its network from. */
  readonly platform: string;
}

/** Talos on a machine. */
export interface NodeState {
  phase: NodePhase;
  /** IPv4 address at which it answers; absent while it does not. */
  address?: string;
  /** Why it does not answer although it is up. */
  unreachable?: string;
  /** Machine config on its disk. */
  config?: string;
  facts?: MachineFacts;
  /** Config that takes over at the next boot. */
  staged?: string;
  versions?: RunningVersions;
  /** The API with the cluster's own certificate. */
  secureApi: "up" | "down";
}

/** A virtual machine. Plain data: a snapshot is its JSON. */
export interface Machine {
  /** `<proxmox>/<vmId>`. */
  readonly key: string;
  readonly proxmox: string;
  readonly vmId: number;
  spec: MachineSpec;
  /** Inputs as the provider was given them, for its reads. */
  inputs: Readonly<Record<string, unknown>>;
  power: "stopped" | "starting" | "running";
  macs: readonly string[];
  /** Image that the boot disk was made from. */
  readonly image?: ImageFacts;
  node: NodeState;
}

/** A node that is off, with nothing on its disk but the image. */
export const blankNode = (): NodeState => ({ phase: "off", secureApi: "down" });

/** Key of the cluster that a config belongs to: its Talos CA. */
export const clusterKeyOf = (facts: MachineFacts): string | undefined => facts.ca.os?.cert;

/** Told about power, so that Talos can live on the machine. */
export interface PowerObserver {
  poweredOn(machine: Machine): void;
  /** Resolves when nothing of the node answers any more. */
  poweredOff(machine: Machine): Promise<void>;
  removed(machine: Machine): Promise<void>;
}
