import { nth, parseAddress, parseCidr, type Address } from "../cidr";
import { DEFAULTS } from "../defaults";
import type { Path } from "../path";
import { NAMED_ADDRESSES, type AddressName } from "../settings";
import type { WrittenDraft } from "../shape";
import type { AddressPair, CandidateNetwork, Located, Span } from "./types";

type WrittenNetwork = NonNullable<WrittenDraft["network"]>;
type WrittenPair = WrittenNetwork["nodes"] | WrittenNetwork["gateway"];

/** A text or a pair of texts, parsed; each keeps the path where it stands. */
function pairOf<T>(
  written: WrittenPair | { readonly ipv4?: string; readonly ipv6?: string },
  path: Path,
  parse: (text: string) => T | undefined,
): { readonly ipv4?: Located<T>; readonly ipv6?: Located<T> } {
  const located = (text: string | undefined, at: Path): Located<T> | undefined => {
    const value = text === undefined ? undefined : parse(text);
    return value === undefined ? undefined : { value, path: at };
  };
  if (typeof written === "string") return { ipv4: located(written, path), ipv6: undefined };
  return { ipv4: located(written?.ipv4, [...path, "ipv4"]), ipv6: located(written?.ipv6, [...path, "ipv6"]) };
}

export function addressPair(written: WrittenPair | { readonly ipv4?: string; readonly ipv6?: string }, path: Path): AddressPair {
  return pairOf(written, path, parseAddress);
}

function spanOf(written: WrittenNetwork["nodes"], path: Path): Span {
  return pairOf(written, path, parseCidr);
}

function located(address: Address | undefined, path: Path): Located<Address> | undefined {
  return address === undefined ? undefined : { value: address, path };
}

/** The router: as written, else the first address of each node network. */
function gatewayOf(written: WrittenNetwork["gateway"], nodes: Span): AddressPair {
  const given = written === undefined ? {} : addressPair(written, ["network", "gateway"]);
  const first = (family: keyof Span): Located<Address> | undefined => {
    const network = nodes[family];
    return network === undefined ? undefined : located(nth(network.value, 1n), network.path);
  };
  return { ipv4: written === undefined ? first("ipv4") : given.ipv4, ipv6: given.ipv6 ?? first("ipv6") };
}

/** Each named address: as written, else by its slot in the pool, so that adding one never moves another. */
function namedAddresses(written: WrittenNetwork["addresses"], pool: Span): Partial<Record<AddressName, Located<Address>>> {
  return Object.fromEntries(
    NAMED_ADDRESSES.flatMap((name, slot) => {
      const text = written?.[name];
      const address =
        text !== undefined
          ? located(parseAddress(text), ["network", "addresses", name])
          : pool.ipv4 && located(nth(pool.ipv4.value, BigInt(slot + 1)), pool.ipv4.path);
      return address === undefined ? [] : [[name, address]];
    }),
  );
}

export function candidateNetwork(written: WrittenDraft["network"]): CandidateNetwork {
  const network = written ?? {};
  const nodes = spanOf(network.nodes, ["network", "nodes"]);
  const pool = spanOf(network.loadBalancerPool, ["network", "loadBalancerPool"]);
  const vip = network.vip === undefined ? undefined : located(parseAddress(network.vip), ["network", "vip"]);
  const router = network.announce?.routerAddress;
  return {
    nodes,
    pods: spanOf(network.pods ?? DEFAULTS.pods, ["network", "pods"]),
    services: spanOf(network.services ?? DEFAULTS.services, ["network", "services"]),
    pool,
    dualStack: nodes.ipv6 !== undefined,
    gateway: gatewayOf(network.gateway, nodes),
    vip,
    named: namedAddresses(network.addresses, pool),
    mode: network.announce === undefined ? "l2" : network.announce.mode,
    router: router === undefined ? undefined : located(parseAddress(router), ["network", "announce", "routerAddress"]),
  };
}
