import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" with {
  "resolution-mode": "import",
};
import { PROXY_HEADERS } from "../../gateways/identity-headers";
import { parentsOf } from "../../gateways/parents";
import { typed } from "../../kit/typed";
import { OAUTH2_PROXY } from "../../names";
import { FROM_POLICY, FROM_ROUTE, policyOn, type Protected, type Protections } from "./target";

/** Paths that OAuth2-Proxy itself answers on every protected host: log-in, callback, log-out. */
const PROXY_PATHS = "/oauth2/";

/** What OAuth2-Proxy answers with, and the app gets to see. */
const TO_BACKEND = [...PROXY_HEADERS, "authorization"];

const SERVICE = { name: OAUTH2_PROXY.service, namespace: OAUTH2_PROXY.namespace, port: OAUTH2_PROXY.port };

/**
 * OAuth2-Proxy decides by ext_authz. Asked at its root, behind a static upstream, it answers 200, or sends the browser
 * to the log-in itself: at `/oauth2/auth` it would say 401, and a gateway that passes this on shows no log-in.
 *
 * `Cookie` must reach it, else every answer of the log-in leads to the next one. `path` is not set: the path that the
 * caller asked for would be appended to it.
 */
export function proxy(target: Protected): Protections {
  const { app, host, route } = target;
  const policy = policyOn(target, {
    extAuth: {
      failOpen: false,
      headersToExtAuth: ["cookie", "accept", "x-forwarded-proto", "x-forwarded-host"],
      http: { backendRefs: [SERVICE], headersToBackend: TO_BACKEND },
    },
  });
  const login = typed<IHTTPRoute>({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: `${route}.oauth2`, namespace: app.namespace.name },
    spec: {
      parentRefs: parentsOf(host.gateway).map((parent) => ({ ...parent })),
      hostnames: [host.host],
      rules: [{ matches: [{ path: { type: "PathPrefix", value: PROXY_PATHS } }], backendRefs: [SERVICE] }],
    },
  });
  const granted = { namespace: SERVICE.namespace, service: SERVICE.name };
  return { objects: [policy, login], grants: [FROM_POLICY, FROM_ROUTE].map((from) => ({ ...granted, from })) };
}
