import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import { type ClientRepresentation, clientRepresentation } from "../../platform/keycloak/client";
import type { Realm } from "./realm";
import type { IdentitySettings } from "./settings";

/** Makes every client as the tree would, with its scopes and audiences. @returns the secrets that Keycloak made, by client id. */
export function makeClients(wanted: IdentitySettings["clients"], realm: Realm): Readonly<Record<string, pulumi.Output<string>>> {
  const secrets = Object.entries(wanted).flatMap(([id, settings]) => {
    const client = makeClient(clientRepresentation({ id, ...settings }), realm);
    return settings.flow === "public" ? [] : [[id, client.clientSecret] as const];
  });
  return Object.fromEntries(secrets);
}

function makeClient(wanted: ClientRepresentation, realm: Realm): keycloak.openid.Client {
  const id = wanted.clientId;
  const client = new keycloak.openid.Client(id, clientArgs(wanted, realm.name), {
    ...realm.options,
    // Another flow is another client: what Keycloak filled in for the old one would stay.
    replaceOnChanges: ["accessType", "standardFlowEnabled"],
    deleteBeforeReplace: true,
  });
  const of = { realmId: realm.name, clientId: client.id };
  const options = { ...realm.options, deletedWith: client };
  new keycloak.openid.ClientDefaultScopes(id, { ...of, defaultScopes: [...wanted.defaultClientScopes] }, options);
  new keycloak.openid.ClientOptionalScopes(id, { ...of, optionalScopes: [...wanted.optionalClientScopes] }, options);
  for (const { name, config } of wanted.protocolMappers) {
    new keycloak.openid.AudienceProtocolMapper(
      `${id}-${name}`,
      {
        ...of,
        name,
        includedCustomAudience: config["included.custom.audience"],
        addToIdToken: config["id.token.claim"] === "true",
        addToAccessToken: config["access.token.claim"] === "true",
        addToTokenIntrospection: config["introspection.token.claim"] === "true",
      },
      options,
    );
  }
  return client;
}

/** The provider's words for what the admin API calls otherwise. */
export function clientArgs(wanted: ClientRepresentation, realmId: string): keycloak.openid.ClientArgs {
  return {
    realmId,
    clientId: wanted.clientId,
    name: wanted.name,
    enabled: wanted.enabled,
    accessType: wanted.publicClient ? "PUBLIC" : "CONFIDENTIAL",
    standardFlowEnabled: wanted.standardFlowEnabled,
    implicitFlowEnabled: wanted.implicitFlowEnabled,
    directAccessGrantsEnabled: wanted.directAccessGrantsEnabled,
    serviceAccountsEnabled: wanted.serviceAccountsEnabled,
    fullScopeAllowed: wanted.fullScopeAllowed,
    validRedirectUris: [...wanted.redirectUris],
    validPostLogoutRedirectUris: (wanted.attributes["post.logout.redirect.uris"] ?? "").split("##").filter(Boolean),
    webOrigins: [...wanted.webOrigins],
    pkceCodeChallengeMethod: wanted.attributes["pkce.code.challenge.method"] ?? "",
  };
}
