import { z } from "zod";
import { DEFAULTS } from "../defaults";
import { text } from "../formats";
import { NAMED_ADDRESSES } from "../settings";
import { cidrPair, list, optional, required, secret, whole } from "./fields";

const gatewayPair = z.union([
  text("address", "ipv4"),
  z.strictObject({
    ipv4: required(text("address", "ipv4"), "The router's IPv4 address."),
    ipv6: required(text("address", "ipv6"), "The router's IPv6 address."),
  }),
]);

const asn = (whose: string): z.ZodOptional<z.ZodInt> =>
  optional(whole(1, 4294967295), `${whose} autonomous system number. Only and always with \`bgp\`.`, { shown: "none" });
const seconds = (min: number, max: number, says: string, value: number): z.ZodOptional<z.ZodInt> =>
  optional(whole(min, max), `${says} In seconds. Only with \`bgp\`.`, { value });

const announce = z.strictObject({
  mode: required(z.enum(["l2", "bgp"]), "`l2`: nodes answer ARP for the addresses. `bgp`: nodes tell a router the way."),
  routerAddress: optional(text("address", "ipv4"), "The router that every node peers with. Only and always with `bgp`.", { shown: "none" }),
  routerAsn: asn("The router's"),
  nodeAsn: asn("The nodes'"),
  password: secret("TCP-MD5 password of the sessions. Only with `bgp`."),
  holdTime: seconds(3, 65535, "A session without a sign of life for this long is down.", DEFAULTS.bgpTimers.holdTime),
  keepAlive: seconds(1, 21845, "Time between two signs of life.", DEFAULTS.bgpTimers.keepAlive),
  gracefulRestart: seconds(
    0,
    4095,
    "How long the router keeps routes while an agent restarts; 0 turns it off.",
    DEFAULTS.bgpTimers.gracefulRestart,
  ),
});

const addresses = z.strictObject({
  ...(Object.fromEntries(
    NAMED_ADDRESSES.map((name, slot) => [
      name,
      optional(text("address", "ipv4"), `Address of \`${name}\`.`, {
        shown: `address ${slot + 1} of the pool, counted from its network address`,
      }),
    ]),
    // fromEntries forgets which keys it was given
  ) as Record<(typeof NAMED_ADDRESSES)[number], z.ZodOptional<z.ZodString>>),
});

/** `hearth:network`. */
export const networkSchema = z
  .strictObject({
    nodes: required(cidrPair(), "Network of the nodes. A pair of IPv4 and IPv6 makes the cluster dual stack."),
    gateway: optional(gatewayPair, "The nodes' router.", { shown: "first address of the node network" }),
    dnsServers: optional(list("address").min(1).max(3), "Resolvers of the nodes, at most three.", { value: DEFAULTS.dnsServers }),
    ntpServers: optional(list("host").min(1), "Time servers of the nodes. Addresses do not need DNS to be up.", {
      value: DEFAULTS.ntpServers,
    }),
    vip: optional(text("address", "ipv4"), "Virtual address that the control planes share on layer 2.", { shown: "none" }),
    pods: optional(cidrPair(), "Network of the pods.", { value: DEFAULTS.pods }),
    services: optional(cidrPair(), "Network of the services.", { value: DEFAULTS.services }),
    vlan: optional(whole(1, 4094), "802.1Q id that Proxmox tags on the machines' network device.", { shown: "untagged" }),
    mtu: optional(whole(1280, 9216), "Bytes per packet on the node network.", { value: DEFAULTS.mtu }),
    loadBalancerPool: required(
      cidrPair(),
      "Addresses that services of type LoadBalancer get: inside the node network with `l2`, outside it with `bgp`. Keep DHCP out of it.",
    ),
    addresses: optional(addresses, "Addresses that the platform serves, by name; each lies in the pool.", { value: {} }),
    announce: optional(announce, "How the pool's addresses become reachable.", { value: { mode: "l2" } }),
    loopback: optional(
      z.boolean(),
      "Says that the node network is meant to be in 127.0.0.0/8, as in the lab. Nothing real can run there.",
      { value: false },
    ),
  })
  .meta({ description: "Networks and addresses." });
