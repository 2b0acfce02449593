/** What the written settings amount to, so far as they go: defaults filled in, addresses parsed and computed. The rules look at this. */
import type { Address, Cidr } from "../cidr";
import type { Path } from "../path";
import type { AddressName, ExtensionSettings, NodeSettings, Role } from "../settings";
import type { WrittenDraft } from "../shape";

/** A value and the setting that it comes from. */
export interface Located<T> {
  readonly value: T;
  readonly path: Path;
}

/** The networks of one kind, per family. */
export interface Span {
  readonly ipv4?: Located<Cidr>;
  readonly ipv6?: Located<Cidr>;
}

export interface AddressPair {
  readonly ipv4?: Located<Address>;
  readonly ipv6?: Located<Address>;
}

export interface CandidateNetwork {
  readonly nodes: Span;
  readonly pods: Span;
  readonly services: Span;
  readonly pool: Span;
  /** The node network has IPv6. */
  readonly dualStack: boolean;
  readonly gateway: AddressPair;
  readonly vip?: Located<Address>;
  readonly named: Readonly<Partial<Record<AddressName, Located<Address>>>>;
  readonly mode: "l2" | "bgp" | undefined;
  readonly router?: Located<Address>;
}

export interface CandidateHost {
  readonly name: string;
  readonly path: Path;
  readonly cores?: number;
  readonly memoryMiB?: number;
  readonly reservedMemoryMiB: number;
  readonly imageDatastore: string;
  readonly diskDatastore: string;
  /** Every datastore that a disk on this host may be in. */
  readonly datastores: readonly string[];
}

export interface CandidateProxmox {
  readonly name: string;
  readonly path: Path;
  readonly hosts: readonly CandidateHost[];
}

export interface CandidateDisk {
  readonly name: string;
  readonly sizeGiB: number | undefined;
  readonly datastore: Located<string> | undefined;
}

type Traits = Pick<NodeSettings, "kernelArgs" | "kernelModules" | "secureBoot" | "tpm" | "diskEncryption" | "registryMirrors">;

export interface CandidateNode extends Traits {
  readonly name: string;
  readonly path: Path;
  readonly role?: Role;
  readonly proxmox?: Located<string>;
  readonly host?: Located<string>;
  readonly address: AddressPair;
  readonly vmId?: Located<number>;
  readonly mac?: Located<string>;
  readonly cores: Located<number>;
  readonly memoryMiB: Located<number>;
  readonly systemDisk: CandidateDisk & { readonly sizeGiB: number; readonly path: Path };
  readonly dataDisks: readonly CandidateDisk[];
  readonly extensions: readonly ExtensionSettings[];
  readonly labels: readonly (Located<string> & { readonly key: string })[];
  readonly taints: readonly Located<NodeSettings["taints"][number]>[];
  readonly pci: readonly Located<string>[];
  /** Where `diskEncryption` is written, or the node. */
  readonly encryptionPath: Path;
}

export interface Candidate {
  readonly stack: string;
  readonly written: WrittenDraft;
  /** Whether something at this path, below it or above it was left out because it has not its shape: then its absence means nothing. */
  broken(path: Path): boolean;
  readonly network: CandidateNetwork;
  readonly proxmox: readonly CandidateProxmox[];
  /** Control planes first, then workers, each sorted by name. */
  readonly nodes: readonly CandidateNode[];
  readonly controlPlanes: readonly CandidateNode[];
  readonly workers: readonly CandidateNode[];
  readonly scheduleOnControlPlanes: boolean;
  /** Host of the Kubernetes endpoint, given or computed. */
  readonly endpoint?: string;
}
