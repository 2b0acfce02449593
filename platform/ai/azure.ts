import type { IBackend } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/Backend" with {
  "resolution-mode": "import",
};
import type { IBackendTLSPolicy } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/BackendTLSPolicy" with {
  "resolution-mode": "import",
};
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { deployedGroups, type ModelGroup, type Region, REGIONS } from "./models";

/** How the gateway proves itself to Azure. */
export type AzureCredential =
  { readonly kind: "apiKey" } | { readonly kind: "entra"; readonly tenantId: string; readonly clientId: string };

/** An Azure OpenAI resource. */
export interface AzureResource {
  readonly resource: string;
  readonly credential: AzureCredential;
  /** Models that are deployed there. @default every model of the table */
  readonly models?: readonly string[] | undefined;
}

/** Resources by region, as the options have them. */
export type AzureRegions = Partial<Readonly<Record<Region, AzureResource | undefined>>>;

/** Header that the AI gateway fills with the model of a request's body (internal/internalapi of envoyproxy/ai-gateway). */
const MODEL_HEADER = "x-ai-eg-model";

const AI_API = "aigateway.envoyproxy.io/v1beta1";

/** The regions that are configured, in the table's order. */
export function configured(regions: AzureRegions): readonly (readonly [Region, AzureResource])[] {
  return REGIONS.flatMap((region) => {
    const resource = regions[region];
    return resource === undefined ? [] : [[region, resource] as const];
  });
}

/** Secret of a region in the app's namespace; its key is what Envoy AI Gateway looks for with each sort of credential. */
export function credentialSecret(region: Region, { credential }: AzureResource): { readonly name: string; readonly key: string } {
  return { name: regionName(region), key: credential.kind === "apiKey" ? "apiKey" : "client-secret" };
}

/** Name of a region's secret in the settings. */
export function settingOf(region: Region, { credential }: AzureResource): string {
  return `${regionName(region)}-${credential.kind === "apiKey" ? "api-key" : "client-secret"}`;
}

/** Everything between the route and Azure: for each region one backend with TLS, one AIServiceBackend per API version, one credential. */
export function azureBackends(regions: AzureRegions): readonly KubeObject[] {
  return configured(regions).flatMap(([region, resource]) => [
    ...upstream(region, resource),
    ...versionsOf(region, resource).map((version) => serviceBackend(region, version)),
    securityPolicy(region, resource),
  ]);
}

/** The one route by model name. It makes an HTTPRoute of its own name, which answers 404 for a model that is in no rule. */
export function azureRoute(
  name: string,
  host: string,
  gateway: { readonly name: string; readonly namespace: string },
  regions: AzureRegions,
): KubeObject {
  return {
    apiVersion: AI_API,
    kind: "AIGatewayRoute",
    metadata: { name },
    spec: {
      parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", ...gateway }],
      hostnames: [host],
      rules: configured(regions).flatMap(([region, resource]) =>
        deployedGroups(region, resource.models).map((group) => rule(region, group)),
      ),
    },
  };
}

function rule(region: Region, group: ModelGroup): Readonly<Record<string, unknown>> {
  return {
    matches: group.models.map((model) => ({ headers: [{ type: "Exact", name: MODEL_HEADER, value: model }] })),
    backendRefs: [{ name: serviceName(region, group.apiVersion) }],
    timeouts: { request: `${group.timeoutSeconds}s` },
    modelsOwnedBy: `Azure OpenAI, ${region}`,
  };
}

/** The name is asked for (SNI), checked in the certificate and connected to: three that differ end in 502. */
function upstream(region: Region, { resource }: AzureResource): readonly KubeObject[] {
  const [name, hostname] = [regionName(region), `${resource}.openai.azure.com`];
  return [
    typed<IBackend>({
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "Backend",
      metadata: { name },
      spec: { endpoints: [{ fqdn: { hostname, port: 443 } }] },
    }),
    typed<IBackendTLSPolicy>({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "BackendTLSPolicy",
      metadata: { name },
      spec: {
        targetRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name }],
        validation: { wellKnownCACertificates: "System", hostname },
      },
    }),
  ];
}

function serviceBackend(region: Region, version: string): KubeObject {
  return {
    apiVersion: AI_API,
    kind: "AIServiceBackend",
    metadata: { name: serviceName(region, version) },
    spec: {
      schema: { name: "AzureOpenAI", version },
      backendRef: { group: "gateway.envoyproxy.io", kind: "Backend", name: regionName(region) },
    },
  };
}

/** One for all of a region's AIServiceBackends, since two on one target are refused. */
function securityPolicy(region: Region, resource: AzureResource): KubeObject {
  const { credential } = resource;
  const { name } = credentialSecret(region, resource);
  return {
    apiVersion: AI_API,
    kind: "BackendSecurityPolicy",
    metadata: { name: regionName(region) },
    spec: {
      targetRefs: versionsOf(region, resource).map((version) => ({
        group: "aigateway.envoyproxy.io",
        kind: "AIServiceBackend",
        name: serviceName(region, version),
      })),
      ...(credential.kind === "apiKey"
        ? { type: "AzureAPIKey", azureAPIKey: { secretRef: { name } } }
        : {
            type: "AzureCredentials",
            azureCredentials: { tenantID: credential.tenantId, clientID: credential.clientId, clientSecretRef: { name } },
          }),
    },
  };
}

function versionsOf(region: Region, { models }: AzureResource): readonly string[] {
  return [...new Set(deployedGroups(region, models).map(({ apiVersion }) => apiVersion))].sort();
}

function regionName(region: Region): string {
  return `azure-openai-${region}`;
}

function serviceName(region: Region, version: string): string {
  return `${regionName(region)}-${version}`;
}
