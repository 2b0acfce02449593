import ipaddr from "ipaddr.js";
import type { NetworkFacts } from "./facts";
import { parseInstaller } from "./image-factory";
import type { Machine } from "./machine";

/** Where a node can be reached, or why it cannot. */
export type Reach = { readonly address: string } | { readonly unreachable: string };

/** First IPv4 address, without its prefix length. */
const firstIpv4 = (addresses: readonly string[]): string | undefined =>
  addresses.find((address) => ipaddr.IPv4.isValidCIDR(address))?.split("/")[0];

/** First IPv6 address, without its prefix length. */
export const firstIpv6 = (addresses: readonly string[]): string | undefined =>
  addresses.find((address) => ipaddr.IPv6.isValidCIDR(address))?.split("/")[0];

/**
 * Address of a node from what it was given: nocloud data in maintenance; afterwards nocloud data and machine config, which must agree.
 * Stricter than Talos in one point: with both it would keep both; here a node whose two sources differ, or whose installer is not
 * the nocloud one, is lost, since on real hardware that is a matter of luck.
 */
export function reachOf(machine: Machine, others: readonly Machine[], network: NetworkFacts): Reach {
  const nocloud = machine.image?.platform === "nocloud" ? firstIpv4(machine.spec.nocloudAddresses) : undefined;
  if (machine.image && machine.image.platform !== "nocloud")
    return { unreachable: `its image is for ${machine.image.platform} and reads no nocloud data` };
  if (nocloud === undefined) return { unreachable: "its nocloud data has no static IPv4 address and the lab has no DHCP" };
  const { facts } = machine.node;
  if (facts) {
    const installer = parseInstaller(facts.installImage);
    if (installer && installer.platform !== "nocloud")
      return { unreachable: `installed by the ${installer.platform} installer, it lost its nocloud address` };
    const configured = firstIpv4(facts.addresses);
    if (configured !== nocloud) return { unreachable: `nocloud says ${nocloud}, its machine config says ${configured ?? "nothing"}` };
  }
  const problem = addressProblem(nocloud, machine, others, network);
  return problem === undefined ? { address: nocloud } : { unreachable: problem };
}

/** What is wrong with an address in this network, if anything. */
function addressProblem(address: string, machine: Machine, others: readonly Machine[], network: NetworkFacts): string | undefined {
  const [base, bits] = ipaddr.IPv4.parseCIDR(network.nodes);
  const parsed = ipaddr.IPv4.parse(address);
  if (!parsed.match([base, bits])) return `${address} is outside the node network ${network.nodes}`;
  if (bits < 31) {
    if (address === ipaddr.IPv4.networkAddressFromCIDR(network.nodes).toString()) return `${address} is the network address`;
    if (address === ipaddr.IPv4.broadcastAddressFromCIDR(network.nodes).toString()) return `${address} is the broadcast address`;
  }
  if (network.taken.includes(address) || network.vip === address) return `${address} is taken`;
  const owner = others.find((other) => other.key !== machine.key && other.node.address === address);
  return owner ? `${address} is already the address of ${owner.spec.name}` : undefined;
}
