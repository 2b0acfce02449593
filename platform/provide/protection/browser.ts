import type { DeclaredApp } from "../../kit/app";
import type { OidcClientRequest } from "../../kit/requests";
import { FROM_POLICY, identityOf, policyOn, type Protected, type Protections } from "./target";

/** Where Keycloak sends a browser back to; Envoy answers it on every protected host. */
export const CALLBACK_PATH = "/oauth2/callback";

/** Ends the session at the gateway and at Keycloak; below `/oauth2/`, so that it hides nothing of the app. */
const LOGOUT_PATH = "/oauth2/logout";

/** Client of the realm for the browser-protected hosts of an app; its own clients are its own business. */
function browserClientId(app: string): string {
  return `gateway-${app}`;
}

/** Secret of that client, in the app's namespace. Envoy Gateway reads the key `client-secret` and no other. */
function clientSecret(app: string): { readonly name: string; readonly key: string } {
  return { name: `${browserClientId(app)}-oidc`, key: "client-secret" };
}

/** The client that the app's browser-protected hosts log in with: one for all of them, each host with its exact callback. */
export function browserClients(app: Pick<DeclaredApp, "name" | "hosts">): readonly OidcClientRequest[] {
  const hosts = [...new Set(app.hosts.filter(({ protection }) => protection.by === "browser").map(({ host }) => host))].sort();
  if (hosts.length === 0) return [];
  return [
    {
      id: browserClientId(app.name),
      flow: "code",
      redirectUris: hosts.map((host) => `https://${host}${CALLBACK_PATH}`),
      // Where Envoy's filter sends a browser after the end of a session.
      postLogoutRedirectUris: hosts.map((host) => `https://${host}/`),
      secret: clientSecret(app.name),
    },
  ];
}

/**
 * Log-in by OIDC at the gateway. The browser goes to Keycloak through the gateway; the code is changed for a token at
 * Keycloak's Service, so that no call leaves the cluster to come back in. No cookie domain: a session is for one host.
 */
export function browser(target: Protected): Protections {
  const { app, host, facts } = target;
  const identity = identityOf(facts);
  const { name, namespace, port } = identity.service;
  const policy = policyOn(target, {
    oidc: {
      provider: {
        issuer: identity.issuer,
        authorizationEndpoint: identity.authorizationEndpoint,
        tokenEndpoint: identity.internal.tokenEndpoint,
        endSessionEndpoint: identity.endSessionEndpoint,
        backendRefs: [{ name, namespace, port }],
      },
      clientID: browserClientId(app.name),
      clientSecret: { name: clientSecret(app.name).name },
      redirectURL: `https://${host.host}${CALLBACK_PATH}`,
      logoutPath: LOGOUT_PATH,
      scopes: ["openid", "profile", "email"],
      refreshToken: true,
      // A script that calls in the background cannot follow a log-in: it is told 401 instead.
      denyRedirect: { headers: [{ name: "X-Requested-With", type: "Exact", value: "XMLHttpRequest" }] },
    },
  });
  return { objects: [policy], grants: [{ namespace, service: name, from: FROM_POLICY }] };
}
