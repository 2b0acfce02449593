import type { IGRPCRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GRPCRoute" with {
  "resolution-mode": "import",
};
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" with {
  "resolution-mode": "import",
};
import type { IReferenceGrant } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/ReferenceGrant" with {
  "resolution-mode": "import",
};
import { parentsOf } from "../gateways/parents";
import type { DeclaredApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import type { Platform, Provider } from "../kit/provider";
import type { AppHost, OidcClientRequest } from "../kit/requests";
import { typed } from "../kit/typed";
import { ENVOY_GATEWAY, OAUTH2_PROXY } from "../names";
import { guardOf, protect, protectionNeeds } from "./protection";
import { browserClients, CALLBACK_PATH } from "./protection/browser";
import type { Granted } from "./protection/target";

/** A route for each host of an app, beside the app, with whatever protects it; nothing while Envoy Gateway is off. */
export const route: Provider = {
  name: "hosts",
  needs: (app, { enabled }) =>
    enabled.has(ENVOY_GATEWAY) ? app.hosts.flatMap(({ host, protection }) => protectionNeeds(host, protection)) : [],
  derive: (app, platform) => ({ clients: clientsOf(app, platform) }),
  provide(app, platform) {
    if (!platform.enabled.has(ENVOY_GATEWAY) || app.hosts.length === 0) return {};
    const { facts } = platform;
    const guarded = app.hosts.map((host) => ({ host, ...protect({ app, host, route: routeName(host), facts }) }));
    const routes = app.hosts.filter(({ existingRoute }) => existingRoute === undefined).map((host) => routeFor(host, app));
    const guards = app.hosts.flatMap(({ protection }) => guardOf(protection) ?? []);
    return {
      accessDependsOn: [...new Set([ENVOY_GATEWAY, ...guards])].filter((other) => other !== app.name),
      access: [
        ...routes,
        ...guarded.flatMap(({ objects }) => objects),
        ...grants(
          app,
          guarded.flatMap((each) => each.grants),
        ),
      ],
    };
  },
};

/**
 * The clients of Keycloak that the protection of an app's hosts asks for, beyond those that the app asks for itself:
 * one for its browser-protected hosts; and OAuth2-Proxy's, which every host behind it comes back to.
 */
export function clientsOf(app: DeclaredApp, { enabled, apps }: Pick<Platform, "enabled" | "apps">): readonly OidcClientRequest[] {
  if (!enabled.has(ENVOY_GATEWAY)) return [];
  if (app.name !== OAUTH2_PROXY.app) return browserClients(app);
  const hosts = apps.flatMap((each) => each.hosts).filter(({ protection }) => protection.by === "proxy");
  return [
    ...browserClients(app),
    {
      id: OAUTH2_PROXY.app,
      flow: "code",
      redirectUris: [...new Set(hosts.map(({ host }) => `https://${host}${CALLBACK_PATH}`))].sort(),
      secret: { name: OAUTH2_PROXY.clientSecret, key: "client-secret" },
    },
  ];
}

/** Name of the route of a host and of its policy: the host, and its first path where it has some of its own. */
function routeName({ host, paths, existingRoute }: AppHost): string {
  const path = (paths?.[0] ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return existingRoute ?? (path === "" ? host : `${host}.${path}`);
}

/** What is routed: a host that browsers log in to needs the callback, too, which Envoy answers only on a route. */
function pathsOf({ paths = ["/"], protection }: AppHost): readonly string[] {
  return protection.by === "browser" && !paths.includes("/") ? [...paths, "/oauth2/"] : paths;
}

function routeFor(host: AppHost, app: DeclaredApp): KubeObject {
  const metadata = { name: routeName(host), namespace: app.namespace.name };
  const common = { parentRefs: parentsOf(host.gateway).map((parent) => ({ ...parent })), hostnames: [host.host] };
  const backendRefs = [{ name: host.service, port: host.port }];
  if (host.protocol === "grpc") {
    return typed<IGRPCRoute>({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GRPCRoute",
      metadata,
      spec: { ...common, rules: [{ backendRefs }] },
    });
  }
  return typed<IHTTPRoute>({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata,
    spec: { ...common, rules: [{ matches: pathsOf(host).map((value) => ({ path: { type: "PathPrefix", value } })), backendRefs }] },
  });
}

/** One grant per Service in another namespace, in that namespace, for this app's namespace alone. */
function grants(app: DeclaredApp, wanted: readonly Granted[]): readonly KubeObject[] {
  const services = new Map(wanted.map((each) => [`${each.namespace}/${each.service}`, each]));
  return [...services.values()]
    .filter(({ namespace }) => namespace !== app.namespace.name)
    .map(({ namespace, service }) => {
      const callers = wanted.filter((each) => each.namespace === namespace && each.service === service).map(({ from }) => from);
      const from = callers.filter((caller, index) => callers.findIndex(({ kind }) => kind === caller.kind) === index);
      return typed<IReferenceGrant>({
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "ReferenceGrant",
        metadata: { name: `${app.name}-to-${service}`, namespace },
        spec: {
          from: from.map((caller) => ({ ...caller, namespace: app.namespace.name })),
          to: [{ group: "", kind: "Service", name: service }],
        },
      });
    });
}
