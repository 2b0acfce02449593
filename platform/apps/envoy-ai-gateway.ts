import type { IBackendTrafficPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/BackendTrafficPolicy" with {
  "resolution-mode": "import",
};
import { z } from "zod";
import { RESTRICTED, runningAs } from "../kit/restricted";
import { type AzureResource, azureBackends, azureRoute, configured, credentialSecret, settingOf } from "../ai/azure";
import { AI_BUFFER, AI_CONTROLLER, AI_GATEWAY_APP } from "../ai/extension";
import { modelsOf, type Region } from "../ai/models";
import { AI_ALERTS, AI_DASHBOARD, aiMonitors } from "../ai/observe";
import { defineApp } from "../kit/app";
import { KEEP, type KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { GATEWAYS_NAMESPACE } from "../names";
import { CHARTS } from "../versions";

/** Name of the AIGatewayRoute, and so of the HTTPRoute that it makes. */
const ROUTE = "azure-openai";

/** What a caller's token must carry. */
const AUDIENCE = "ai-gateway";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const credential = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("apiKey") }),
    z.strictObject({
      kind: z.literal("entra"),
      /** Entra ID tenant. */
      tenantId: z.string().regex(ID, "must be a GUID").describe("Entra ID tenant"),
      /** App registration with the role Cognitive Services OpenAI User. */
      clientId: z.string().regex(ID, "must be a GUID").describe("App registration with the role Cognitive Services OpenAI User"),
    }),
  ])
  .default({ kind: "apiKey" });

const CREDENTIAL =
  "How the gateway logs in: `kind: apiKey` (secret `azure-openai-<region>-api-key`), or `kind: entra` with `tenantId` and `clientId` (secret `azure-openai-<region>-client-secret`)";

function resource(region: Region): z.ZodOptional<z.ZodType<AzureResource>> {
  return z
    .strictObject({
      /** Name of the Azure OpenAI resource: the first label of its host. */
      resource: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, "must be the resource's name, without its domain")
        .describe("Name of the Azure OpenAI resource: the first label of its host"),
      /** How the gateway logs in. */
      credential: credential.describe(CREDENTIAL),
      /** Models that are deployed there under their own names. */
      models: z
        .array(z.enum(modelsOf(region)))
        .min(1)
        .optional()
        .describe("Models that are deployed there under their own names; every model of the table by default"),
    })
    .optional()
    .describe(`Azure OpenAI in ${region}`);
}

/** Large language models of Azure behind one OpenAI-compatible host; callers name a model and show a token of the realm. */
export const envoyAiGateway = defineApp({
  name: AI_GATEWAY_APP,
  summary: "One OpenAI-compatible host for the models of two Azure regions",
  namespace: { name: AI_CONTROLLER.namespace, podSecurity: "restricted" },
  presence: "chosen",
  // A route is accepted once its Gateway is there.
  needs: ["envoy-gateway"],
  after: ["cert-manager"],
  options: z.strictObject({
    /** First label of the host, below the primary domain. */
    subdomain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label")
      .default("ai")
      .describe("First label of the host, below the primary domain"),
    /** Azure OpenAI resources by region; at least one unless only MCP is wanted. */
    regions: z
      .strictObject({ eastus: resource("eastus"), eastus2: resource("eastus2") })
      .default({})
      .describe("Azure OpenAI resources by region; none: only the machinery, for the MCP gateway"),
  }),
  chart: {
    ...CHARTS.aiGateway,
    rights: "cluster",
    secretValues: [{ secret: "mcp-session-seed", key: "seed", path: "controller.mcp.sessionEncryption.seed" }],
  },
  vendored: [{ folder: "envoy-ai-gateway", annotations: KEEP }],
  values: ({ enabled, facts }) => ({
    controller: {
      replicaCount: facts.replicas,
      podSecurityContext: runningAs(65532),
      securityContext: RESTRICTED,
      resources: { requests: { cpu: "25m", memory: "96Mi" }, limits: { memory: "384Mi" } },
      mutatingWebhook: {
        // It fails closed: without this no proxy of any Gateway could start while the controller is away.
        objectSelector: { matchExpressions: [{ key: "gateway.envoyproxy.io/owning-gateway-name", operator: "In", values: ["ai", "mcp"] }] },
        // The chart's own certificate lives for a year and is never renewed.
        certManager: { enable: enabled.has("cert-manager") },
      },
    },
  }),
  configuration: ({ options }) => (configured(options.regions).length === 0 ? [] : [...azureBackends(options.regions), backendTraffic()]),
  // Together with the policy that asks for a token: before it anyone could spend Azure's credit.
  access: ({ options, facts }) => {
    const gateway = { name: "ai", namespace: GATEWAYS_NAMESPACE };
    const host = `${options.subdomain}.${facts.domain}`;
    return configured(options.regions).length === 0 ? [] : [azureRoute(ROUTE, host, gateway, options.regions)];
  },
  secrets: ({ options }) => [
    // Without it the chart encrypts sessions with a seed that everybody knows.
    { name: "mcp-session-seed", data: { seed: { from: "generated", length: 48, alphabet: "alphanumeric" } } },
    ...configured(options.regions).map(([region, azure]) => {
      const { name, key } = credentialSecret(region, azure);
      return { name, data: { [key]: { from: "config" as const, secret: settingOf(region, azure) } } };
    }),
  ],
  hosts: ({ options, facts }) =>
    configured(options.regions).length === 0
      ? []
      : [
          {
            host: `${options.subdomain}.${facts.domain}`,
            service: AI_CONTROLLER.service,
            port: AI_CONTROLLER.grpcPort,
            gateway: "ai",
            existingRoute: ROUTE,
            protection: { by: "api", audience: AUDIENCE },
          },
        ],
  clients: ({ options }) =>
    configured(options.regions).length === 0
      ? []
      : [{ id: AUDIENCE, flow: "service", secret: { name: "ai-gateway-client", key: "client-secret" } }],
  alerts: () => AI_ALERTS,
  dashboards: () => [AI_DASHBOARD],
  monitors: () => aiMonitors(),
  network: () => ({
    // Envoy Gateway asks it for every change of the proxies' configuration; the API server calls the webhook.
    from: [
      { peer: { app: "envoy-gateway" }, ports: [AI_CONTROLLER.grpcPort] },
      { peer: "kube-apiserver", ports: [9443] },
    ],
    // Entra ID hands out the tokens that it keeps fresh.
    to: [{ peer: "kube-apiserver" }, { peer: "world", ports: [443] }],
  }),
  warnings: ({ options, enabled }) =>
    configured(options.regions).length > 0 || enabled.has("mcp-gateway")
      ? []
      : ["envoy-ai-gateway has no region and serves nothing; name one under platform.envoy-ai-gateway.regions"],
});

/** The only BackendTrafficPolicy of the `ai` Gateway; the limit of each group of models stands in its rule and counts first. */
function backendTraffic(): KubeObject {
  return typed<IBackendTrafficPolicy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "BackendTrafficPolicy",
    metadata: { name: "ai", namespace: GATEWAYS_NAMESPACE },
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "ai" }],
      connection: { bufferLimit: AI_BUFFER },
      // Only what Azure has not seen is sent again: an answer costs money.
      retry: { numRetries: 2, retryOn: { triggers: ["connect-failure"] } },
      tcpKeepalive: {},
      timeout: { http: { requestTimeout: "120s" } },
    },
  });
}
