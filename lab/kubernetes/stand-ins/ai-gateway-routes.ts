/** What Envoy AI Gateway's controller makes of its routes, as far as others refer to it: internal/controller of envoyproxy/ai-gateway v1.0.0. */
import { field, type KubeObject, listAt, type ObjectMeta, textAt } from "../objects";

/** Says of which form of the route an object was made. */
export const MADE_FROM = "lab.hearth.invalid/made-from-generation";

const MCP_PORT = 9856;

/** The HTTPRoute of an AIGatewayRoute or an MCPRoute; undefined for other kinds. `backendOf` finds an AIServiceBackend. */
export function generatedRoute(object: KubeObject, backendOf: (name: string) => KubeObject | undefined): KubeObject | undefined {
  if (object.kind === "AIGatewayRoute") return httpRoute(object, object.metadata.name, modelRules(object, backendOf));
  if (object.kind === "MCPRoute") return httpRoute(object, `ai-eg-mcp-main-${object.metadata.name}`, [mcpRule(object)]);
  return undefined;
}

/** The placeholder that the proxy of an MCPRoute stands behind; none for other kinds. */
export function proxyBackend(object: KubeObject): readonly KubeObject[] {
  if (object.kind !== "MCPRoute") return [];
  return [
    {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "Backend",
      metadata: metadataOf(object, proxyName(object)),
      spec: { endpoints: [{ ip: { address: "192.0.2.42", port: MCP_PORT } }] },
    },
  ];
}

function httpRoute(object: KubeObject, name: string, rules: readonly unknown[]): KubeObject {
  const hostnames = listAt(object.spec, "hostnames");
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadataOf(object, name),
    spec: { parentRefs: field(object.spec, "parentRefs"), ...(hostnames.length === 0 ? {} : { hostnames }), rules },
  };
}

function modelRules(object: KubeObject, backendOf: (name: string) => KubeObject | undefined): readonly unknown[] {
  return listAt(object.spec, "rules").map((rule) => ({
    matches: listAt(rule, "matches").map((match) => ({ headers: field(match, "headers"), path: { type: "PathPrefix", value: "/" } })),
    backendRefs: listAt(rule, "backendRefs").map((reference) => field(backendOf(textAt(reference, "name") ?? "")?.spec, "backendRef")),
    timeouts: field(rule, "timeouts") ?? { request: "60s" },
  }));
}

function mcpRule(object: KubeObject): unknown {
  return {
    matches: [{ path: { type: "Exact", value: textAt(object.spec, "path") ?? "/mcp" } }],
    backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: proxyName(object), port: MCP_PORT }],
    timeouts: { request: "30m", backendRequest: "30m" },
  };
}

function proxyName({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? "default"}-${metadata.name}-mcp-proxy`;
}

/** Owned, so that it goes with its route. */
function metadataOf({ apiVersion, kind, metadata }: KubeObject, name: string): ObjectMeta {
  return {
    name,
    namespace: metadata.namespace ?? "default",
    annotations: { [MADE_FROM]: String(metadata.generation ?? 1) },
    ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true }],
  };
}
