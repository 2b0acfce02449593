import type { OidcClientRequest } from "../kit/requests";
import { GROUPS_SCOPE, ROLES_SCOPE, type ProtocolMapper } from "./realm";
import { variable } from "./variables";

/** Variable of the import that holds the client's secret. */
export const CLIENT_SECRET_VARIABLE = "CLIENT_SECRET";

/**
 * Keycloak's own scopes that each client has (`basic` brings `sub`), and ours. `openid` is none: a client that lists it
 * is refused.
 */
const SCOPES = ["acr", "basic", "email", "profile", "roles", "web-origins", GROUPS_SCOPE, ROLES_SCOPE] as const;

/** A client as Keycloak's admin API writes it, without its secret. */
export interface ClientRepresentation {
  readonly clientId: string;
  readonly name: string;
  readonly enabled: true;
  readonly protocol: "openid-connect";
  readonly publicClient: boolean;
  readonly clientAuthenticatorType?: "client-secret";
  readonly standardFlowEnabled: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly implicitFlowEnabled: false;
  readonly directAccessGrantsEnabled: false;
  readonly fullScopeAllowed: false;
  readonly redirectUris: readonly string[];
  readonly webOrigins: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly defaultClientScopes: readonly string[];
  readonly optionalClientScopes: readonly string[];
  readonly protocolMappers: readonly ProtocolMapper[];
}

/** What one client adds to the realm, as Keycloak's admin API writes it. */
export interface ClientImport {
  readonly realm: string;
  readonly clients: readonly [ClientRepresentation & { readonly secret?: string }];
  readonly roles?: { readonly client: Readonly<Record<string, readonly { readonly name: string }[]>> };
}

/**
 * A client as the realm gets it, whoever brings it there: the in-cluster import or `stacks/identity`.
 * @throws Error when a redirect URI has a wildcard: a page that anybody controls may match it.
 */
export function clientRepresentation(request: OidcClientRequest): ClientRepresentation {
  const { id, flow, redirectUris = [], postLogoutRedirectUris = [] } = request;
  const wildcard = [...redirectUris, ...postLogoutRedirectUris].find((uri) => uri.includes("*"));
  if (wildcard !== undefined) throw new Error(`the client ${id} wants the redirect URI ${wildcard}; it must be exact`);
  return {
    clientId: id,
    name: id,
    enabled: true,
    protocol: "openid-connect",
    publicClient: flow === "public",
    ...(flow === "public" ? {} : { clientAuthenticatorType: "client-secret" }),
    standardFlowEnabled: flow !== "service",
    serviceAccountsEnabled: flow === "service",
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    // A token for one app must not carry the roles of another, and with them its audience.
    fullScopeAllowed: false,
    redirectUris: [...redirectUris].sort(),
    webOrigins: flow === "public" ? origins(redirectUris) : [],
    attributes: {
      "post.logout.redirect.uris": [...postLogoutRedirectUris].sort().join("##"),
      // Only a client without a secret must; one that does not send a challenge could not log in at all.
      ...(flow === "public" ? { "pkce.code.challenge.method": "S256" } : {}),
    },
    defaultClientScopes: [...SCOPES, ...(flow === "service" ? ["service_account"] : [])].sort(),
    optionalClientScopes: ["offline_access"],
    protocolMappers: [id, ...(request.audiences ?? []).filter((audience) => audience !== id)].sort().map(audienceMapper),
  };
}

/** A client as the in-cluster import gets it. @throws Error as `clientRepresentation`. */
export function clientImport(realm: string, request: OidcClientRequest): ClientImport {
  const { id, flow, roles = [] } = request;
  const secret = flow === "public" ? {} : { secret: variable(CLIENT_SECRET_VARIABLE) };
  return {
    realm,
    clients: [{ ...clientRepresentation(request), ...secret }],
    ...(roles.length === 0 ? {} : { roles: { client: { [id]: [...roles].sort().map((name) => ({ name })) } } }),
  };
}

function origins(uris: readonly string[]): readonly string[] {
  const web = uris.filter((uri) => /^https?:/.test(uri)).map((uri) => new URL(uri).origin);
  return [...new Set(web)].sort();
}

/** Keycloak names no client in the audience of its own access tokens, so each gets itself, too. */
function audienceMapper(audience: string): ProtocolMapper {
  return {
    name: `audience-${audience}`,
    protocol: "openid-connect",
    protocolMapper: "oidc-audience-mapper",
    config: {
      "included.custom.audience": audience,
      "access.token.claim": "true",
      "id.token.claim": "false",
      // Keycloak writes it down by itself for a new mapper and not for one that it updates.
      "userinfo.token.claim": "false",
      "introspection.token.claim": "true",
    },
  };
}
