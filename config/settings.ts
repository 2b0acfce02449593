/**
 * The resolved settings of one stack: what `config/` hands to everything else. Plain data, every default
 * filled in, every address computed, every rule between fields already held. Nothing here knows Pulumi.
 */
import type { SecretValue } from "./secret-value";

/** How a node takes part in the cluster. */
export type Role = "controlplane" | "worker";

/** A pair of versions without a leading "v", e.g. `{ talos: "1.13.7", kubernetes: "1.36.3" }`. */
export interface VersionPair {
  readonly talos: string;
  readonly kubernetes: string;
}

export interface ClusterSettings {
  /** DNS label; names the Talos cluster, the tunnel's default and every tag. */
  readonly name: string;
  /** DNS zones that the cluster serves; the first one is the primary. */
  readonly domains: readonly string[];
  /** Host (address or DNS name) of the Kubernetes endpoint: the VIP, a DNS name or, for one node, its address. */
  readonly endpoint: string;
  /** `https://<endpoint>:6443`. */
  readonly endpointUrl: string;
  /** All SANs besides node addresses: 127.0.0.1, VIP, endpoint, and those given. Sorted, unique. */
  readonly certificateSans: readonly string[];
  /** The goal: rendered into tuppr's objects only. */
  readonly versions: VersionPair;
  /** The fact: what machine configs, images and new nodes use. */
  readonly installed: VersionPair;
  /** Talos version contract, `"v1.13"`; pinned for the life of the cluster. */
  readonly contract: string;
  /** Workloads may run on control planes (default: when there are no workers). */
  readonly scheduleOnControlPlanes: boolean;
  /** Drives `protect` and Proxmox' own protection. */
  readonly deletionProtection: boolean;
}

/** One IPv4 CIDR and, when the cluster is dual stack, one IPv6 CIDR. */
export interface CidrPair {
  readonly ipv4: string;
  readonly ipv6?: string;
}

/** Names of the addresses that the platform serves from the load-balancer pool; slot order is fixed. */
export const NAMED_ADDRESSES = ["external", "internal", "auth", "ai", "mcp", "dns"] as const;
export type AddressName = (typeof NAMED_ADDRESSES)[number];

export interface BgpSettings {
  readonly mode: "bgp";
  readonly routerAddress: string;
  readonly routerAsn: number;
  readonly nodeAsn: number;
  /** TCP-MD5 password. */
  readonly password?: SecretValue;
  /** Seconds. */
  readonly holdTime: number;
  /** Seconds. */
  readonly keepAlive: number;
  /** Seconds; 0 turns graceful restart off. */
  readonly gracefulRestart: number;
}

export interface NetworkSettings {
  readonly nodes: CidrPair;
  readonly gateway: { readonly ipv4: string; readonly ipv6?: string };
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  /** Layer-2 virtual address of the control planes; absent when the endpoint is something else. */
  readonly vip?: string;
  readonly pods: CidrPair;
  readonly services: CidrPair;
  readonly dualStack: boolean;
  /** 802.1Q id, tagged by Proxmox on the VM's network device. */
  readonly vlan?: number;
  /** Bytes. */
  readonly mtu: number;
  readonly loadBalancerPool: CidrPair;
  readonly addresses: Readonly<Record<AddressName, string>>;
  readonly announce: { readonly mode: "l2" } | BgpSettings;
}

export interface ProxmoxHostSettings {
  readonly name: string;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Where the nocloud image is imported from; content type `import`. */
  readonly imageDatastore: string;
  /** Where disks are made. */
  readonly diskDatastore: string;
}

export interface ProxmoxSettings {
  /** Key under `proxmox:`; names the provider instance. */
  readonly name: string;
  /** `https://pve1.example.com:8006/`. */
  readonly endpoint: string;
  /** `user@realm!name=uuid`. */
  readonly token: SecretValue;
  /** How the endpoint's certificate is trusted: the system's roots, a CA given in PEM, or not at all (said out loud). */
  readonly tls:
    { readonly mode: "system" } | { readonly mode: "ca"; readonly pem: string } | { readonly mode: "insecure"; readonly reason: string };
  readonly hosts: readonly ProxmoxHostSettings[];
  /** Names of datastores that every host of this cluster sees as one. */
  readonly sharedDatastores: readonly string[];
  readonly bridge: string;
  readonly pool?: string;
  /** Sorted, unique. */
  readonly tags: readonly string[];
  /** Make an HA rule that keeps control planes on different hosts (Proxmox VE 9, clusters only). */
  readonly antiAffinityRule: boolean;
}

export interface ExtensionSettings {
  /** Official name in the Image Factory, e.g. `siderolabs/qemu-guest-agent`. */
  readonly name: string;
  /** Files for an ExtensionServiceConfig document: mount path -> content; and environment entries. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: readonly string[];
}

export interface NodeSettings {
  readonly name: string;
  readonly role: Role;
  /** Key of the Proxmox cluster in `proxmox`. */
  readonly proxmox: string;
  /** Name of the Proxmox host. */
  readonly host: string;
  readonly address: { readonly ipv4: string; readonly ipv6?: string };
  readonly vmId: number;
  /** Upper case, colons. */
  readonly mac: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly systemDisk: { readonly sizeGiB: number; readonly datastore: string };
  readonly dataDisks: readonly { readonly name: string; readonly sizeGiB: number; readonly datastore: string }[];
  /** Sorted by name; `siderolabs/qemu-guest-agent` is always there. */
  readonly extensions: readonly ExtensionSettings[];
  readonly kernelArgs: readonly string[];
  readonly kernelModules: readonly { readonly name: string; readonly parameters: readonly string[] }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  }[];
  /** Proxmox hardware mappings passed through, in order. */
  readonly pci: readonly { readonly mapping: string }[];
  readonly secureBoot: boolean;
  readonly tpm: boolean;
  readonly diskEncryption: "none" | "node-id" | "tpm";
  /** Registry host -> mirror endpoints, tried in order before the registry itself. */
  readonly registryMirrors: Readonly<Record<string, readonly string[]>>;
}

export interface CloudflareSettings {
  readonly accountId: string;
  /** Domain -> zone id, for every domain of the cluster. */
  readonly zones: Readonly<Record<string, string>>;
  readonly token: SecretValue;
  readonly tunnelName: string;
}

export interface GitSettings {
  readonly url: string;
  readonly branch: string;
  /** Folder of the rendered tree in that repository, `kubernetes/<stack>`. */
  readonly path: string;
  readonly credentials:
    | { readonly kind: "public" }
    | { readonly kind: "token"; readonly username: string; readonly token: SecretValue }
    | { readonly kind: "deployKey"; readonly privateKey: SecretValue; readonly knownHosts: string };
}

export interface ChartSettings {
  /** Registry that holds every chart under its own name, e.g. `oci://harbor.home.arpa/charts`; absent: upstream. */
  readonly mirror?: string;
  /** Plain http to the mirror: only for a loopback address. */
  readonly plainHttp: boolean;
}

/** Options of one app, validated by the app's own schema in `platform/`. */
export type AppOptions = Readonly<Record<string, unknown>>;

/** Deadlines of the gates between phases, in seconds. */
export interface GateSettings {
  /** A node's Talos API answers after install and reboot. @default 900 */
  readonly talosApi: number;
  /** kube-apiserver answers after bootstrap. @default 600 */
  readonly kubernetesApi: number;
  /** Every node is registered, and later Ready. @default 900 */
  readonly nodes: number;
  /** The rendered tree is on the remote. @default 60 */
  readonly tree: number;
  /** The first sync of Flux is Ready. @default 1200 */
  readonly flux: number;
  /** A control plane must look healthy this long before the next one is changed. @default 20 */
  readonly settle: number;
}

export interface Settings {
  readonly stack: string;
  readonly cluster: ClusterSettings;
  readonly network: NetworkSettings;
  readonly proxmox: readonly ProxmoxSettings[];
  /** Control planes first, then workers, each sorted by name. */
  readonly nodes: readonly NodeSettings[];
  /** Absent: no edge (no tunnel, no record). */
  readonly cloudflare?: CloudflareSettings;
  readonly git: GitSettings;
  readonly platform: Readonly<Record<string, AppOptions>>;
  readonly charts: ChartSettings;
  /** Secrets by name, as apps ask for them (`sops-age` is the age key). */
  readonly secrets: Readonly<Record<string, SecretValue>>;
  readonly gates: GateSettings;
  /** Who can open the escrow: a public age key. Absent: no escrow can be written. */
  readonly escrow?: { readonly recipient: string };
  /** Overrides for an environment of one's own; all optional, all upstream by default. */
  readonly endpoints: {
    /** Image Factory, `https://factory.talos.dev`. */
    readonly imageFactory: string;
  };
}
