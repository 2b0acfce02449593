import { field, type KubeObject, listAt, textAt } from "../objects";
import { generatedRoute, MADE_FROM, proxyBackend } from "./ai-gateway-routes";
import { resolves, SECRETS, seconds } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

const AI = "/apis/aigateway.envoyproxy.io/v1beta1";
const SERVICE_BACKENDS = `${AI}/aiservicebackends`;
const BACKENDS = "/apis/gateway.envoyproxy.io/v1alpha1/backends";
const GATEWAYS = "/apis/gateway.networking.k8s.io/v1/gateways";
const HTTP_ROUTES = "/apis/gateway.networking.k8s.io/v1/httproutes";

type Items = StandInContext["items"];

/** What is wrong with an object, as its controller would say it; undefined when every reference resolves. */
type Check = (object: KubeObject, items: Items) => string | undefined;

/** Stand-ins for the controller of Envoy AI Gateway: one condition per object, and the HTTPRoutes that routes lead to. */
export const aiGateway: readonly StandIn[] = [
  standIn("AIServiceBackend", SERVICE_BACKENDS, [BACKENDS], "whether its Backend is there", serviceBackendProblem),
  standIn(
    "BackendSecurityPolicy",
    `${AI}/backendsecuritypolicies`,
    [SERVICE_BACKENDS, SECRETS],
    "whether its targets and its credential are there",
    securityPolicyProblem,
  ),
  standIn("AIGatewayRoute", `${AI}/aigatewayroutes`, [GATEWAYS, SERVICE_BACKENDS, HTTP_ROUTES], "whether its Gateway and backends are there, and makes its HTTPRoute", routeProblem),
  standIn("MCPRoute", `${AI}/mcproutes`, [GATEWAYS, BACKENDS, SECRETS, HTTP_ROUTES], "whether its Gateway, servers and keys are there, and makes its HTTPRoute", mcpProblem),
];

function standIn(kind: string, collection: string, others: readonly string[], says: string, check: Check): StandIn {
  return {
    kind,
    why: `Envoy AI Gateway's controller says ${says}; Flux waits for that`,
    watches: [collection, ...others],
    async reconcile({ client, items }) {
      for (const object of items(collection)) {
        if (object.metadata.deletionTimestamp !== undefined) continue;
        const problem = check(object, items);
        if (problem === undefined) await makeRoutes(object, client, items);
        await say(collection, object, problem, client);
      }
    },
  };
}

/** The objects that the controller makes of a route, once for each form that the route has. */
async function makeRoutes(object: KubeObject, client: StandInContext["client"], items: Items): Promise<void> {
  const route = generatedRoute(object, (name) => find(items(SERVICE_BACKENDS), namespaceOf(object), name));
  if (route === undefined) return;
  const there = find(items(HTTP_ROUTES), route.metadata.namespace, route.metadata.name);
  if (there?.metadata.annotations?.[MADE_FROM] === route.metadata.annotations?.[MADE_FROM]) return;
  for (const made of [...proxyBackend(object), route]) await client.apply(made, { manager: "envoy-ai-gateway", onConflict: "force" });
}

/** The one condition; written only when it is not there already. */
async function say(collection: string, object: KubeObject, problem: string | undefined, client: StandInContext["client"]): Promise<void> {
  const due = verdict(problem);
  const [now] = listAt(object.status, "conditions");
  if (textAt(now, "type") === due.type && textAt(now, "message") === due.message) return;
  const at = collection.lastIndexOf("/");
  const path = `${collection.slice(0, at)}/namespaces/${namespaceOf(object)}${collection.slice(at)}/${object.metadata.name}/status`;
  await client.merge(path, { status: { conditions: [{ ...due, lastTransitionTime: seconds(new Date()) }] } });
}

/** Either of the two conditions of these kinds (`newConditions` in internal/controller of envoyproxy/ai-gateway). */
function verdict(problem: string | undefined): Readonly<Record<"type" | "status" | "reason" | "message", string>> {
  return problem === undefined
    ? { type: "Accepted", status: "True", reason: "ReconciliationSucceeded", message: "Said by the lab's stand-in" }
    : { type: "NotAccepted", status: "False", reason: "ReconciliationFailed", message: problem };
}

function serviceBackendProblem(object: KubeObject, items: Items): string | undefined {
  return missing("Backend", items(BACKENDS), namespaceOf(object), textAt(object.spec, "backendRef", "name"));
}

/** Keys are those that the controller reads out of the Secret for each sort of credential. */
function securityPolicyProblem(object: KubeObject, items: Items): string | undefined {
  const namespace = namespaceOf(object);
  const targets = listAt(object.spec, "targetRefs").map((reference) => missing("AIServiceBackend", items(SERVICE_BACKENDS), namespace, textAt(reference, "name")));
  const credentials = [
    { name: textAt(object.spec, "azureAPIKey", "secretRef", "name"), key: "apiKey" },
    { name: textAt(object.spec, "azureCredentials", "clientSecretRef", "name"), key: "client-secret" },
  ].flatMap(({ name, key }) => (name === undefined || resolves({ namespace, name, key }, items(SECRETS)) ? [] : [`Secret ${namespace}/${name} with ${key} is not there`]));
  return [...targets, ...credentials].find((problem) => problem !== undefined);
}

function routeProblem(object: KubeObject, items: Items): string | undefined {
  const backends = listAt(object.spec, "rules").flatMap((rule) => listAt(rule, "backendRefs"));
  return [
    ...gatewayProblems(object, items),
    ...backends.map((reference) => missing("AIServiceBackend", items(SERVICE_BACKENDS), namespaceOf(object), textAt(reference, "name"))),
  ].find((problem) => problem !== undefined);
}

function mcpProblem(object: KubeObject, items: Items): string | undefined {
  const namespace = namespaceOf(object);
  const servers = listAt(object.spec, "backendRefs").flatMap((reference) => {
    const secret = textAt(reference, "securityPolicy", "apiKey", "secretRef", "name");
    const keyed = secret === undefined || resolves({ namespace, name: secret, key: "apiKey" }, items(SECRETS));
    return [
      missing("Backend", items(BACKENDS), namespace, textAt(reference, "name")),
      keyed ? undefined : `Secret ${namespace}/${secret} with apiKey is not there`,
    ];
  });
  return [...gatewayProblems(object, items), ...servers].find((problem) => problem !== undefined);
}

function gatewayProblems(object: KubeObject, items: Items): readonly (string | undefined)[] {
  return listAt(object.spec, "parentRefs").map((parent) =>
    missing("Gateway", items(GATEWAYS), textAt(parent, "namespace") ?? namespaceOf(object), textAt(parent, "name")),
  );
}

function missing(kind: string, objects: readonly KubeObject[], namespace: string, name: string | undefined): string | undefined {
  return find(objects, namespace, name) === undefined ? `${kind} ${namespace}/${name ?? ""} is not there` : undefined;
}

function find(objects: readonly KubeObject[], namespace: string | undefined, name: string | undefined): KubeObject | undefined {
  return objects.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

function namespaceOf(object: KubeObject): string {
  return textAt(field(object, "metadata"), "namespace") ?? "default";
}
