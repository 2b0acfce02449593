/** What Envoy Gateway and the common policies of its Gateways must know of the AI apps. Plain data: the gateway apps import it. */
import type { GatewayName } from "../kit/requests";

/** App that brings Envoy AI Gateway. */
export const AI_GATEWAY_APP = "envoy-ai-gateway";

/** App that brings the MCP gateway. */
export const MCP_GATEWAY_APP = "mcp-gateway";

/** Where the controller of Envoy AI Gateway runs; its chart names the Service. */
export const AI_CONTROLLER = { namespace: "envoy-ai-gateway-system", service: "ai-gateway-controller", grpcPort: 1063 } as const;

/** Part of `config.envoyGateway` in Envoy Gateway's values while the AI gateway is on. */
export interface EnvoyGatewayExtension {
  readonly extensionApis: { readonly enableBackend: true; readonly enableEnvoyPatchPolicy: true };
  readonly extensionManager: Readonly<Record<string, unknown>>;
}

const ALL = { includeAll: true } as const;

/**
 * Without these hooks Envoy Gateway never calls the AI gateway's controller, and requests pass without its filter.
 * The nesting below `translation` counts: a flat list is taken and does nothing.
 * Source: manifests/envoy-gateway-values.yaml of github.com/envoyproxy/ai-gateway v1.0.0.
 */
export function aiExtension(enabled: ReadonlySet<string>): EnvoyGatewayExtension | undefined {
  if (!enabled.has(AI_GATEWAY_APP)) return undefined;
  return {
    extensionApis: { enableBackend: true, enableEnvoyPatchPolicy: true },
    extensionManager: {
      // While the AI gateway's controller is away the other Gateways still follow their routes; its own answer 404 at worst.
      failOpen: true,
      hooks: {
        xdsTranslator: {
          translation: { listener: ALL, route: ALL, cluster: ALL, secret: ALL },
          post: ["Translation", "Cluster", "Route"],
        },
      },
      service: {
        fqdn: { hostname: `${AI_CONTROLLER.service}.${AI_CONTROLLER.namespace}.svc.cluster.local`, port: AI_CONTROLLER.grpcPort },
      },
    },
  };
}

/**
 * Gateways whose only BackendTrafficPolicy the AI apps make themselves (namespace `gateways`, name of the Gateway): the
 * common policy must not aim at them, since Envoy Gateway takes one per target and marks the others Conflicted.
 */
export const OWN_BACKEND_TRAFFIC: ReadonlySet<GatewayName> = new Set(["ai", "mcp"]);

/** Largest body that is taken or given: prompts carry images and files. */
export const AI_BUFFER = "50Mi";

/** Goes over the common ClientTrafficPolicy of a Gateway, which its owner makes as one object per Gateway. */
export const CLIENT_TRAFFIC: Partial<Readonly<Record<GatewayName, { readonly connection: { readonly bufferLimit: string } }>>> = {
  ai: { connection: { bufferLimit: AI_BUFFER } },
  mcp: { connection: { bufferLimit: AI_BUFFER } },
};
