/** Settings for the tests of `components/`, made by hand: what `config/` would hand over, with no part of it running. */
import { SecretValue } from "../../config/secret-value";
import type { NodeSettings, ProxmoxSettings, Settings } from "../../config/settings";

export type NodeOverrides = Partial<Omit<NodeSettings, "name" | "role">>;

/** A node with its number as the last part of its address, VM id and MAC. */
export function node(role: NodeSettings["role"], number: number, overrides: NodeOverrides = {}): NodeSettings {
  return {
    name: `${role === "controlplane" ? "cp" : "worker"}-${number}`,
    role,
    proxmox: "home",
    host: "pve1",
    address: { ipv4: `10.0.0.${10 + number}` },
    vmId: 1000 + number,
    mac: `BC:24:11:00:00:${number.toString(16).padStart(2, "0").toUpperCase()}`,
    cores: 4,
    memoryMiB: 8192,
    systemDisk: { sizeGiB: 64, datastore: "local-lvm" },
    dataDisks: [],
    extensions: [{ name: "siderolabs/qemu-guest-agent", files: {}, environment: [] }],
    kernelArgs: [],
    kernelModules: [],
    labels: {},
    taints: [],
    pci: [],
    secureBoot: false,
    tpm: false,
    diskEncryption: "none",
    registryMirrors: {},
    ...overrides,
  };
}

export const controlPlane = (number: number, overrides?: NodeOverrides): NodeSettings => node("controlplane", number, overrides);
export const worker = (number: number, overrides?: NodeOverrides): NodeSettings => node("worker", number, overrides);

/** One Proxmox cluster of three hosts. */
export function proxmox(overrides: Partial<ProxmoxSettings> = {}): ProxmoxSettings {
  return {
    name: "home",
    endpoint: "https://pve1.example.com:8006/",
    token: SecretValue.of("hearth@pve!test=00000000-0000-0000-0000-000000000000"),
    tls: { mode: "system" },
    hosts: ["pve1", "pve2", "pve3"].map((name) => ({
      name,
      cores: 16,
      memoryMiB: 65536,
      imageDatastore: "local",
      diskDatastore: "local-lvm",
    })),
    sharedDatastores: [],
    bridge: "vmbr0",
    tags: [],
    antiAffinityRule: false,
    ...overrides,
  };
}

export interface SettingsOverrides {
  readonly nodes: readonly NodeSettings[];
  readonly proxmox?: readonly ProxmoxSettings[];
  readonly cluster?: Partial<Settings["cluster"]>;
  readonly network?: Partial<Settings["network"]>;
  readonly imageFactory?: string;
  readonly platform?: Settings["platform"];
}

/** A whole set of settings around the given nodes. */
export function settingsOf({ nodes, proxmox: clusters, cluster, network, imageFactory, platform }: SettingsOverrides): Settings {
  const external = "10.0.0.201";
  return {
    stack: "test",
    cluster: {
      name: "home",
      domains: ["example.com"],
      endpoint: "10.0.0.10",
      endpointUrl: "https://10.0.0.10:6443",
      certificateSans: ["10.0.0.10", "127.0.0.1", "home.example.com"],
      versions: { talos: "1.13.7", kubernetes: "1.36.3" },
      installed: { talos: "1.13.7", kubernetes: "1.36.3" },
      contract: "v1.13",
      scheduleOnControlPlanes: !nodes.some(({ role }) => role === "worker"),
      deletionProtection: true,
      ...cluster,
    },
    network: {
      nodes: { ipv4: "10.0.0.0/24" },
      gateway: { ipv4: "10.0.0.1" },
      dnsServers: ["10.0.0.1", "1.1.1.1"],
      ntpServers: ["162.159.200.1"],
      vip: "10.0.0.10",
      pods: { ipv4: "10.244.0.0/16" },
      services: { ipv4: "10.96.0.0/12" },
      dualStack: false,
      mtu: 1500,
      loadBalancerPool: { ipv4: "10.0.0.192/26" },
      addresses: { external, internal: "10.0.0.202", auth: "10.0.0.203", ai: "10.0.0.204", mcp: "10.0.0.205", dns: "10.0.0.206" },
      announce: { mode: "l2" },
      ...network,
    },
    proxmox: clusters ?? [proxmox()],
    nodes,
    git: { url: "https://git.example.com/home.git", branch: "main", path: "kubernetes/test", credentials: { kind: "public" } },
    platform: platform ?? {},
    charts: { plainHttp: false },
    secrets: {},
    gates: { talosApi: 900, kubernetesApi: 600, nodes: 900, tree: 60, flux: 1200, settle: 20 },
    endpoints: { imageFactory: imageFactory ?? "https://factory.talos.dev" },
  };
}

/** IPv6 beside IPv4 everywhere. */
export const DUAL_STACK: Partial<Settings["network"]> = {
  nodes: { ipv4: "10.0.0.0/24", ipv6: "fd00:10::/64" },
  gateway: { ipv4: "10.0.0.1", ipv6: "fd00:10::1" },
  pods: { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/56" },
  services: { ipv4: "10.96.0.0/12", ipv6: "fd00:96::/108" },
  loadBalancerPool: { ipv4: "10.0.0.192/26", ipv6: "fd00:10::c0/122" },
  dualStack: true,
};
