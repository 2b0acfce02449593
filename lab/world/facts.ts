import { createHash } from "node:crypto";
import type { ProxmoxSettings, Settings } from "../../config/settings";

/** A datastore as one Proxmox cluster knows it. */
export interface DatastoreFacts {
  readonly name: string;
  /** Content types that it takes: `import`, `iso`, `images`. */
  readonly contents: readonly string[];
  /** Hosts that see it. */
  readonly hosts: readonly string[];
  /** `shared`: every host sees the same files; `local`: each host has files of its own under one name. */
  readonly kind: "local" | "shared";
}

/** One Proxmox cluster, or one host that stands alone. */
export interface ProxmoxFacts {
  readonly name: string;
  /** URL of its API; provider instances are told apart by it. */
  readonly endpoint: string;
  /** SHA-256, hex, of the API token that it accepts; absent: any. */
  readonly tokenSha256?: string;
  readonly hosts: readonly { readonly name: string; readonly cores: number; readonly memoryMiB: number }[];
  readonly datastores: readonly DatastoreFacts[];
  readonly bridges: readonly string[];
  /** Pools made by hand before Hearth came; they are not part of the inventory. */
  readonly pools: readonly string[];
  /** Hardware mapping -> hosts that have such a device. */
  readonly pciMappings: Readonly<Record<string, readonly string[]>>;
}

/** The network that machines are on. */
export interface NetworkFacts {
  /** IPv4 CIDR of the nodes. */
  readonly nodes: string;
  /** Addresses that someone else has: the gateway and the like. */
  readonly taken: readonly string[];
  readonly vip?: string;
}

/** What exists before the first resource: hardware and network. */
export interface WorldFacts {
  readonly proxmox: readonly ProxmoxFacts[];
  readonly network: NetworkFacts;
  /** URL of the Image Factory. */
  readonly imageFactory: string;
}

/** The hardware that these settings take for granted, so that the lab is a home where they hold. */
export function worldFactsOf(settings: Settings): WorldFacts {
  const { network } = settings;
  return {
    proxmox: settings.proxmox.map((proxmox) => proxmoxFactsOf(proxmox, settings)),
    network: { nodes: network.nodes.ipv4, taken: [network.gateway.ipv4], ...(network.vip ? { vip: network.vip } : {}) },
    imageFactory: settings.endpoints.imageFactory,
  };
}

function proxmoxFactsOf(proxmox: ProxmoxSettings, settings: Settings): ProxmoxFacts {
  const nodes = settings.nodes.filter((node) => node.proxmox === proxmox.name);
  const mappings = [...new Set(nodes.flatMap((node) => node.pci.map((device) => device.mapping)))];
  return {
    name: proxmox.name,
    endpoint: proxmox.endpoint,
    hosts: proxmox.hosts.map(({ name, cores, memoryMiB }) => ({ name, cores, memoryMiB })),
    datastores: datastoresOf(proxmox, settings),
    bridges: [proxmox.bridge],
    pools: proxmox.pool === undefined ? [] : [proxmox.pool],
    pciMappings: Object.fromEntries(
      mappings.map((mapping) => [
        mapping,
        nodes.filter((node) => node.pci.some((device) => device.mapping === mapping)).map((node) => node.host),
      ]),
    ),
  };
}

function datastoresOf(proxmox: ProxmoxSettings, settings: Settings): DatastoreFacts[] {
  const contents = new Map<string, Set<string>>();
  const hosts = new Map<string, Set<string>>();
  const add = (datastore: string, host: string, types: readonly string[]): void => {
    contents.set(datastore, new Set([...(contents.get(datastore) ?? []), ...types]));
    hosts.set(datastore, new Set([...(hosts.get(datastore) ?? []), host]));
  };
  for (const host of proxmox.hosts) {
    add(host.imageDatastore, host.name, ["import", "iso"]);
    add(host.diskDatastore, host.name, ["images"]);
  }
  for (const node of settings.nodes) {
    if (node.proxmox !== proxmox.name) continue;
    for (const disk of [node.systemDisk, ...node.dataDisks]) add(disk.datastore, node.host, ["images"]);
  }
  return [...contents].map(([name, types]) => {
    const shared = proxmox.sharedDatastores.includes(name);
    return {
      name,
      contents: [...types],
      hosts: shared ? proxmox.hosts.map((host) => host.name) : [...(hosts.get(name) ?? [])],
      kind: shared ? "shared" : "local",
    };
  });
}

/** How a token is written down in facts. */
export const tokenDigest = (token: string): string => createHash("sha256").update(token).digest("hex");
