import { conditionStatus, field, type KubeObject, listAt, textAt } from "../objects";
import {
  CONTROLLER,
  dated,
  ENVOY_PROXIES,
  find,
  GATEWAY_CLASSES,
  GATEWAYS,
  type Items,
  namespaceOf,
  PROXIES_NAMESPACE,
  said,
  SERVICES,
  writeStatus,
} from "./gateway-api";
import type { StandIn, StandInContext } from "./stand-in";

const SECRETS = "/api/v1/secrets";

/** Marks the Services that this stand-in made, so that it takes away no other. */
const OURS = { "app.kubernetes.io/managed-by": "envoy-gateway", "hearth.lab/stand-in": "gateway" };

interface Problem {
  readonly reason: string;
  readonly message: string;
}

/**
 * Stand-in for Envoy Gateway's work on a Gateway: the proxies' Service, whose address the load balancer gives, and the
 * status. A Gateway is programmed once its class is accepted, its certificates are there and its address is given.
 */
export const gateway: StandIn = {
  kind: "Gateway",
  why: "Envoy Gateway runs proxies with a Service for it; routes, DNS and Flux wait for its address",
  watches: [GATEWAYS, GATEWAY_CLASSES, ENVOY_PROXIES, SECRETS, SERVICES],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  const gateways = ourGateways(items);
  const wanted = new Set<string>();
  for (const object of gateways) {
    const service = serviceOf(object, gateways, items);
    if (service === undefined) continue;
    const found = find(items(SERVICES), PROXIES_NAMESPACE, service.metadata.name);
    if (!wanted.has(service.metadata.name) && !isCurrent(found, service)) {
      await client.apply(service, { manager: "hearth-lab-envoy-gateway", onConflict: "force" });
    }
    wanted.add(service.metadata.name);
    await writeStatus(client, GATEWAYS, object, gatewayStatus(object, found, gateways, items));
  }
  // No Gateway at all may as well mean that none has been seen yet.
  const left = gateways.length === 0 ? [] : items(SERVICES).filter(({ metadata }) => isOurs(metadata.labels) && !wanted.has(metadata.name));
  for (const { metadata } of left) await client.delete(`/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`);
}

function isOurs(labels: Readonly<Record<string, string>> | undefined): boolean {
  return Object.entries(OURS).every(([key, value]) => labels?.[key] === value);
}

/** Whether a Service is as it should be, as far as this stand-in decides. */
function isCurrent(found: KubeObject | undefined, wanted: KubeObject): boolean {
  const ports = (object: KubeObject): string => listAt(object, "spec", "ports").map((each) => `${String(field(each, "port"))} ${String(field(each, "targetPort"))}`).join();
  const annotated = Object.entries(wanted.metadata.annotations ?? {}).every(([key, value]) => found?.metadata.annotations?.[key] === value);
  return found !== undefined && annotated && ports(found) === ports(wanted) && textAt(found, "spec", "type") === textAt(wanted, "spec", "type");
}

/** The Gateways of an accepted class of Envoy Gateway's. */
export function ourGateways(items: Items): readonly KubeObject[] {
  const classes = items(GATEWAY_CLASSES).filter(
    (object) => textAt(object, "spec", "controllerName") === CONTROLLER && conditionStatus(object, "Accepted") === "True",
  );
  return items(GATEWAYS).filter(
    (object) =>
      object.metadata.deletionTimestamp === undefined &&
      classes.some(({ metadata }) => metadata.name === textAt(object, "spec", "gatewayClassName")),
  );
}

/** The EnvoyProxy of a Gateway, and whether the whole class shares it: merged Gateways' own are not looked at. */
function proxyOf(object: KubeObject, items: Items): { readonly proxy?: KubeObject | undefined; readonly merged: boolean; readonly named: boolean } {
  const ofClass = items(GATEWAY_CLASSES).find(({ metadata }) => metadata.name === textAt(object, "spec", "gatewayClassName"));
  const parameters = field(ofClass, "spec", "parametersRef");
  const shared = find(items(ENVOY_PROXIES), textAt(parameters, "namespace"), textAt(parameters, "name"));
  if (field(shared, "spec", "mergeGateways") === true) return { proxy: shared, merged: true, named: true };
  const own = textAt(object, "spec", "infrastructure", "parametersRef", "name");
  if (own === undefined) return { proxy: shared, merged: false, named: parameters !== undefined };
  return { proxy: find(items(ENVOY_PROXIES), namespaceOf(object), own), merged: false, named: true };
}

/** The Service that Envoy Gateway would make; none while the EnvoyProxy that a Gateway names is not there. */
function serviceOf(object: KubeObject, gateways: readonly KubeObject[], items: Items): KubeObject | undefined {
  const { proxy, merged, named } = proxyOf(object, items);
  if (named && proxy === undefined) return undefined;
  const settings = field(proxy, "spec", "provider", "kubernetes", "envoyService");
  const sharing = merged ? gateways.filter(({ spec }) => textAt(spec, "gatewayClassName") === textAt(object.spec, "gatewayClassName")) : [object];
  const ports = new Map(sharing.flatMap((each) => listAt(each, "spec", "listeners")).map((each) => [Number(field(each, "port")), each]));
  const annotations = { ...texts(field(object, "spec", "infrastructure", "annotations")), ...texts(field(settings, "annotations")) };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: textAt(settings, "name") ?? `envoy-${namespaceOf(object)}-${object.metadata.name}`, namespace: PROXIES_NAMESPACE, labels: OURS, annotations },
    spec: {
      type: textAt(settings, "type") ?? "LoadBalancer",
      externalTrafficPolicy: textAt(settings, "externalTrafficPolicy") ?? "Local",
      selector: { "app.kubernetes.io/component": "proxy", "app.kubernetes.io/managed-by": "envoy-gateway" },
      // Envoy Gateway moves ports that only root may bind up by 10000.
      ports: [...ports.keys()].sort((a, b) => a - b).map((port) => ({ name: `tcp-${port}`, port, protocol: "TCP", targetPort: port < 1024 ? port + 10000 : port })),
    },
  };
}

/** What Envoy Gateway says of a Gateway. */
function gatewayStatus(object: KubeObject, service: KubeObject | undefined, gateways: readonly KubeObject[], items: Items): Readonly<Record<string, unknown>> {
  const ingress = listAt(service, "status", "loadBalancer", "ingress").flatMap((each) => textAt(each, "ip") ?? []);
  const asked = service?.metadata.annotations?.["lbipam.cilium.io/ips"]?.split(",") ?? [];
  const listeners = listAt(object, "spec", "listeners");
  const problems = listeners.map((listener) => listenerProblem(listener, object, gateways, items));
  const missing = asked.filter((address) => !ingress.includes(address));
  const unassigned =
    ingress.length > 0 && missing.length === 0
      ? undefined
      : { reason: "AddressNotAssigned", message: `no address is assigned${missing.length > 0 ? `: ${missing.join(", ")} is asked for` : ""}` };
  const invalid = problems.find((problem) => problem !== undefined);
  return {
    addresses: ingress.map((value) => ({ type: "IPAddress", value })),
    conditions: dated(
      [said("Accepted", invalid === undefined ? undefined : { ...invalid, reason: "ListenersNotValid" }), said("Programmed", invalid === undefined ? unassigned : { ...invalid, reason: "Invalid" })],
      object,
    ),
    listeners: listeners.map((listener, index) => ({
      name: textAt(listener, "name"),
      attachedRoutes: 0,
      supportedKinds: supportedKinds(listener).map((kind) => ({ group: "gateway.networking.k8s.io", kind })),
      conditions: dated(["Accepted", "Programmed", "ResolvedRefs"].map((type) => said(type, problems[index])), object),
    })),
  };
}

/** What is wrong with a listener: a certificate that is not there, or another listener for the same calls. */
function listenerProblem(listener: unknown, object: KubeObject, gateways: readonly KubeObject[], items: Items): Problem | undefined {
  const certificates = listAt(listener, "tls", "certificateRefs").map((each) => ({ name: textAt(each, "name"), namespace: textAt(each, "namespace") ?? namespaceOf(object) }));
  const absent = certificates.find(({ name, namespace }) => field(find(items(SECRETS), namespace, name), "data", "tls.crt") === undefined);
  if (absent !== undefined) return { reason: "InvalidCertificateRef", message: `Secret ${absent.namespace}/${absent.name ?? ""} with tls.crt is not there` };
  const { merged } = proxyOf(object, items);
  const beside = (merged ? gateways : [object]).flatMap((each) => listAt(each, "spec", "listeners").map((other) => ({ each, other })));
  const twin = beside.find(({ each, other }) => keyOf(other) === keyOf(listener) && (each !== object || textAt(other, "name") !== textAt(listener, "name")));
  return twin === undefined ? undefined : { reason: "HostnameConflict", message: `${twin.each.metadata.name} listens for ${keyOf(listener)}, too` };
}

function keyOf(listener: unknown): string {
  return `${textAt(listener, "protocol") ?? ""} ${textAt(listener, "hostname") ?? "*"} ${String(field(listener, "port"))}`;
}

/** Kinds of routes that a listener takes. */
export function supportedKinds(listener: unknown): readonly string[] {
  const named = listAt(listener, "allowedRoutes", "kinds").flatMap((each) => textAt(each, "kind") ?? []);
  if (named.length > 0) return named;
  const protocol = textAt(listener, "protocol");
  return protocol === "TCP" ? ["TCPRoute"] : protocol === "TLS" ? ["TLSRoute"] : ["HTTPRoute", "GRPCRoute"];
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
