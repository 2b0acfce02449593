import { field, type KubeObject, listAt, textAt } from "../objects";
import {
  backendProblem,
  backendReferences,
  BACKENDS,
  CONTROLLER,
  dated,
  find,
  GATEWAY_CLASSES,
  GATEWAYS,
  GRANTS,
  type Items,
  namespaceOf,
  ROUTES,
  said,
  SERVICES,
  writeStatus,
} from "./gateway-api";
import { ourGateways } from "./gateway";
import type { StandIn } from "./stand-in";

const SECRETS = "/api/v1/secrets";

/** Stand-ins for Envoy Gateway's look at its policies: one per target, the older one wins. */
export const policies: readonly StandIn[] = ["BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy"].map((kind): StandIn => {
  const collection = `/apis/gateway.envoyproxy.io/v1alpha1/${kind.replace(/y$/, "ies").toLowerCase()}`;
  return {
    kind,
    why: "Envoy Gateway says whether it is in force: its target is there, no other policy has it, and what it refers to is there",
    watches: [collection, GATEWAYS, GATEWAY_CLASSES, ...ROUTES, SERVICES, GRANTS, BACKENDS, SECRETS],
    async reconcile({ client, items }) {
      const all = items(collection);
      for (const object of all) {
        const ancestors = ancestorStatuses(object, all, items);
        if (ancestors.length > 0) await writeStatus(client, collection, object, { ancestors });
      }
    },
  };
});

interface Target {
  readonly object: KubeObject;
  /** Names the target, part of it included: two policies with the same key are in conflict. */
  readonly key: string;
}

/** What is said to each Gateway that the policy acts on. */
function ancestorStatuses(object: KubeObject, all: readonly KubeObject[], items: Items): readonly Readonly<Record<string, unknown>>[] {
  const problem = policyProblem(object, all, items);
  const gateways = new Map(targetsOf(object, items).flatMap((target) => gatewaysOf(target.object, items)).map((each) => [`${namespaceOf(each)}/${each.metadata.name}`, each]));
  return [...gateways.values()].map((gateway) => ({
    ancestorRef: { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: namespaceOf(gateway), name: gateway.metadata.name },
    controllerName: CONTROLLER,
    conditions: dated([said("Accepted", problem)], object),
  }));
}

/** Why a policy is not in force; undefined when it is. */
function policyProblem(object: KubeObject, all: readonly KubeObject[], items: Items): { readonly reason: string; readonly message: string } | undefined {
  const keys = new Set(targetsOf(object, items).map(({ key }) => key));
  const rival = all.find((other) => isOlder(other, object) && targetsOf(other, items).some(({ key }) => keys.has(key)));
  if (rival !== undefined) return { reason: "Conflicted", message: `${rival.kind} ${namespaceOf(rival)}/${rival.metadata.name} has the target already` };
  const broken = backendReferences(object.spec).map((reference) => backendProblem(reference, object, items)).find((each) => each !== undefined);
  if (broken !== undefined) return { reason: "Invalid", message: broken.message };
  const secret = textAt(object, "spec", "oidc", "clientSecret", "name");
  if (secret === undefined || field(find(items(SECRETS), namespaceOf(object), secret), "data", "client-secret") !== undefined) return undefined;
  return { reason: "Invalid", message: `Secret ${secret} with the key client-secret is not there` };
}

/** Gateways and routes that the policy aims at and that are there, by name or by label, in its own namespace. */
function targetsOf(object: KubeObject, items: Items): readonly Target[] {
  const nearby = [...items(GATEWAYS), ...ROUTES.flatMap((path) => items(path))].filter((each) => namespaceOf(each) === namespaceOf(object));
  const single = field(object, "spec", "targetRef");
  const named = [...(single === undefined ? [] : [single]), ...listAt(object, "spec", "targetRefs")].flatMap((reference) =>
    nearby
      .filter(({ kind, metadata }) => kind === textAt(reference, "kind") && metadata.name === textAt(reference, "name"))
      .map((each) => ({ object: each, key: `${each.kind}/${each.metadata.name}/${textAt(reference, "sectionName") ?? ""}` })),
  );
  const selected = listAt(object, "spec", "targetSelectors").flatMap((selector) =>
    nearby
      .filter(({ kind, metadata }) => kind === textAt(selector, "kind") && Object.entries(field(selector, "matchLabels") ?? {}).every(([key, value]) => metadata.labels?.[key] === value))
      .map((each) => ({ object: each, key: `${each.kind}/${each.metadata.name}/` })),
  );
  return [...named, ...selected].map((target) => ({ ...target, key: `${namespaceOf(object)}/${target.key}` }));
}

/** The Gateways that calls for a target come through. */
function gatewaysOf(target: KubeObject, items: Items): readonly KubeObject[] {
  const gateways = ourGateways(items);
  if (target.kind === "Gateway") return gateways.filter((gateway) => gateway === target);
  return listAt(target, "spec", "parentRefs").flatMap((parent) => find(gateways, textAt(parent, "namespace") ?? namespaceOf(target), textAt(parent, "name")) ?? []);
}

/** Older, or first by name where both are of the same second. */
function isOlder(a: KubeObject, b: KubeObject): boolean {
  const order = (object: KubeObject): string => `${object.metadata.creationTimestamp ?? ""} ${namespaceOf(object)}/${object.metadata.name}`;
  return a !== b && order(a) < order(b);
}
