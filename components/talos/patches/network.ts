import type { Settings } from "../../../config/settings";
import { isControlPlane, typed, type Patch, type PatchDocument } from "./document";

/** Name that the config gives to the node's one link; the kernel's own name depends on where the device sits on the bus. */
export const LINK = "uplink";

/** Picks the link by its MAC, which the settings decide. */
export const linkAlias: Patch = (_settings, node) => [
  typed("LinkAliasConfig", { name: LINK, selector: { match: `mac(link.permanent_addr) == "${node.mac.toLowerCase()}"` } }),
];

/**
 * The node's static address: the same that nocloud gave it, so that nothing moves when the config takes over.
 * A link that the config names gets no DHCP.
 */
export const link: Patch = ({ network }, node) => {
  const { ipv4, ipv6 } = node.address;
  const addresses: PatchDocument[] = [{ address: `${ipv4}/${prefixOf(network.nodes.ipv4)}` }];
  const routes: PatchDocument[] = [{ gateway: network.gateway.ipv4 }];
  if (ipv6 !== undefined && network.nodes.ipv6 !== undefined) addresses.push({ address: `${ipv6}/${prefixOf(network.nodes.ipv6)}` });
  if (ipv6 !== undefined && network.gateway.ipv6 !== undefined) routes.push({ gateway: network.gateway.ipv6 });
  return [typed("LinkConfig", { name: LINK, up: true, mtu: network.mtu, addresses, routes })];
};

/** The address that the control planes share. Workers must not have it: Talos refuses it there. */
export const virtualIp: Patch = ({ network }, node) =>
  network.vip !== undefined && isControlPlane(node) ? [typed("Layer2VIPConfig", { name: network.vip, link: LINK })] : [];

/** DNS servers of the node, which CoreDNS forwards to as well. */
export const resolver: Patch = ({ network }) =>
  network.dnsServers.length === 0 ? [] : [typed("ResolverConfig", { nameservers: network.dnsServers.map((address) => ({ address })) })];

/** Time servers: certificates and etcd leases need clocks that agree, and Talos does not boot on without time. */
export const time: Patch = ({ network }) =>
  network.ntpServers.length === 0 ? [] : [typed("TimeSyncConfig", { enabled: true, ntp: { servers: [...network.ntpServers] } })];

/** The node networks, IPv4 first. */
export function nodeSubnets({ network }: Settings): readonly string[] {
  return network.dualStack && network.nodes.ipv6 !== undefined ? [network.nodes.ipv4, network.nodes.ipv6] : [network.nodes.ipv4];
}

/** The prefix length of a network, as it is written after the slash. */
export function prefixOf(cidr: string): number {
  const prefix = Number(cidr.split("/")[1]);
  if (!Number.isInteger(prefix)) throw new Error(`${cidr} is no network`); // a rule of config/
  return prefix;
}
