/** What the name server for the home network answers, and whom it asks for the rest. */
export interface SplitDns {
  readonly domains: readonly string[];
  /** Name of the server itself below each domain, `<service>.<namespace>`. */
  readonly apex: string;
  /** Seconds for which others may keep an answer. */
  readonly ttl: number;
  /** Public name servers, by address. */
  readonly fallback: readonly string[];
}

/** Port inside the pod: one below 1024 would need a capability. */
export const DNS_PORT = 1053;

/**
 * Configuration of CoreDNS with the k8s_gateway plugin: names of routes first, then the public servers, since the
 * same zones hold names that the cluster does not serve. TLSRoutes are those that hand TLS on as it is. `health`, `ready`
 * and `prometheus` are on their default ports.
 */
export function corefile({ domains, apex, ttl, fallback }: SplitDns): string {
  return `.:${DNS_PORT} {
    errors
    health {
        lameduck 5s
    }
    ready
    prometheus 0.0.0.0:9153
    k8s_gateway ${domains.join(" ")} {
        resources HTTPRoute GRPCRoute TLSRoute
        apex ${apex}
        ttl ${ttl}
        fallthrough
    }
    forward . ${fallback.join(" ")}
    loop
    loadbalance
}
`;
}
