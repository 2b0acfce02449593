import type { IGateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway" with { "resolution-mode": "import" };
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" with {
  "resolution-mode": "import",
};
import { CLIENT_TRAFFIC, OWN_BACKEND_TRAFFIC } from "../ai/extension";
import type { KubeObject } from "../kit/objects";
import type { Platform } from "../kit/provider";
import type { GatewayName } from "../kit/requests";
import { typed } from "../kit/typed";
import { DNS_LABEL, edgeHost, GATEWAYS_NAMESPACE, UNPUBLISHED } from "../names";
import {
  domainListeners,
  gatewaysOf,
  grpcListener,
  hostListener,
  passthroughListener,
  REDIRECT_LISTENER,
  redirectListener,
  tcpListener,
  type Listener,
} from "./listeners";
import { envoyProxy } from "./envoy-proxy";
import type { EnvoyGatewayOptions } from "./options";
import { backendTrafficPolicy, clientTrafficPolicy } from "./policies";

/** Name of the GatewayClass. */
const GATEWAY_CLASS = "envoy";

const CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller";

/** Everything that Envoy Gateway is told about the Gateways: class, proxies, Gateways, policies and the redirect. */
export function gatewayObjects(options: EnvoyGatewayOptions, platform: Platform): readonly KubeObject[] {
  const names = gatewaysOf(platform.enabled);
  return [
    gatewayClass(options),
    ...(options.merged ? (["external"] as const) : names).map((name) => proxy(name, options, platform)),
    ...names.map((name) => gateway(name, options, platform)),
    ...names.map((name) => clientPolicy(name, options, platform)),
    ...names.filter((name) => !OWN_BACKEND_TRAFFIC.has(name)).map((name) => backendTrafficPolicy(name, options)),
    redirect(options.merged ? ["external"] : names),
  ];
}

function gatewayClass({ merged }: EnvoyGatewayOptions): KubeObject {
  // Merged gateways share the proxies of their class; else each Gateway names its own.
  const parametersRef = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "external", namespace: GATEWAYS_NAMESPACE };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: GATEWAY_CLASS },
    spec: { controllerName: CONTROLLER, ...(merged ? { parametersRef } : {}) },
  };
}

function proxy(name: GatewayName, options: EnvoyGatewayOptions, { settings, facts }: Platform): KubeObject {
  return envoyProxy(name, {
    ...options,
    replicas: options.replicas ?? facts.replicas,
    addresses: [settings.network.addresses[name]],
    tracing: facts.tracing,
    metricsSink: options.metricsSink,
  });
}

function gateway(name: GatewayName, options: EnvoyGatewayOptions, platform: Platform): KubeObject {
  const own = { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name } };
  return typed<IGateway>({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      name,
      namespace: GATEWAYS_NAMESPACE,
      labels: { [DNS_LABEL]: name === "external" ? "internet" : "home" },
      annotations: { "external-dns.alpha.kubernetes.io/target": dnsTarget(name, options, platform) },
    },
    spec: {
      gatewayClassName: GATEWAY_CLASS,
      ...(options.merged ? {} : { infrastructure: own }),
      // Copied, since the library's types want arrays that may be written to.
      listeners: structuredClone(listenersOf(name, options, platform)) as IGateway["spec"]["listeners"],
    },
  });
}

/** What external-dns points a host of the Gateway at: the tunnel's one record, or the address. */
function dnsTarget(name: GatewayName, { merged }: EnvoyGatewayOptions, { settings, facts }: Platform): string {
  if (name === "external" && settings.cloudflare !== undefined) return edgeHost(facts.domain);
  return settings.network.addresses[merged ? "external" : name];
}

/**
 * The listeners of a Gateway. Merged gateways share a port, on which a host name may have only one listener: then
 * `external` keeps the domains and the redirect, and every other Gateway has a listener for each of its hosts.
 */
export function listenersOf(name: GatewayName, options: EnvoyGatewayOptions, platform: Platform): readonly Listener[] {
  const { domains } = platform.settings.cluster;
  const passthrough = options.passthrough.filter((each) => each.gateway === name).map((each) => passthroughListener(each.name, each.host));
  const tcp = options.tcp.filter((each) => each.gateway === name).map((each) => tcpListener(each.name, each.port));
  if (options.merged && name !== "external") {
    const served = platform.apps.flatMap(({ hosts }) => hosts).filter((host) => host.gateway === name);
    const hosts = new Set([`${name}.${platform.facts.domain}`, ...served.map(({ host }) => host)]);
    return [...[...hosts].sort().map((host) => hostListener(host, domains)), ...passthrough, ...tcp];
  }
  const grpc = options.grpcPort === undefined ? [] : domains.map((domain) => grpcListener(domain, options.grpcPort ?? 0));
  return [redirectListener(), ...domains.flatMap(domainListeners), ...grpc, ...passthrough, ...tcp];
}

function clientPolicy(name: GatewayName, options: EnvoyGatewayOptions, { settings }: Platform): KubeObject {
  const { ipv4, ipv6 } = settings.network.pods;
  return clientTrafficPolicy(name, {
    minTls: options.minTls,
    http3: options.http3,
    sharedPort: options.merged,
    trustedCidrs: options.trustedCidrs ?? [ipv4, ...(ipv6 === undefined ? [] : [ipv6])],
    bufferLimit: CLIENT_TRAFFIC[name]?.connection.bufferLimit,
  });
}

/** Every plain call is sent to HTTPS. Its parents follow the Gateways: a parent that is not there would leave it unaccepted. */
function redirect(gateways: readonly GatewayName[]): KubeObject {
  return typed<IHTTPRoute>({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "https-redirect", namespace: GATEWAYS_NAMESPACE, annotations: UNPUBLISHED },
    spec: {
      parentRefs: gateways.map((name) => ({ name, namespace: GATEWAYS_NAMESPACE, sectionName: REDIRECT_LISTENER })),
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
    },
  });
}
