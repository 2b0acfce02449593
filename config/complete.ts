import type { AddressPair, Candidate, CandidateNode, Span } from "./candidate";
import { formatAddress, formatCidr } from "./cidr";
import { DEFAULTS } from "./defaults";
import { SecretValue } from "./secret-value";
import {
  NAMED_ADDRESSES,
  type BgpSettings,
  type ChartSettings,
  type CidrPair,
  type CloudflareSettings,
  type ClusterSettings,
  type GitSettings,
  type NetworkSettings,
  type NodeSettings,
  type ProxmoxSettings,
  type Settings,
  type VersionPair,
} from "./settings";

/** A value that the rules have shown to be there. @throws Error when it is not: then a rule is missing. */
function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`settings without a problem lack ${what}`);
  return value;
}

function secretOf(value: SecretValue | undefined): SecretValue {
  return value ?? SecretValue.absent();
}

function allOf<T>(items: readonly (T | undefined)[] | undefined, what: string): readonly T[] {
  return (items ?? []).map((item) => known(item, what));
}

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();

function cidrs(span: Span, what: string): CidrPair {
  const ipv4 = formatCidr(known(span.ipv4, what).value);
  return span.ipv6 === undefined ? { ipv4 } : { ipv4, ipv6: formatCidr(span.ipv6.value) };
}

function addresses(pair: AddressPair, what: string, dualStack: boolean): { ipv4: string; ipv6?: string } {
  const ipv4 = formatAddress(known(pair.ipv4, what).value);
  return !dualStack || pair.ipv6 === undefined ? { ipv4 } : { ipv4, ipv6: formatAddress(pair.ipv6.value) };
}

function versionPair(pair: { readonly talos?: string; readonly kubernetes?: string } | undefined, what: string): VersionPair {
  return { talos: known(pair?.talos, `${what}.talos`), kubernetes: known(pair?.kubernetes, `${what}.kubernetes`) };
}

function cluster({ written, network, endpoint: host, scheduleOnControlPlanes }: Candidate): ClusterSettings {
  const given = known(written.cluster, "cluster");
  const endpoint = known(host, "cluster.endpoint");
  const vip = network.vip === undefined ? [] : [formatAddress(network.vip.value)];
  const versions = versionPair(given.versions, "cluster.versions");
  return {
    name: known(given.name, "cluster.name"),
    domains: allOf(given.domains, "cluster.domains"),
    endpoint,
    endpointUrl: `https://${endpoint.includes(":") ? `[${endpoint}]` : endpoint}:6443`,
    certificateSans: sorted(["127.0.0.1", ...vip, endpoint, ...allOf(given.certificateSans, "cluster.certificateSans")]),
    versions,
    installed: given.installed === undefined ? versions : versionPair(given.installed, "cluster.installed"),
    contract: known(given.contract, "cluster.contract"),
    scheduleOnControlPlanes,
    deletionProtection: given.deletionProtection ?? DEFAULTS.deletionProtection,
  };
}

function announce({ written, network }: Candidate): NetworkSettings["announce"] {
  if (network.mode !== "bgp") return { mode: "l2" };
  const given = known(written.network?.announce, "network.announce");
  const bgp: BgpSettings = {
    mode: "bgp",
    routerAddress: formatAddress(known(network.router, "network.announce.routerAddress").value),
    routerAsn: known(given.routerAsn, "network.announce.routerAsn"),
    nodeAsn: known(given.nodeAsn, "network.announce.nodeAsn"),
    holdTime: given.holdTime ?? DEFAULTS.bgpTimers.holdTime,
    keepAlive: given.keepAlive ?? DEFAULTS.bgpTimers.keepAlive,
    gracefulRestart: given.gracefulRestart ?? DEFAULTS.bgpTimers.gracefulRestart,
  };
  return given.password === undefined ? bgp : { ...bgp, password: given.password };
}

function networkOf(candidate: Candidate): NetworkSettings {
  const { written, network } = candidate;
  const given = known(written.network, "network");
  const named = NAMED_ADDRESSES.map((name) => [name, formatAddress(known(network.named[name], `network.addresses.${name}`).value)]);
  return {
    nodes: cidrs(network.nodes, "network.nodes"),
    gateway: addresses(network.gateway, "network.gateway", network.dualStack),
    dnsServers: given.dnsServers === undefined ? DEFAULTS.dnsServers : allOf(given.dnsServers, "network.dnsServers"),
    ntpServers: given.ntpServers === undefined ? DEFAULTS.ntpServers : allOf(given.ntpServers, "network.ntpServers"),
    ...(network.vip === undefined ? {} : { vip: formatAddress(network.vip.value) }),
    pods: cidrs(network.pods, "network.pods"),
    services: cidrs(network.services, "network.services"),
    dualStack: network.dualStack,
    ...(given.vlan === undefined ? {} : { vlan: given.vlan }),
    mtu: given.mtu ?? DEFAULTS.mtu,
    loadBalancerPool: cidrs(network.pool, "network.loadBalancerPool"),
    // every name of the list is in it
    addresses: Object.fromEntries(named) as NetworkSettings["addresses"],
    announce: announce(candidate),
  };
}

function proxmoxOf({ written, proxmox }: Candidate): readonly ProxmoxSettings[] {
  return proxmox.map(({ name, hosts }) => {
    const given = known(written.proxmox?.[name], `proxmox.${name}`);
    const { ca, insecure } = given.tls ?? {};
    return {
      name,
      endpoint: `${new URL(known(given.endpoint, `proxmox.${name}.endpoint`)).origin}/`,
      token: secretOf(given.token),
      tls:
        ca !== undefined ? { mode: "ca", pem: ca } : insecure !== undefined ? { mode: "insecure", reason: insecure } : { mode: "system" },
      hosts: hosts.map((host) => ({
        name: host.name,
        cores: known(host.cores, "cores of a host"),
        memoryMiB: known(host.memoryMiB, "memory of a host"),
        imageDatastore: host.imageDatastore,
        diskDatastore: host.diskDatastore,
      })),
      sharedDatastores: sorted(allOf(given.sharedDatastores, "sharedDatastores")),
      bridge: given.bridge ?? DEFAULTS.bridge,
      ...(given.pool === undefined ? {} : { pool: given.pool }),
      tags: sorted(allOf(given.tags, "tags")),
      antiAffinityRule: given.antiAffinityRule ?? false,
    };
  });
}

function nodeOf(node: CandidateNode, dualStack: boolean): NodeSettings {
  return {
    name: node.name,
    role: known(node.role, "role of a node"),
    proxmox: known(node.proxmox, "proxmox of a node").value,
    host: known(node.host, "host of a node").value,
    address: addresses(node.address, "address of a node", dualStack),
    vmId: known(node.vmId, "vmId of a node").value,
    mac: known(node.mac, "mac of a node").value,
    cores: node.cores.value,
    memoryMiB: node.memoryMiB.value,
    systemDisk: { sizeGiB: node.systemDisk.sizeGiB, datastore: known(node.systemDisk.datastore, "datastore of a node").value },
    dataDisks: node.dataDisks.map(({ name, sizeGiB, datastore }) => ({
      name,
      sizeGiB: known(sizeGiB, "size of a disk"),
      datastore: known(datastore, "datastore of a disk").value,
    })),
    extensions: node.extensions,
    kernelArgs: node.kernelArgs,
    kernelModules: node.kernelModules,
    labels: Object.fromEntries(node.labels.map(({ key, value }) => [key, value])),
    taints: node.taints.map(({ value }) => value),
    pci: node.pci.map(({ value }) => ({ mapping: value })),
    secureBoot: node.secureBoot,
    tpm: node.tpm,
    diskEncryption: node.diskEncryption,
    registryMirrors: node.registryMirrors,
  };
}

function cloudflareOf({ written }: Candidate): CloudflareSettings | undefined {
  const given = written.cloudflare;
  if (given === undefined) return undefined;
  const zones = (written.cluster?.domains ?? []).map((domain) => [domain, known(given.zones?.[domain ?? ""], "zone of a domain")]);
  return {
    accountId: known(given.accountId, "cloudflare.accountId"),
    zones: Object.fromEntries(zones),
    token: secretOf(given.token),
    tunnelName: given.tunnelName ?? known(written.cluster?.name, "cluster.name"),
  };
}

function gitOf({ written, stack }: Candidate): GitSettings {
  const given = known(written.git, "git");
  const login = given.credentials;
  const credentials: GitSettings["credentials"] =
    login?.kind === "token"
      ? { kind: "token", username: login.username ?? DEFAULTS.gitUsername, token: secretOf(login.token) }
      : login?.kind === "deployKey"
        ? { kind: "deployKey", privateKey: secretOf(login.deployKey), knownHosts: known(login.knownHosts, "git.credentials.knownHosts") }
        : { kind: "public" };
  return {
    url: known(given.url, "git.url"),
    branch: given.branch ?? DEFAULTS.branch,
    path: given.path ?? `kubernetes/${stack}`,
    credentials,
  };
}

function chartsOf({ written }: Candidate): ChartSettings {
  const { mirror, plainHttp } = written.charts ?? {};
  return { ...(mirror === undefined ? {} : { mirror }), plainHttp: plainHttp ?? false };
}

/** A map by name, sorted by name. */
function sortedMap<T>(map: Readonly<Record<string, T | undefined>> | undefined): Readonly<Record<string, T>> {
  const entries = Object.entries(map ?? {}).map(([name, value]) => [name, known(value, name)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The settings that a candidate without a problem amounts to. @throws Error when it still has one. */
export function complete(candidate: Candidate): Settings {
  const { written, stack, nodes, network } = candidate;
  const cloudflare = cloudflareOf(candidate);
  const recipient = written.escrow?.recipient;
  return {
    stack,
    cluster: cluster(candidate),
    network: networkOf(candidate),
    proxmox: proxmoxOf(candidate),
    nodes: nodes.map((node) => nodeOf(node, network.dualStack)),
    ...(cloudflare === undefined ? {} : { cloudflare }),
    git: gitOf(candidate),
    platform: sortedMap(written.platform),
    charts: chartsOf(candidate),
    secrets: sortedMap(written.secrets),
    gates: { ...DEFAULTS.gates, ...written.gates },
    ...(recipient === undefined ? {} : { escrow: { recipient } }),
    endpoints: { imageFactory: (written.endpoints?.imageFactory ?? DEFAULTS.imageFactory).replace(/\/+$/, "") },
  };
}
