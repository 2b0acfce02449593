import type { IBackendTrafficPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/BackendTrafficPolicy" with {
  "resolution-mode": "import",
};
import type { IClientTrafficPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/ClientTrafficPolicy" with {
  "resolution-mode": "import",
};
import { GATEWAYS_NAMESPACE } from "../names";
import type { KubeObject } from "../kit/objects";
import type { GatewayName } from "../kit/requests";
import { typed } from "../kit/typed";
import { IDENTITY_HEADERS } from "./identity-headers";

/** How a Gateway talks with its callers. */
export interface ClientTraffic {
  /** Oldest TLS that is spoken. @default "1.2" */
  readonly minTls?: "1.2" | "1.3";
  /** Proxies whose X-Forwarded-For is believed, such as the pods' network, where the tunnel ends. */
  readonly trustedCidrs: readonly string[];
  /** Most of a request that is held in memory for what needs it whole, such as `50Mi`. @default Envoy's 32KiB */
  readonly bufferLimit?: string;
  /** Whether HTTP/3 is offered, on UDP 443. @default false */
  readonly http3?: boolean;
  /** Whether other Gateways listen on the same port with the same certificate. @default false */
  readonly sharedPort?: boolean;
}

/**
 * The ClientTrafficPolicy of one Gateway: Envoy Gateway accepts one per target and marks the rest `Conflicted`, so
 * each Gateway has its own, by name and not by a selector that might match more.
 */
export function clientTrafficPolicy(gateway: GatewayName, traffic: ClientTraffic): KubeObject {
  return typed<IClientTrafficPolicy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "ClientTrafficPolicy",
    metadata: { name: gateway, namespace: GATEWAYS_NAMESPACE },
    spec: {
      targetRefs: [target(gateway)],
      // An answer without a group, say, would leave the caller's own header in its place.
      headers: { earlyRequestHeaders: { remove: [...IDENTITY_HEADERS] } },
      clientIPDetection: { xForwardedFor: { trustedCIDRs: [...traffic.trustedCidrs] } },
      ...(traffic.bufferLimit === undefined ? {} : { connection: { bufferLimit: traffic.bufferLimit } }),
      // Browsers and cloudflared open many streams at once; these windows keep one upload from starving on latency.
      http2: { initialStreamWindowSize: "512Ki", initialConnectionWindowSize: "8Mi", onInvalidMessage: "TerminateStream" },
      ...(traffic.http3 === true ? { http3: {} } : {}),
      tcpKeepalive: {},
      tls: {
        minVersion: traffic.minTls ?? "1.2",
        // On a shared port a browser would ask for the host of one Gateway over its HTTP/2 connection to another's, and get 404:
        // left to itself, Envoy Gateway offers HTTP/1.1 there (internal/xds/translator/listener.go of v1.9.1).
        ...(traffic.sharedPort === true ? {} : { alpnProtocols: ["h2", "http/1.1"] }),
      },
    },
  });
}

/** How a Gateway talks with the Services behind it. */
export interface BackendTraffic {
  /** What answers may be packed with. @default none */
  readonly compression?: readonly ("Brotli" | "Gzip" | "Zstd")[];
  /** Tries beyond the first, after a connection that broke before an answer. @default 2 */
  readonly retries?: number;
  /** Seconds that a whole answer may take; 0: no limit, as streams and uploads need. @default 0 */
  readonly requestTimeoutSeconds?: number;
}

/** The BackendTrafficPolicy of one Gateway; routes may have one of their own, which then counts instead. */
export function backendTrafficPolicy(gateway: GatewayName, traffic: BackendTraffic): KubeObject {
  const { compression = [], retries = 2, requestTimeoutSeconds = 0 } = traffic;
  return typed<IBackendTrafficPolicy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "BackendTrafficPolicy",
    metadata: { name: gateway, namespace: GATEWAYS_NAMESPACE },
    spec: {
      targetRefs: [target(gateway)],
      // Called `compression` up to Envoy Gateway 1.5.
      ...(compression.length === 0 ? {} : { compressor: compression.map((type) => ({ type })) }),
      ...(retries === 0 ? {} : { retry: { numRetries: retries, retryOn: { triggers: ["connect-failure", "reset-before-request"] } } }),
      tcpKeepalive: {},
      timeout: { http: { requestTimeout: `${requestTimeoutSeconds}s` } },
    },
  });
}

function target(gateway: GatewayName): { group: string; kind: string; name: string } {
  return { group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway };
}
