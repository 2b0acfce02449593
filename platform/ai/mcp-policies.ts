import type { IHTTPRouteFilter } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/HTTPRouteFilter" with {
  "resolution-mode": "import",
};
import type { ISecurityPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/SecurityPolicy" with {
  "resolution-mode": "import",
};
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" with {
  "resolution-mode": "import",
};
import type { IdentityFacts } from "../kit/facts";
import { MCP_CLAIMS } from "../gateways/identity-headers";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { GATEWAYS_NAMESPACE } from "../names";
import { AI_BUFFER } from "./extension";
import { MCP_AUDIENCE, MCP_PATH, type McpParent } from "./mcp-backends";

/** What the policies of the `mcp` Gateway say. */
export interface McpTraffic {
  readonly host: string;
  readonly origins: readonly string[];
  readonly identity: Pick<IdentityFacts, "issuer" | "internal">;
  readonly callsPerMinute: number;
  readonly fallbackPerMinute: number;
  readonly timeoutSeconds: number;
  readonly parallelCalls: number;
}

const GATEWAY = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "mcp" } as const;

const ENVOY = "gateway.envoyproxy.io/v1alpha1";

/** Who calls, as a header that only the gateway sets. */
const [{ header: SUBJECT }] = MCP_CLAIMS;

/** Where callers learn who hands out tokens (RFC 9728): the well-known path with the endpoint's path behind it. */
const METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`;

const METADATA = "mcp-resource-metadata";

/** The `mcp` Gateway's one SecurityPolicy and one BackendTrafficPolicy: Envoy Gateway marks a second one Conflicted. */
export function mcpPolicies(traffic: McpTraffic): readonly KubeObject[] {
  return [security(traffic), backendTraffic(traffic)];
}

function security({ origins, identity }: McpTraffic): KubeObject {
  return typed<ISecurityPolicy>({
    apiVersion: ENVOY,
    kind: "SecurityPolicy",
    metadata: { name: "mcp", namespace: GATEWAYS_NAMESPACE },
    spec: {
      targetRefs: [GATEWAY],
      cors: cors(origins),
      jwt: {
        providers: [
          {
            name: "keycloak",
            issuer: identity.issuer,
            audiences: [MCP_AUDIENCE],
            remoteJWKS: { uri: identity.internal.jwksUri, cacheDuration: "300s" },
            claimToHeaders: MCP_CLAIMS.map((claim) => ({ ...claim })),
          },
        ],
      },
    },
  });
}

/**
 * A Local limit counts each distinct value of a header for itself (buildRateLimitRule and
 * internal/xds/translator/local_ratelimit.go of envoyproxy/gateway v1.9.1); a rule without a selector is the bucket of
 * whatever no other rule counts, and wants the same unit.
 */
function backendTraffic(traffic: McpTraffic): KubeObject {
  const silence = `${traffic.timeoutSeconds}s`;
  // Not typed: the library does not know `streamIdleTimeout` yet; the test holds it against the real CRD.
  return {
    apiVersion: ENVOY,
    kind: "BackendTrafficPolicy",
    metadata: { name: "mcp", namespace: GATEWAYS_NAMESPACE },
    spec: {
      targetRefs: [GATEWAY],
      connection: { bufferLimit: AI_BUFFER },
      circuitBreaker: {
        maxConnections: traffic.parallelCalls,
        maxPendingRequests: traffic.parallelCalls,
        maxParallelRequests: traffic.parallelCalls,
      },
      rateLimit: {
        local: {
          rules: [
            {
              clientSelectors: [{ headers: [{ type: "Distinct", name: SUBJECT }] }],
              limit: { requests: traffic.callsPerMinute, unit: "Minute" },
            },
            { limit: { requests: traffic.fallbackPerMinute, unit: "Minute" } },
          ],
        },
      },
      // Tells a caller without a token where to get one.
      responseOverride: [
        {
          match: { statusCodes: [{ type: "Value", value: 401 }] },
          response: {
            statusCode: 401,
            header: { set: [{ name: "WWW-Authenticate", value: `Bearer resource_metadata="https://${traffic.host}${METADATA_PATH}"` }] },
          },
        },
      ],
      tcpKeepalive: {},
      // The AI gateway gives its routes half an hour of their own, which counts before `requestTimeout`; silence ends a call.
      timeout: { http: { requestTimeout: silence, streamIdleTimeout: silence } },
    },
  };
}

/**
 * The document by which MCP clients find the log-in. Anyone may read it, since it says nothing but public addresses: its
 * own SecurityPolicy takes the place of the Gateway's for this one route.
 */
export function resourceMetadata({
  parent,
  host,
  origins,
  issuer,
}: {
  readonly parent: McpParent;
  readonly host: string;
  readonly origins: readonly string[];
  readonly issuer: string;
}): readonly KubeObject[] {
  const metadata = { name: METADATA, namespace: GATEWAYS_NAMESPACE };
  const document = { resource: `https://${host}${MCP_PATH}`, authorization_servers: [issuer], bearer_methods_supported: ["header"] };
  return [
    typed<IHTTPRouteFilter>({
      apiVersion: ENVOY,
      kind: "HTTPRouteFilter",
      metadata,
      spec: {
        directResponse: { statusCode: 200, contentType: "application/json", body: { type: "Inline", inline: JSON.stringify(document) } },
      },
    }),
    typed<IHTTPRoute>({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata,
      spec: {
        parentRefs: [{ ...parent }],
        hostnames: [host],
        rules: [
          {
            matches: [{ path: { type: "Exact", value: METADATA_PATH } }],
            filters: [{ type: "ExtensionRef", extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: METADATA } }],
          },
        ],
      },
    }),
    typed<ISecurityPolicy>({
      apiVersion: ENVOY,
      kind: "SecurityPolicy",
      metadata,
      spec: { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: METADATA }], cors: cors(origins) },
    }),
  ];
}

/** Pages need to send a session's id and read it and the log-in hint back. */
function cors(origins: readonly string[]): NonNullable<NonNullable<ISecurityPolicy["spec"]>["cors"]> {
  return {
    allowOrigins: [...origins],
    allowMethods: ["GET", "POST", "DELETE", "OPTIONS"],
    allowHeaders: ["Authorization", "Content-Type", "Accept", "Last-Event-ID", "Mcp-Session-Id", "Mcp-Protocol-Version"],
    exposeHeaders: ["Mcp-Session-Id", "WWW-Authenticate"],
    allowCredentials: true,
    maxAge: "86400s",
  };
}
