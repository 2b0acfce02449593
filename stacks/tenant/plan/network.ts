import { formatCidr, parseInterface } from "../../../config/cidr";
import type { KubeObject } from "../../../platform/kit/objects";
import { PROXIES_NAMESPACE, PROXY_LABELS } from "../../../platform/names";
import type { Flow } from "../../../platform/network/flows";
import { allowance, enclosure } from "../../../platform/network/policy";
import type { NodeOutput } from "../../outputs";
import type { TenantSettings } from "../settings/settings";

/** What is nobody's on the Internet (RFC 6890): houses, carriers, links, hosts. */
const PRIVATE_IPV4 = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] as const;
const PRIVATE_IPV6 = ["::1/128", "fc00::/7", "fe80::/10"] as const;

/** Bits of an IPv6 network in which hosts stand. */
const IPV6_SUBNET = 64;

type Networked = Pick<TenantSettings, "name" | "namespaces" | "network">;

/** The policy of each of a tenant's namespaces: closed in both directions but for what is named here. */
export function policiesOf(tenant: Networked, nodes: readonly NodeOutput[]): ReadonlyMap<string, KubeObject> {
  const flows = [...within(tenant), ...fromGateways(tenant), ...toOutside(tenant, nodes)];
  return new Map(tenant.namespaces.map(({ name }) => [name, enclosure("tenant", name, flows)]));
}

/** Lets the gateways' proxies out to the tenant, which the platform's default deny would not; undefined when they need not. */
export function gatewayPolicy({ name, namespaces, network }: Networked): KubeObject | undefined {
  if (network.gateways.length === 0) return undefined;
  const flows = namespaces.map((each): Flow => ({
    direction: "out",
    peer: { namespace: each.name },
    ports: network.gateways,
    protocol: "TCP",
  }));
  return allowance(`tenant-${name}`, PROXIES_NAMESPACE, flows);
}

function within({ namespaces }: Networked): readonly Flow[] {
  return namespaces.flatMap(({ name }) =>
    (["in", "out"] as const).map((direction): Flow => ({ direction, peer: { namespace: name }, protocol: "ANY" })),
  );
}

function fromGateways({ network: { gateways } }: Networked): readonly Flow[] {
  if (gateways.length === 0) return [];
  return [{ direction: "in", peer: { namespace: PROXIES_NAMESPACE, labels: PROXY_LABELS }, ports: gateways, protocol: "TCP" }];
}

function toOutside({ network }: Networked, nodes: readonly NodeOutput[]): readonly Flow[] {
  const out = (cidr: string, ports: readonly number[], except?: readonly string[]): Flow => ({
    direction: "out",
    peer: { cidr, ...(except === undefined ? {} : { except }) },
    ports,
    protocol: "TCP",
  });
  const { ipv4, ipv6 } = closedNetworks(network.closed, nodes);
  const world = network.world.length === 0 ? [] : [out("0.0.0.0/0", network.world, ipv4)];
  // Without IPv6 of the cluster's own there is none to the Internet.
  const world6 =
    world.length === 0 || nodes.every(({ addressIpv6 }) => addressIpv6 === undefined) ? [] : [out("::/0", network.world, ipv6)];
  return [...world, ...world6, ...network.addresses.map(({ cidr, ports }) => out(cidr, ports))];
}

/** What the world leaves out. In IPv6 a house has public addresses, so those of the nodes' own networks count as private. */
function closedNetworks(
  closed: readonly string[],
  nodes: readonly NodeOutput[],
): { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] } {
  const subnets = nodes.flatMap(({ addressIpv6 }) => {
    const parsed = addressIpv6 === undefined ? undefined : parseInterface(`${addressIpv6}/${IPV6_SUBNET}`);
    return parsed === undefined ? [] : [formatCidr(parsed.cidr)];
  });
  const isIpv6 = (cidr: string): boolean => cidr.includes(":");
  return {
    ipv4: [...new Set([...PRIVATE_IPV4, ...closed.filter((cidr) => !isIpv6(cidr))])],
    ipv6: [...new Set([...PRIVATE_IPV6, ...subnets, ...closed.filter(isIpv6)])],
  };
}
