import type { Peer } from "../kit/requests";

/** Who answers at a host name: pods, by the DNS name of their Service with its `.svc`, or something outside the cluster. */
export function whereIs(host: string): Peer {
  const [, namespace] = /^[^.]+\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? [];
  return namespace === undefined ? "world" : { namespace };
}
