/** What the stand-ins for Envoy Gateway share: the collections, references and conditions of Gateway API. */
import { field, type KubeObject, listAt, textAt } from "../objects";
import type { StandInContext } from "./stand-in";

/** Who writes the status of whatever hangs on a Gateway of Envoy Gateway's. */
export const CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller";

/** Where Envoy Gateway and its proxies run. */
export const PROXIES_NAMESPACE = "envoy-gateway-system";

const GATEWAY_API = "/apis/gateway.networking.k8s.io/v1";

/** Collections as the stand-ins watch them. */
export const GATEWAY_CLASSES = `${GATEWAY_API}/gatewayclasses`;
export const GATEWAYS = `${GATEWAY_API}/gateways`;
export const GRANTS = `${GATEWAY_API}/referencegrants`;
export const ROUTES = ["grpcroutes", "httproutes", "tcproutes", "tlsroutes"].map((plural) => `${GATEWAY_API}/${plural}`);
export const ENVOY_PROXIES = "/apis/gateway.envoyproxy.io/v1alpha1/envoyproxies";
export const BACKENDS = "/apis/gateway.envoyproxy.io/v1alpha1/backends";
export const SERVICES = "/api/v1/services";

/** A condition before it has a time. */
export interface Said {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** Reads what a stand-in watches. */
export type Items = StandInContext["items"];

/** An object's own namespace. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? "default";
}

/** The object of a namespace and name. */
export function find(objects: readonly KubeObject[], namespace: string | undefined, name: string | undefined): KubeObject | undefined {
  return objects.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

/** A condition that holds, or does not for a reason. */
export function said(type: string, problem: { readonly reason: string; readonly message: string } | undefined, reason: string = type): Said {
  return problem === undefined
    ? { type, status: "True", reason, message: "Said by the lab's stand-in" }
    : { type, status: "False", ...problem };
}

/** Conditions about an object's present form, with the time of now. */
export function dated(conditions: readonly Said[], { metadata }: KubeObject): readonly Readonly<Record<string, unknown>>[] {
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return conditions.map((condition) => ({ ...condition, observedGeneration: metadata.generation ?? 1, lastTransitionTime }));
}

/** Writes a status unless the object has it already, times aside. */
export async function writeStatus(
  client: StandInContext["client"],
  collection: string,
  object: KubeObject,
  status: Readonly<Record<string, unknown>>,
): Promise<void> {
  const now = Object.fromEntries(Object.keys(status).map((key) => [key, field(object.status, key)]));
  if (timeless(now) === timeless(status)) return;
  const at = collection.lastIndexOf("/");
  const { namespace, name } = object.metadata;
  const path = namespace === undefined ? collection : `${collection.slice(0, at)}/namespaces/${namespace}${collection.slice(at)}`;
  await client.merge(`${path}/${name}/status`, { status });
}

/** Text that is the same for the same status, whatever the order of its fields and the times in it. */
function timeless(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === "lastTransitionTime") return undefined;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** What keeps a reference to a Service or Backend from being followed; undefined when nothing does. */
export function backendProblem(reference: unknown, from: KubeObject, items: Items): { readonly reason: string; readonly message: string } | undefined {
  const [group, kind] = [textAt(reference, "group") ?? "", textAt(reference, "kind") ?? "Service"];
  const own = namespaceOf(from);
  const [namespace, name] = [textAt(reference, "namespace") ?? own, textAt(reference, "name") ?? ""];
  const shown = `${kind} ${namespace}/${name}`;
  const isService = group === "" && kind === "Service";
  if (!isService && !(group === "gateway.envoyproxy.io" && kind === "Backend")) return { reason: "InvalidKind", message: `${shown} is no backend` };
  if (namespace !== own && !granted(from, { group, kind, namespace, name }, items(GRANTS)))
    return { reason: "RefNotPermitted", message: `${shown} is not granted to ${from.kind} in ${own}` };
  const found = find(items(isService ? SERVICES : BACKENDS), namespace, name);
  if (found === undefined) return { reason: "BackendNotFound", message: `${shown} is not there` };
  const port = field(reference, "port");
  const serves = !isService || listAt(found, "spec", "ports").some((each) => field(each, "port") === port);
  return serves ? undefined : { reason: "PortNotFound", message: `${shown} has no port ${String(port)}` };
}

function granted(
  from: KubeObject,
  to: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string },
  grants: readonly KubeObject[],
): boolean {
  const [group] = from.apiVersion.split("/");
  return grants
    .filter(({ metadata }) => metadata.namespace === to.namespace)
    .some(
      (grant) =>
        listAt(grant, "spec", "from").some(
          (each) => textAt(each, "group") === group && textAt(each, "kind") === from.kind && textAt(each, "namespace") === namespaceOf(from),
        ) &&
        listAt(grant, "spec", "to").some(
          (each) => (textAt(each, "group") ?? "") === to.group && textAt(each, "kind") === to.kind && [undefined, to.name].includes(textAt(each, "name")),
        ),
    );
}

/** Every `backendRef` and `backendRefs` inside a value. */
export function backendReferences(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(backendReferences);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    key === "backendRefs" && Array.isArray(item) ? item : key === "backendRef" ? [item] : backendReferences(item),
  );
}
