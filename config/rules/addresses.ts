import type { Candidate, Located, Span } from "../candidate";
import { contains, formatAddress, formatCidr, parseAddress, reservedAs, sameAddress, type Address, type Cidr } from "../cidr";
import { problem } from "../problem";
import { NAMED_ADDRESSES } from "../settings";
import { networks, NODES, POOL } from "./networks";
import { repeated, type Rule } from "./rule";

/** An address that something in the cluster has, and the network that it must be in. */
interface Placed extends Located<Address> {
  readonly what: string;
  readonly network: Located<Cidr> | undefined;
  readonly networkName: string;
  /** The router is allowed to be the gateway. */
  readonly shared?: true;
}

function placedNodes({ nodes, network }: Candidate): readonly Placed[] {
  return nodes.flatMap((node) => {
    const at = (family: keyof Span): readonly Placed[] => {
      const address = node.address[family];
      return address === undefined
        ? []
        : [{ ...address, what: `node ${node.name}`, network: network.nodes[family], networkName: "the node network" }];
    };
    return [...at("ipv4"), ...at("ipv6")];
  });
}

/** Every address besides those of the nodes. */
function placedOthers({ network }: Candidate): readonly Placed[] {
  const inNodes = { networkName: "the node network" };
  const { gateway, vip, router } = network;
  return [
    ...(gateway.ipv4 === undefined ? [] : [{ ...gateway.ipv4, what: "the gateway", network: network.nodes.ipv4, ...inNodes }]),
    ...(gateway.ipv6 === undefined ? [] : [{ ...gateway.ipv6, what: "the gateway", network: network.nodes.ipv6, ...inNodes }]),
    ...(vip === undefined ? [] : [{ ...vip, what: "the VIP", network: network.nodes.ipv4, ...inNodes }]),
    ...(router === undefined
      ? []
      : [{ ...router, what: "the BGP router", network: network.nodes.ipv4, ...inNodes, shared: true as const }]),
    ...NAMED_ADDRESSES.flatMap((name) => {
      const address = network.named[name];
      return address === undefined
        ? []
        : [{ ...address, what: `address ${name}`, network: network.pool.ipv4, networkName: "the load-balancer pool" }];
    }),
  ];
}

function placed(candidate: Candidate): readonly Placed[] {
  return [...placedOthers(candidate), ...placedNodes(candidate)];
}

/** Whether the user wrote this address, rather than a network that it is computed from. */
function isWritten({ path }: Placed): boolean {
  return path[0] !== "network" || (path[1] !== "loadBalancerPool" && path[1] !== "nodes");
}

export const addressRules: readonly Rule[] = [
  {
    id: "network.address-inside",
    says: "Every address lies in its network: nodes, gateway, VIP and BGP router in the node network, named addresses in the pool.",
    check: (candidate) =>
      placed(candidate).flatMap((each) =>
        each.network === undefined || each.network.value.family !== each.value.family || contains(each.network.value, each.value)
          ? []
          : [
              problem(
                "network.address-inside",
                each.path,
                `${each.what} is outside ${each.networkName} ${formatCidr(each.network.value)}`,
                "write an address of that network",
                [each.network.path],
              ),
            ],
      ),
  },
  {
    id: "network.address-usable",
    says: "No address is the network or broadcast address of its network.",
    check: (candidate) =>
      placed(candidate).flatMap((each) => {
        const reserved = each.network && reservedAs(each.network.value, each.value);
        if (each.network === undefined || reserved === undefined) return [];
        return [
          problem(
            "network.address-usable",
            each.path,
            `${each.what} has the ${reserved} address of ${formatCidr(each.network.value)}`,
            "write another address",
            [each.network.path],
          ),
        ];
      }),
  },
  {
    id: "network.address-unique",
    says: "No two of nodes, VIP, gateway and named addresses are the same; the BGP router may be the gateway.",
    check: (candidate) => {
      const all = placed(candidate).filter((each) => each.shared === undefined);
      const router = placed(candidate).filter((each) => each.shared);
      const againstRouter = router.flatMap((each) =>
        all
          .filter((other) => other.what !== "the gateway" && sameAddress(other.value, each.value))
          .map((item) => ({ item, earlier: each })),
      );
      return [...repeated(all, ({ value }) => formatAddress(value)), ...againstRouter].map(({ item, earlier }) => {
        // blame the one that the user wrote
        const [blamed, other] = isWritten(item) ? [item, earlier] : [earlier, item];
        return problem(
          "network.address-unique",
          blamed.path,
          `${blamed.what} has the address of ${other.what}, ${formatAddress(other.value)}`,
          "give each an address of its own",
          [other.path],
        );
      });
    },
  },
  {
    id: "network.pool-free",
    says: "With l2 no node, gateway or VIP has an address of the load-balancer pool.",
    check: (candidate) => {
      const { ipv4, ipv6 } = candidate.network.pool;
      return placed(candidate)
        .filter(({ networkName }) => networkName !== POOL)
        .flatMap((each) =>
          [ipv4, ipv6].flatMap((pool) =>
            pool === undefined || !contains(pool.value, each.value)
              ? []
              : [
                  problem(
                    "network.pool-free",
                    each.path,
                    `${each.what} has an address of the load-balancer pool ${formatCidr(pool.value)}`,
                    "move it out of the pool, or the pool away from it",
                    [pool.path],
                  ),
                ],
          ),
        );
    },
  },
  {
    id: "network.dns-servers-outside",
    says: "The nodes' resolvers are not served by the cluster itself: none lies in the pool, the pod or the service network.",
    check: (candidate) => {
      const own = networks(candidate).filter(({ what }) => what !== NODES);
      return (candidate.written.network?.dnsServers ?? []).flatMap((text, index) => {
        const address = text === undefined ? undefined : parseAddress(text);
        const owner = address && own.find(({ value }) => contains(value, address));
        if (owner === undefined) return [];
        return [
          problem(
            "network.dns-servers-outside",
            ["network", "dnsServers", index],
            `is in ${owner.what}: nodes could not resolve names before the cluster runs`,
            "name a resolver outside the cluster",
            [owner.path],
          ),
        ];
      });
    },
  },
];
