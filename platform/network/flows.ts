import { proxyPort } from "../gateways/network";
import type { DeclaredApp } from "../kit/app";
import type { ObjectStoreFacts } from "../kit/facts";
import type { Platform } from "../kit/provider";
import type { Connection, Peer } from "../kit/requests";
import { PROXIES_NAMESPACE, PROXY_LABELS } from "../names";

/** Pods of a namespace, or those of them with these labels. */
export interface Pods {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The other end of a connection: pods of the platform, or something without pods. */
export type End = Pods | "kube-apiserver" | "nodes" | "world" | Addresses;

/** Addresses outside the cluster; Cilium never takes a pod or a node for one of them. */
export interface Addresses {
  readonly cidr: string;
  /** Networks within it that are left out. */
  readonly except?: readonly string[];
}

/** One way in which packets may go, as seen from the app's end. */
export interface Flow {
  /** Namespace of the end that is not the peer. @default the app's */
  readonly at?: string;
  readonly direction: "in" | "out";
  readonly peer: End;
  /** Ports of the end that is called. Absent: every port of every protocol. */
  readonly ports?: readonly number[];
  readonly protocol: "TCP" | "UDP" | "ANY";
}

/** PostgreSQL, and the status port by which CloudNativePG's operator manages an instance. */
const INSTANCE_PORTS = [5432, 8000] as const;

const PROXIES: Pods = { namespace: PROXIES_NAMESPACE, labels: PROXY_LABELS };

/** Everything that an app's requests and declarations want open beyond its own namespace, in no order; duplicates are harmless. */
export function flowsOf(app: DeclaredApp, platform: Platform): readonly Flow[] {
  return [
    ...app.moreNamespaces.flatMap(({ name }) => bothWays({ namespace: name })),
    ...hostFlows(app, platform),
    ...databaseFlows(app, platform),
    ...app.buckets.flatMap(({ purpose }) =>
      storeFlows(purpose === "data" ? platform.facts.dataStore : platform.facts.backupStore, platform),
    ),
    ...clientFlows(app, platform),
    ...guardFlows(app, platform),
    ...monitorFlows(app, platform),
    ...(app.network.from ?? []).flatMap((connection) => declared("in", connection, platform)),
    ...(app.network.to ?? []).flatMap((connection) => declared("out", connection, platform)),
  ];
}

function tcp(direction: Flow["direction"], peer: End, ...ports: readonly number[]): Flow {
  return { direction, peer, ports, protocol: "TCP" };
}

function bothWays(peer: End): readonly Flow[] {
  return [
    { direction: "in", peer, protocol: "ANY" },
    { direction: "out", peer, protocol: "ANY" },
  ];
}

function declared(direction: Flow["direction"], { peer, at, ports, protocol = "TCP" }: Connection, platform: Platform): readonly Flow[] {
  return ends(peer, platform).map((end) => ({ at, direction, peer: end, ports, protocol }));
}

/** Who a peer is in this cluster; nobody where the app behind it is off. */
function ends(peer: Peer, platform: Platform): readonly End[] {
  const pods = (name: string, labels?: Pods["labels"]): readonly Pods[] =>
    platform.apps.filter((app) => app.name === name && app.active).map(({ namespace }) => ({ namespace: namespace.name, labels }));
  switch (peer) {
    case "gateways":
      return platform.enabled.has("envoy-gateway") ? [PROXIES] : [];
    case "prometheus":
      return pods("kube-prometheus-stack", { "app.kubernetes.io/name": "prometheus" });
    case "kube-apiserver":
    case "nodes":
    case "world":
      return [peer];
    default:
      return "app" in peer ? pods(peer.app) : [peer];
  }
}

/** Prometheus reads what a monitor selects, wherever that is. */
function monitorFlows(app: DeclaredApp, platform: Platform): readonly Flow[] {
  return app.monitors.flatMap(({ namespace, containerPort }) =>
    ends("prometheus", platform).map((peer): Flow => ({ ...tcp("in", peer, containerPort), at: namespace })),
  );
}

/** The gateways call the app. */
function hostFlows(app: DeclaredApp, platform: Platform): readonly Flow[] {
  return app.hosts.flatMap(({ port, containerPort = port }) => ends("gateways", platform).map((peer) => tcp("in", peer, containerPort)));
}

/** Instances run in the app's namespace, talk to each other there and watch their Cluster; their operator calls them from its own. */
function databaseFlows(app: DeclaredApp, platform: Platform): readonly Flow[] {
  if (app.name === "cloudnative-pg") {
    const served = platform.apps.filter(({ databases }) => databases.length > 0);
    return served.map(({ namespace }) => tcp("out", { namespace: namespace.name }, ...INSTANCE_PORTS));
  }
  if (app.databases.length === 0) return [];
  const called = ends({ app: "cloudnative-pg" }, platform).map((peer) => tcp("in", peer, ...INSTANCE_PORTS));
  return [...called, { direction: "out", peer: "kube-apiserver", protocol: "TCP" }];
}

/** An object store inside the cluster is its app's pods, any other is a host outside. */
function storeFlows(store: ObjectStoreFacts | undefined, platform: Platform): readonly Flow[] {
  if (store === undefined) return [];
  const { hostname, port, protocol } = new URL(store.url);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const peers = hostname.endsWith(".svc.cluster.local") ? ends({ app: store.app }, platform) : (["world"] as const);
  return peers.map((peer) => tcp("out", peer, number));
}

/** Who logs people in asks Keycloak for tokens and keys: at its Service, or by its public name, which ends at a gateway. */
function clientFlows(app: DeclaredApp, platform: Platform): readonly Flow[] {
  const { identity } = platform.facts;
  if (identity === undefined || app.clients.length === 0) return [];
  return [
    tcp("out", { namespace: identity.service.namespace }, identity.service.port),
    ...ends("gateways", platform).map((peer) => tcp("out", peer, proxyPort(443))),
  ];
}

/** Whoever guards a host is asked by the gateways themselves: Keycloak for tokens and keys, OAuth2-Proxy for its verdict. */
function guardFlows(app: DeclaredApp, platform: Platform): readonly Flow[] {
  if (app.name !== "envoy-gateway") return [];
  const { identity } = platform.facts;
  return [
    ...(identity === undefined ? [] : [tcp("out", { namespace: identity.service.namespace }, identity.service.port)]),
    ...ends({ app: "oauth2-proxy" }, platform).map((peer): Flow => ({ direction: "out", peer, protocol: "TCP" })),
  ];
}
