import type { BgpSettings, NodeSettings, Settings } from "../../config/settings";

/** Peer group, prefix lists and route maps all carry this prefix, so that they stay clear of the router's own. */
const GROUP = "HEARTH";

/** Most equal-cost paths that FRR builds commonly take. */
const MOST_PATHS = 16;

/**
 * The router's half of the BGP sessions, as FRR reads it (UniFi OS takes it as a file). Without the password:
 * a comment says which line to add. Accepts single addresses of the pool only and announces nothing.
 */
export function frrConfig(settings: Settings, bgp: BgpSettings): string {
  const { loadBalancerPool: pool } = settings.network;
  const nodes = [...settings.nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...header(settings, bgp),
    `router bgp ${bgp.routerAsn}`,
    ...session(bgp).map(indent),
    ...nodes.flatMap(neighbor).map(indent),
    " !",
    ...family({ afi: "ipv4", peers: nodes }).map(indent),
    ...(pool.ipv6 === undefined ? [] : family({ afi: "ipv6", peers: nodes }).map(indent)),
    "exit",
    "!",
    ...prefixLists(pool.ipv4, pool.ipv6),
    ...(pool.ipv6 === undefined ? [] : nodes.flatMap(nextHop)),
    "!",
    "",
  ].join("\n");
}

const indent = (line: string): string => ` ${line}`;

function header(settings: Settings, bgp: BgpSettings): readonly string[] {
  return [
    `! BGP on the router for cluster ${settings.cluster.name}: one session per node, addresses of the load-balancer pool in, nothing out.`,
    "! Rendered from the stack file by `npm run render`; edits are lost. UniFi OS 4.1.13 or newer: Settings > Routing > BGP, upload this file.",
    ...(bgp.password === undefined
      ? []
      : [
          `! The sessions have a password. It is not in this file: add below the remote-as line`,
          `!   neighbor ${GROUP} password <the password>`,
        ]),
    "!",
  ];
}

function session(bgp: BgpSettings): readonly string[] {
  return [
    `bgp router-id ${bgp.routerAddress}`,
    // Without it FRR drops every route of an eBGP peer that has no policy in both directions.
    "no bgp ebgp-requires-policy",
    "bgp bestpath as-path multipath-relax",
    `neighbor ${GROUP} peer-group`,
    `neighbor ${GROUP} remote-as ${bgp.nodeAsn}`,
    `neighbor ${GROUP} timers ${bgp.keepAlive} ${bgp.holdTime}`,
  ];
}

function neighbor(node: NodeSettings): readonly string[] {
  return [`neighbor ${node.address.ipv4} peer-group ${GROUP}`, `neighbor ${node.address.ipv4} description ${node.name}`];
}

function family({ afi, peers }: { readonly afi: "ipv4" | "ipv6"; readonly peers: readonly NodeSettings[] }): readonly string[] {
  const version = afi === "ipv4" ? "4" : "6";
  return [
    `address-family ${afi} unicast`,
    ` neighbor ${GROUP} activate`,
    ` neighbor ${GROUP} next-hop-self`,
    ` neighbor ${GROUP} soft-reconfiguration inbound`,
    ` neighbor ${GROUP} prefix-list ${GROUP}-POOL-V${version} in`,
    ` neighbor ${GROUP} prefix-list ${GROUP}-NOTHING-V${version} out`,
    ...(afi === "ipv6" ? peers.filter((node) => node.address.ipv6 !== undefined).map(inboundMap) : []),
    ` maximum-paths ${Math.min(peers.length, MOST_PATHS)}`,
    "exit-address-family",
  ];
}

function inboundMap(node: NodeSettings): string {
  return ` neighbor ${node.address.ipv4} route-map ${mapName(node)} in`;
}

function mapName(node: NodeSettings): string {
  return `${GROUP}-${node.name.toUpperCase()}-V6`;
}

function prefixLists(ipv4: string, ipv6: string | undefined): readonly string[] {
  return [
    `ip prefix-list ${GROUP}-POOL-V4 seq 10 permit ${ipv4} ge 32 le 32`,
    `ip prefix-list ${GROUP}-NOTHING-V4 seq 10 deny 0.0.0.0/0 le 32`,
    ...(ipv6 === undefined
      ? []
      : [
          `ipv6 prefix-list ${GROUP}-POOL-V6 seq 10 permit ${ipv6} ge 128 le 128`,
          `ipv6 prefix-list ${GROUP}-NOTHING-V6 seq 10 deny ::/0 le 128`,
        ]),
  ];
}

/** Sessions run over IPv4, so an IPv6 route gets its node's IPv6 address as next hop here. */
function nextHop(node: NodeSettings): readonly string[] {
  if (node.address.ipv6 === undefined) return [];
  return ["!", `route-map ${mapName(node)} permit 10`, ` set ipv6 next-hop global ${node.address.ipv6}`, "exit"];
}
