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
import { ourGateways, supportedKinds } from "./gateway";
import type { StandIn } from "./stand-in";

/** Stand-ins for Envoy Gateway's look at routes: taken once their Gateway listens for them and their Services are there. */
export const routes: readonly StandIn[] = ROUTES.map((collection): StandIn => {
  const kind = { grpcroutes: "GRPCRoute", httproutes: "HTTPRoute", tcproutes: "TCPRoute", tlsroutes: "TLSRoute" }[collection.split("/").at(-1) ?? ""];
  return {
    kind: kind ?? collection,
    why: "Envoy Gateway says whether its Gateways take it and its Services are there; Flux waits for that",
    watches: [collection, GATEWAYS, GATEWAY_CLASSES, SERVICES, GRANTS, BACKENDS],
    async reconcile({ client, items }) {
      for (const object of items(collection)) {
        const parents = parentStatuses(object, items);
        if (parents.length > 0) await writeStatus(client, collection, object, { parents });
      }
    },
  };
});

/** What is said to each Gateway of Envoy Gateway's that the route names. */
function parentStatuses(object: KubeObject, items: Items): readonly Readonly<Record<string, unknown>>[] {
  const broken = backendReferences(object.spec)
    .map((reference) => backendProblem(reference, object, items))
    .find((problem) => problem !== undefined);
  return listAt(object, "spec", "parentRefs").flatMap((parentRef) => {
    const gateway = find(ourGateways(items), textAt(parentRef, "namespace") ?? namespaceOf(object), textAt(parentRef, "name"));
    if (gateway === undefined) return [];
    const refused = attachProblem(object, parentRef, gateway);
    return [{ parentRef, controllerName: CONTROLLER, conditions: dated([said("Accepted", refused), said("ResolvedRefs", broken)], object) }];
  });
}

/** Why no listener of the Gateway takes the route; undefined when one does. */
function attachProblem(object: KubeObject, parentRef: unknown, gateway: KubeObject): { readonly reason: string; readonly message: string } | undefined {
  const [section, port] = [textAt(parentRef, "sectionName"), field(parentRef, "port")];
  const named = listAt(gateway, "spec", "listeners").filter(
    (listener) => (section === undefined || textAt(listener, "name") === section) && (port === undefined || field(listener, "port") === port),
  );
  const { name } = gateway.metadata;
  if (named.length === 0) return { reason: "NoMatchingParent", message: `${name} has no such listener` };
  const open = named.filter((listener) => allows(listener, object, gateway));
  if (open.length === 0) return { reason: "NotAllowedByListeners", message: `no listener of ${name} takes a ${object.kind} of ${namespaceOf(object)}` };
  const hostnames = listAt(object, "spec", "hostnames");
  const matching = hostnames.length === 0 || open.some((listener) => hostnames.some((hostname) => meets(textAt(listener, "hostname"), String(hostname))));
  return matching ? undefined : { reason: "NoMatchingListenerHostname", message: `no listener of ${name} is for ${hostnames.join(", ")}` };
}

function allows(listener: unknown, object: KubeObject, gateway: KubeObject): boolean {
  const from = textAt(listener, "allowedRoutes", "namespaces", "from") ?? "Same";
  const near = from === "All" || (from === "Same" && namespaceOf(object) === namespaceOf(gateway));
  return near && supportedKinds(listener).includes(object.kind);
}

/** Whether some host name is both the listener's and the route's; `*.` stands for one label or more. */
function meets(listener: string | undefined, route: string): boolean {
  if (listener === undefined || listener === route) return true;
  const within = (wildcard: string, name: string): boolean => wildcard.startsWith("*.") && name.endsWith(wildcard.slice(1));
  return within(listener, route) || within(route, listener);
}
