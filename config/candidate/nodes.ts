import { createHash } from "node:crypto";
import { nth, type Address } from "../cidr";
import { ALWAYS_EXTENSION, DEFAULTS } from "../defaults";
import type { Path } from "../path";
import type { ExtensionSettings } from "../settings";
import type { WrittenDraft } from "../shape";
import { addressPair } from "./network";
import type { AddressPair, CandidateDisk, CandidateNetwork, CandidateNode, CandidateProxmox, Located } from "./types";

type WrittenNode = NonNullable<NonNullable<WrittenDraft["nodes"]>[string]>;
type WrittenTraits = NonNullable<NonNullable<WrittenDraft["nodeDefaults"]>["worker"]>;

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Entries of a map in which what is missing is left out, sorted by key. */
function entries<T>(map: Readonly<Record<string, T | undefined>> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(map ?? {})
    .flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function present<T>(items: readonly (T | undefined)[] | undefined): readonly T[] {
  return (items ?? []).filter((item) => item !== undefined);
}

/** A locally administered address that depends on the cluster's and the node's names alone. */
function computedMac(cluster: string, node: string): string {
  const hash = createHash("sha256").update(`${cluster}/${node}`).digest("hex").slice(0, 10).toUpperCase();
  return ["02", ...(hash.match(/../g) ?? [])].join(":");
}

/** A VM id that depends on the node's address alone: 192.168.10.11 -> 20011. Unique within a /16. */
function computedVmId(address: Address): number {
  return 10000 + 1000 * Number((address.value >> 8n) & 0xffn) + Number(address.value & 0xffn);
}

/** A node's own words over the defaults of its role, and where each is written. */
class Layers {
  readonly #layers: readonly { readonly traits: WrittenTraits; readonly path: Path }[];
  readonly #fallback: Path;

  constructor(node: WrittenNode, path: Path, defaults: WrittenDraft["nodeDefaults"]) {
    const role = node.role;
    const shared = role === undefined ? undefined : defaults?.[role];
    this.#fallback = path;
    this.#layers = [
      { traits: node, path },
      ...(role === undefined || shared === undefined ? [] : [{ traits: shared, path: ["nodeDefaults", role] }]),
    ];
  }

  /** The value that counts, with the path where it is written, or the node's when it is nowhere. */
  value<T>(key: string, pick: (traits: WrittenTraits) => T | undefined, fallback: T): Located<T> {
    for (const { traits, path } of this.#layers) {
      const value = pick(traits);
      if (value !== undefined) return { value, path: [...path, ...key.split(".")] };
    }
    return { value: fallback, path: this.#fallback };
  }

  /** Maps merged by key, the node's own last. */
  map<T>(
    key: string,
    pick: (traits: WrittenTraits) => Readonly<Record<string, T | undefined>> | undefined,
  ): readonly (Located<T> & { readonly key: string })[] {
    const merged = new Map<string, Located<T> & { readonly key: string }>();
    for (const { traits, path } of [...this.#layers].reverse())
      for (const [name, value] of entries(pick(traits))) merged.set(name, { key: name, value, path: [...path, key, name] });
    return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

function addressOf(written: WrittenNode["address"], path: Path, network: CandidateNetwork): AddressPair {
  const given = addressPair(written, [...path, "address"]);
  const { ipv4, ipv6 } = network.nodes;
  if (given.ipv6 !== undefined || given.ipv4 === undefined || ipv4 === undefined || ipv6 === undefined) return given;
  const same = nth(ipv6.value, given.ipv4.value.value - ipv4.value.first);
  return { ipv4: given.ipv4, ipv6: same === undefined ? undefined : { value: same, path: given.ipv4.path } };
}

function disk(
  name: string,
  written: { readonly sizeGiB?: number; readonly datastore?: string },
  path: Path,
  fallback: Located<string> | undefined,
): CandidateDisk {
  return {
    name,
    sizeGiB: written.sizeGiB,
    datastore: written.datastore === undefined ? fallback : { value: written.datastore, path: [...path, "datastore"] },
  };
}

function extensionsOf(layers: Layers): readonly ExtensionSettings[] {
  const named = layers
    .map("extensions", (traits) => traits.extensions)
    .map(({ key, value }) => ({
      name: key,
      files: Object.fromEntries(entries(value.files)),
      environment: present(value.environment),
    }));
  const always = named.some(({ name }) => name === ALWAYS_EXTENSION) ? [] : [{ name: ALWAYS_EXTENSION, files: {}, environment: [] }];
  return [...named, ...always].sort(byName);
}

interface Surroundings {
  readonly written: WrittenDraft;
  readonly network: CandidateNetwork;
  readonly proxmox: readonly CandidateProxmox[];
}

function candidateNode(name: string, written: WrittenNode, { written: all, network, proxmox }: Surroundings): CandidateNode {
  const path: Path = ["nodes", name];
  const layers = new Layers(written, path, all.nodeDefaults);
  const builtin = DEFAULTS.node[written.role ?? "worker"];
  const only = proxmox.length === 1 ? proxmox[0] : undefined;
  const owner = written.proxmox !== undefined ? { value: written.proxmox, path: [...path, "proxmox"] } : only && { value: only.name, path };
  const host = proxmox.find((each) => each.name === owner?.value)?.hosts.find((each) => each.name === written.host);
  const store = host && { value: host.diskDatastore, path: [...path, "host"] };
  const address = addressOf(written.address, path, network);
  const systemSize = layers.value("systemDisk.sizeGiB", (traits) => traits.systemDisk?.sizeGiB, builtin.systemDiskGiB);
  const systemStore = layers.value<string | undefined>("systemDisk.datastore", (traits) => traits.systemDisk?.datastore, undefined);
  const encryption = layers.value("diskEncryption", (traits) => traits.diskEncryption, DEFAULTS.diskEncryption);
  const cluster = all.cluster?.name;
  const taints = layers.value("taints", (traits) => traits.taints, []);
  return {
    name,
    path,
    role: written.role,
    proxmox: owner,
    host: written.host === undefined ? undefined : { value: written.host, path: [...path, "host"] },
    address,
    vmId:
      written.vmId !== undefined
        ? { value: written.vmId, path: [...path, "vmId"] }
        : address.ipv4 && { value: computedVmId(address.ipv4.value), path: address.ipv4.path },
    mac:
      written.mac !== undefined
        ? { value: written.mac.toUpperCase(), path: [...path, "mac"] }
        : cluster === undefined
          ? undefined
          : { value: computedMac(cluster, name), path },
    cores: layers.value("cores", (traits) => traits.cores, builtin.cores),
    memoryMiB: layers.value("memoryMiB", (traits) => traits.memoryMiB, builtin.memoryMiB),
    systemDisk: {
      name: "system",
      sizeGiB: systemSize.value,
      path: systemSize.path,
      datastore: systemStore.value === undefined ? store : { value: systemStore.value, path: systemStore.path },
    },
    dataDisks: layers.map("dataDisks", (traits) => traits.dataDisks).map((each) => disk(each.key, each.value, each.path, store)),
    extensions: extensionsOf(layers),
    kernelArgs: present(layers.value("kernelArgs", (traits) => traits.kernelArgs, []).value),
    kernelModules: layers
      .map("kernelModules", (traits) => traits.kernelModules)
      .map(({ key, value }) => ({ name: key, parameters: present(value.parameters) })),
    labels: layers.map("labels", (traits) => traits.labels),
    taints: taints.value.flatMap((taint, index) =>
      taint?.key === undefined || taint.effect === undefined
        ? []
        : [{ value: { key: taint.key, value: taint.value ?? "", effect: taint.effect }, path: [...taints.path, index] }],
    ),
    pci: (written.pci ?? []).flatMap((each, index) =>
      each?.mapping === undefined ? [] : [{ value: each.mapping, path: [...path, "pci", index, "mapping"] }],
    ),
    secureBoot: layers.value("secureBoot", (traits) => traits.secureBoot, false).value,
    tpm: layers.value("tpm", (traits) => traits.tpm, encryption.value === "tpm").value,
    diskEncryption: encryption.value,
    encryptionPath: encryption.path,
    registryMirrors: Object.fromEntries(
      layers.map("registryMirrors", (traits) => traits.registryMirrors).map(({ key, value }) => [key, present(value)]),
    ),
  };
}

/** All nodes, sorted by name. */
export function candidateNodes(surroundings: Surroundings): readonly CandidateNode[] {
  return entries(surroundings.written.nodes)
    .map(([name, written]) => candidateNode(name, written, surroundings))
    .sort(byName);
}
