import type { Candidate, Located, Span } from "../candidate";
import { encloses, formatCidr, kindOf, lastOf, overlaps, sizeOf, type Cidr } from "../cidr";
import type { Path } from "../path";
import { problem } from "../problem";
import { NAMED_ADDRESSES } from "../settings";
import type { Rule } from "./rule";

/** A network and what it is, in words. */
export interface Named extends Located<Cidr> {
  readonly what: string;
}

/** Every network of the cluster, per family. */
export function networks({ network }: Candidate): readonly Named[] {
  const kinds = {
    "the node network": network.nodes,
    "the pod network": network.pods,
    "the service network": network.services,
    "the load-balancer pool": network.pool,
  };
  return Object.entries(kinds).flatMap(([what, { ipv4, ipv6 }]) =>
    [ipv4, ipv6].flatMap((each) => (each === undefined ? [] : [{ ...each, what }])),
  );
}

/** The pool, in words. */
export const POOL = "the load-balancer pool";
/** The node network, in words. */
export const NODES = "the node network";

/** Blocks that no network of a cluster may be in, with the reason. */
const USELESS: Readonly<Record<string, string>> = {
  unspecified: "is no usable network",
  broadcast: "is no usable network",
  multicast: "is a multicast block",
  linkLocal: "is a link-local block, which Talos uses for itself",
  ipv4Mapped: "is a block of mapped IPv4 addresses",
};

export const networkRules: readonly Rule[] = [
  {
    id: "network.apart",
    says: "The networks of nodes, pods, services and pool do not overlap; only the pool may lie in the node network, with l2.",
    check: (candidate) => {
      const all = networks(candidate);
      return all.flatMap((a, index) =>
        all.slice(index + 1).flatMap((b) => {
          if ((a.what === NODES && b.what === POOL) || !overlaps(a.value, b.value)) return [];
          return [
            problem(
              "network.apart",
              b.path,
              `${b.what} ${formatCidr(b.value)} overlaps ${a.what} ${formatCidr(a.value)}`,
              "give them ranges of their own",
              [a.path],
            ),
          ];
        }),
      );
    },
  },
  {
    id: "network.pool-inside",
    says: "With l2 the load-balancer pool lies inside the node network and is not all of it.",
    check: ({ network }) =>
      (["ipv4", "ipv6"] as const).flatMap((family) => {
        const [pool, nodes] = [network.pool[family], network.nodes[family]];
        if (network.mode !== "l2" || pool === undefined || nodes === undefined) return [];
        if (encloses(nodes.value, pool.value) && pool.value.prefix > nodes.value.prefix) return [];
        return [
          problem(
            "network.pool-inside",
            pool.path,
            `is not inside the node network ${formatCidr(nodes.value)}, where l2 can announce it`,
            "choose a part of the node network that DHCP does not hand out, or announce by bgp",
            [nodes.path, ["network", "announce", "mode"]],
          ),
        ];
      }),
  },
  {
    id: "network.pool-outside",
    says: "With bgp the load-balancer pool lies outside the node network.",
    check: ({ network }) =>
      (["ipv4", "ipv6"] as const).flatMap((family) => {
        const [pool, nodes] = [network.pool[family], network.nodes[family]];
        if (network.mode !== "bgp" || pool === undefined || nodes === undefined || !overlaps(pool.value, nodes.value)) return [];
        return [
          problem(
            "network.pool-outside",
            pool.path,
            `overlaps the node network ${formatCidr(nodes.value)}, whose addresses the router looks for on the link`,
            "choose a range of its own, or announce by l2",
            [nodes.path, ["network", "announce", "mode"]],
          ),
        ];
      }),
  },
  {
    id: "network.pool-size",
    says: `The pool has room for the ${NAMED_ADDRESSES.length} named addresses: /29 or larger for IPv4.`,
    check: ({ network }) => {
      const pool = network.pool.ipv4;
      if (pool === undefined || pool.value.prefix <= 29) return [];
      return [
        problem(
          "network.pool-size",
          pool.path,
          `has ${sizeOf(pool.value)} addresses, too few for ${NAMED_ADDRESSES.length} named ones`,
          "make it a /29 or larger",
        ),
      ];
    },
  },
  {
    id: "network.pods-size",
    says: "The pod network has a /24 (IPv6: a /64, from a /48 or smaller) for every node.",
    check: ({ network, nodes }) =>
      ([network.pods.ipv4, network.pods.ipv6] as const).flatMap((pods) => {
        if (pods === undefined) return [];
        const [share, largest] = pods.value.family === 4 ? [24, 8] : [64, 48];
        if (pods.value.prefix < largest)
          return [
            problem(
              "network.pods-size",
              pods.path,
              `is larger than a /${largest}, which the controller manager does not split into /${share}s`,
              `write a /${largest} or smaller`,
            ),
          ];
        if (pods.value.prefix <= share && 2 ** (share - pods.value.prefix) >= nodes.length) return [];
        return [
          problem("network.pods-size", pods.path, `has no /${share} for each of ${nodes.length} nodes`, "write a larger network", [
            ["nodes"],
          ]),
        ];
      }),
  },
  {
    id: "network.services-size",
    says: "The service network has at least 16 addresses (CoreDNS has the tenth) and at most 2^20, which is what the API server takes.",
    check: ({ network }) =>
      ([network.services.ipv4, network.services.ipv6] as const).flatMap((services) => {
        if (services === undefined) return [];
        const [largest, smallest] = services.value.family === 4 ? [12, 28] : [108, 124];
        if (services.value.prefix >= largest && services.value.prefix <= smallest) return [];
        return [problem("network.services-size", services.path, `is a /${services.value.prefix}`, `write a /${largest} to /${smallest}`)];
      }),
  },
  {
    id: "network.kind",
    says: "No network is in a multicast, link-local or unspecified block; only the node network (with its pool) may be loopback, and then `network.loopback` says so.",
    check: (candidate) =>
      networks(candidate).flatMap((each) => {
        const ends = [each.value.first, lastOf(each.value)].map((value) => kindOf({ family: each.value.family, value }));
        const useless = ends.map((kind) => USELESS[kind]).find((reason) => reason !== undefined);
        if (useless !== undefined)
          return [
            problem("network.kind", each.path, `${each.what} ${useless}`, "choose a private range, such as one in 10.0.0.0/8 or fd00::/8"),
          ];
        if (!ends.includes("loopback") || each.what === NODES || each.what === POOL) return [];
        return [problem("network.kind", each.path, `${each.what} is in the loopback block`, "choose a private range")];
      }),
  },
  {
    id: "network.loopback",
    says: "`network.loopback` is true exactly when the node network is in 127.0.0.0/8.",
    check: ({ network, written }) => {
      const nodes = network.nodes.ipv4;
      if (nodes === undefined) return [];
      const isLoopback = overlaps(nodes.value, { family: 4, first: 127n << 24n, prefix: 8 });
      const said = written.network?.loopback ?? false;
      if (isLoopback && !said)
        return [
          problem(
            "network.loopback",
            nodes.path,
            "is a loopback network, which no machine can be reached in",
            "choose another network; if this is a lab, set network.loopback to true",
            [["network", "loopback"]],
          ),
        ];
      if (!isLoopback && said)
        return [
          problem("network.loopback", ["network", "loopback"], "is true, but the node network is not in 127.0.0.0/8", "remove it", [
            nodes.path,
          ]),
        ];
      return [];
    },
  },
  {
    id: "network.dual-stack",
    says: "Dual stack is all or nothing: nodes, pods, services and pool all have IPv6, or none has, and so do gateway and node addresses.",
    check: ({ network, nodes }) => {
      const kinds = { nodes: network.nodes, pods: network.pods, services: network.services, loadBalancerPool: network.pool };
      const spans: readonly (readonly [string, Span])[] = Object.entries(kinds);
      const path = (name: string): Path => ["network", name];
      const withV6 = spans.filter(([, span]) => span.ipv6 !== undefined);
      const strays: readonly (readonly [Path, string])[] = [
        ...(network.gateway.ipv6 === undefined ? [] : [[network.gateway.ipv6.path, "the gateway"] as const]),
        ...nodes.flatMap((node) => (node.address.ipv6 === undefined ? [] : [[node.address.ipv6.path, `node ${node.name}`] as const])),
      ];
      if (withV6.length === 0 || network.nodes.ipv6 === undefined) {
        const more = withV6.map(([name]) =>
          problem(
            "network.dual-stack",
            path(name),
            "has IPv6, but the node network has not",
            "give the node network IPv6 too, or remove it here",
            [path("nodes")],
          ),
        );
        const odd = strays.map(([where, what]) =>
          problem(
            "network.dual-stack",
            where,
            `${what} has an IPv6 address, but the node network has no IPv6`,
            "remove it, or make the cluster dual stack",
            [path("nodes")],
          ),
        );
        return [...more, ...odd];
      }
      return spans
        .filter(([, span]) => span.ipv4 !== undefined && span.ipv6 === undefined)
        .map(([name]) =>
          problem("network.dual-stack", path(name), "has no IPv6, but the node network has", `write a pair: {ipv4: ..., ipv6: ...}`, [
            path("nodes"),
          ]),
        );
    },
  },
];
