import type { IBackend } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/Backend" with {
  "resolution-mode": "import",
};
import type { IBackendTLSPolicy } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/BackendTLSPolicy" with {
  "resolution-mode": "import",
};
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { GATEWAYS_NAMESPACE, UNPUBLISHED } from "../names";

/** What a caller's token must carry; also the id of the client that services log in as. */
export const MCP_AUDIENCE = "mcp-gateway";

/** Path of the one MCP endpoint. */
export const MCP_PATH = "/mcp";

/** Name of the MCPRoute. */
const NAME = "mcp";

/** HTTPRoute that the AI gateway's controller makes of it (internal/internalapi of envoyproxy/ai-gateway). */
export const MCP_ROUTE = `ai-eg-mcp-main-${NAME}`;

/** The Gateway, and the one listener of it that a route is for. */
export interface McpParent {
  readonly group: "gateway.networking.k8s.io";
  readonly kind: "Gateway";
  readonly name: "mcp";
  readonly sectionName: string;
}

/**
 * A route in the Gateway's own namespace that named no listener would also be served in the clear, beside the redirect; and the
 * controller moves each server's filter once per listener (internal/extensionserver/mcproute.go of envoyproxy/ai-gateway v1.0.0).
 */
export function mcpParent(sectionName: string): McpParent {
  return { group: "gateway.networking.k8s.io", kind: "Gateway", name: "mcp", sectionName };
}

/** An MCP server, as the options have it. */
export interface McpBackend {
  readonly url: string;
  readonly apiKey: "none" | "config";
  readonly tools?: readonly string[] | undefined;
}

type McpBackends = Readonly<Record<string, McpBackend>>;

/** Where each server is, with TLS where its URL says so. In the Gateway's namespace: an MCPRoute reaches into no other. */
export function mcpBackends(backends: McpBackends): readonly KubeObject[] {
  return Object.entries(backends).flatMap(([name, { url }]) => {
    const { protocol, hostname, port } = new URL(url);
    const metadata = { name: `mcp-${name}`, namespace: GATEWAYS_NAMESPACE };
    const secure = protocol === "https:";
    return [
      typed<IBackend>({
        apiVersion: "gateway.envoyproxy.io/v1alpha1",
        kind: "Backend",
        metadata,
        spec: { endpoints: [{ fqdn: { hostname, port: port === "" ? (secure ? 443 : 80) : Number(port) } }] },
      }),
      ...(secure
        ? [
            typed<IBackendTLSPolicy>({
              apiVersion: "gateway.networking.k8s.io/v1",
              kind: "BackendTLSPolicy",
              metadata,
              spec: {
                targetRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: metadata.name }],
                validation: { wellKnownCACertificates: "System", hostname },
              },
            }),
          ]
        : []),
    ];
  });
}

/**
 * All servers behind one endpoint. It has no `securityPolicy`: the controller would make a SecurityPolicy and a
 * BackendTrafficPolicy for its route, which would take the place of the Gateway's, and with them of CORS and the limits
 * (internal/controller/mcp_route_security_policy.go of envoyproxy/ai-gateway v1.0.0).
 *
 * An MCPRoute knows no host names: what it makes takes its annotations, and the document for callers is published instead.
 */
export function mcpRoute(backends: McpBackends, parent: McpParent): KubeObject {
  return {
    apiVersion: "aigateway.envoyproxy.io/v1beta1",
    kind: "MCPRoute",
    metadata: { name: NAME, namespace: GATEWAYS_NAMESPACE, annotations: UNPUBLISHED },
    spec: {
      parentRefs: [parent],
      path: MCP_PATH,
      backendRefs: Object.entries(backends).map(([name, { url, apiKey, tools }]) => ({
        group: "gateway.envoyproxy.io",
        kind: "Backend",
        name: `mcp-${name}`,
        path: new URL(url).pathname,
        ...(tools === undefined ? {} : { toolSelector: { include: tools } }),
        ...(apiKey === "none" ? {} : { securityPolicy: { apiKey: { secretRef: { name: `mcp-${name}` } } } }),
      })),
    },
  };
}
