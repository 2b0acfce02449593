import { nth, parseCidr, formatAddress, formatCidr, lastOf, type Cidr } from "../../config/cidr";
import { CILIUM } from "../../config/compatibility";

/** What was answered so far: question -> text. */
export type Answers = Readonly<Record<string, string>>;

/** The versions that a new cluster starts with. */
const FIRST_VERSIONS = { talos: "1.13.7", kubernetes: `1.${CILIUM.kubernetes[1]}.3`, contract: "v1.13" } as const;

/** The entries of a comma-separated answer. */
export function listOf(answer: string | undefined): readonly string[] {
  return (answer ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** Names of the nodes that the answers ask for: cp-1, ..., worker-1, ... */
export function nodeNames(answers: Answers): readonly { readonly name: string; readonly role: "controlplane" | "worker" }[] {
  const names = (prefix: string, count: string | undefined): readonly string[] =>
    Array.from({ length: Number(count ?? 0) }, (_, index) => `${prefix}-${index + 1}`);
  return [
    ...names("cp", answers["controlPlanes"]).map((name) => ({ name, role: "controlplane" as const })),
    ...names("worker", answers["workers"]).map((name) => ({ name, role: "worker" as const })),
  ];
}

/** The node network, when it was answered. */
function nodeNetwork(answers: Answers): Cidr | undefined {
  return parseCidr(answers["nodes"] ?? "");
}

/** The address `offset` places into the node network. */
export function nodeAddress(answers: Answers, offset: number): string | undefined {
  const network = nodeNetwork(answers);
  const address = network && nth(network, BigInt(offset));
  return address && formatAddress(address);
}

/** The last /26 of the node network, or its upper half when it is smaller than a /25. */
export function lastBlock(answers: Answers): string | undefined {
  const network = nodeNetwork(answers);
  if (network === undefined || network.family !== 4) return undefined;
  const prefix = Math.max(26, network.prefix + 1);
  if (prefix > 29) return undefined;
  return formatCidr({ family: 4, first: ((lastOf(network) >> BigInt(32 - prefix)) << BigInt(32 - prefix)) as bigint, prefix });
}

function whole(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function gibibytes(text: string | undefined): number | string | undefined {
  const count = whole(text);
  return typeof count === "number" ? count * 1024 : count;
}

/** A map without what was not answered; undefined when nothing was. */
function given(map: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined && value !== "");
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function cluster(answers: Answers): unknown {
  const versions = { talos: FIRST_VERSIONS.talos, kubernetes: FIRST_VERSIONS.kubernetes };
  return given({
    name: answers["name"],
    domains: answers["domains"] === undefined ? undefined : listOf(answers["domains"]),
    endpoint: answers["endpoint"],
    versions,
    installed: { ...versions },
    contract: FIRST_VERSIONS.contract,
  });
}

function network(answers: Answers): unknown {
  const bgp = answers["announce"] === "bgp";
  return given({
    nodes: answers["nodes"],
    gateway: answers["gateway"],
    dnsServers: answers["dnsServers"] === undefined ? undefined : listOf(answers["dnsServers"]),
    vip: answers["vip"],
    loadBalancerPool: answers["pool"],
    announce: given({
      mode: answers["announce"],
      routerAddress: bgp ? answers["routerAddress"] : undefined,
      routerAsn: bgp ? whole(answers["routerAsn"]) : undefined,
      nodeAsn: bgp ? whole(answers["nodeAsn"]) : undefined,
    }),
  });
}

function proxmox(answers: Answers): unknown {
  const name = answers["proxmox"];
  if (name === undefined) return undefined;
  const hosts = listOf(answers["hosts"]).map((host) => [
    host,
    given({ cores: whole(answers[`cores ${host}`]), memoryMiB: gibibytes(answers[`memory ${host}`]) }) ?? {},
  ]);
  return {
    [name]: given({
      endpoint: answers["proxmoxEndpoint"],
      tls: given({ ca: answers["tlsCa"], insecure: answers["tlsReason"] }),
      hosts: hosts.length === 0 ? undefined : Object.fromEntries(hosts),
      imageDatastore: answers["imageDatastore"],
      diskDatastore: answers["diskDatastore"],
    }),
  };
}

function nodes(answers: Answers): unknown {
  const known = nodeNames(answers).map(({ name, role }) => [
    name,
    given({ role, host: answers[`host ${name}`], address: answers[`address ${name}`] }),
  ]);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function cloudflare(answers: Answers): unknown {
  if (answers["edge"] !== "yes") return undefined;
  const zones = listOf(answers["domains"]).flatMap((domain) =>
    answers[`zone ${domain}`] === undefined ? [] : [[domain, answers[`zone ${domain}`]]],
  );
  return given({ accountId: answers["accountId"], zones: zones.length === 0 ? undefined : Object.fromEntries(zones) });
}

function git(answers: Answers): unknown {
  const kind = answers["gitCredentials"];
  return given({
    url: answers["gitUrl"],
    credentials: given({ kind, knownHosts: kind === "deployKey" ? answers["knownHosts"] : undefined }),
  });
}

/** The settings that the answers lead to, so far as they go. */
export function rawFrom(answers: Answers): Readonly<Record<string, unknown>> {
  const sections: Readonly<Record<string, unknown>> = {
    cluster: cluster(answers),
    network: network(answers),
    proxmox: proxmox(answers),
    nodes: nodes(answers),
    cloudflare: cloudflare(answers),
    git: git(answers),
    platform: { crds: {}, "cilium-networks": {}, "flux-webhook": {}, echo: {} },
    escrow: given({ recipient: answers["escrow"] }),
  };
  return Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
}

/** Secrets that the settings need, as commands that set them. */
export function secretCommands(paths: readonly string[], project: string): readonly string[] {
  return paths.map((path) => `pulumi config set --path --secret '${project}:${path}'`);
}
