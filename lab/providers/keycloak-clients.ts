/** Clients, as `provider/resource_keycloak_openid_{client,client_default_scopes,client_optional_scopes,audience_protocol_mapper}.go` treat them. */
import { AdapterError, type CheckProblem, type Inputs, type ResourceAdapter } from "./adapter";
import type { KeycloakApi, Representation } from "./keycloak-api";
import { realmAndId, realmPath, realmResource, textOf, textsOf } from "./keycloak-resource";
import { audienceMapper, client, clientDefaultScopes, clientOptionalScopes } from "./keycloak-tables";
import { isObject } from "./values";

const FLOWS = ["standardFlowEnabled", "implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled"] as const;
const ACCESS_TYPES = ["CONFIDENTIAL", "PUBLIC"];
const POST_LOGOUT = "post.logout.redirect.uris";
const PKCE = "pkce.code.challenge.method";

/** `openid.Client`. Without a secret of its own Keycloak makes one, which stays. */
export function clientAdapter(): ResourceAdapter {
  return realmResource({
    table: client,
    known: ["accessType", "clientId", "clientSecret", "enabled", "fullScopeAllowed", "name", "pkceCodeChallengeMethod", "realmId"].concat([
      "validPostLogoutRedirectUris",
      "validRedirectUris",
      "webOrigins",
      ...FLOWS,
    ]),
    defaults: { enabled: true, fullScopeAllowed: true },
    filled: ["clientSecret", "validPostLogoutRedirectUris", "validRedirectUris", "webOrigins", ...FLOWS],
    replaceOn: ["realmId"],
    check: clientProblems,
    place: realmAndId,
    create: async (inputs, api) => {
      await api.get("/serverinfo"); // for the themes there are
      return api.post(`${realmPath(inputs)}/clients`, bodyOf(inputs));
    },
    find: async (id, at, api) => {
      const found = await api.find(`${realmPath(at)}/clients/${id}`);
      return found && outputsOf(id, found, at, api);
    },
    update: async (id, _old, inputs, api) => {
      await api.get("/serverinfo");
      await api.put(`${realmPath(inputs)}/clients/${id}`, { id, ...bodyOf(inputs) });
    },
    delete: (id, state, api) => api.delete(`${realmPath(state)}/clients/${id}`),
  });
}

/** What the provider refuses no later than when it makes the client. */
function clientProblems(inputs: Inputs): readonly CheckProblem[] {
  const isBrowser = inputs["standardFlowEnabled"] === true || inputs["implicitFlowEnabled"] === true;
  const uris = textsOf(inputs, "validRedirectUris");
  const found: CheckProblem[] = [];
  if (!ACCESS_TYPES.includes(textOf(inputs, "accessType")))
    found.push({ property: "accessType", reason: `accessType must be one of ${ACCESS_TYPES.join(", ")}` });
  if (isBrowser && uris.length === 0)
    found.push({ property: "validRedirectUris", reason: "standard and implicit flows require at least one valid redirect uri" });
  if (!isBrowser && uris.length > 0)
    found.push({ property: "validRedirectUris", reason: "cannot be set when standard or implicit flow is not enabled" });
  if (inputs["serviceAccountsEnabled"] === true && inputs["accessType"] === "PUBLIC")
    found.push({ property: "serviceAccountsEnabled", reason: "service accounts cannot be enabled on public clients" });
  return found;
}

/** The provider writes every attribute that it knows, those that nobody set as empty texts or `false`. */
function bodyOf(inputs: Inputs): Representation {
  const secret = textOf(inputs, "clientSecret");
  return {
    clientId: inputs["clientId"],
    name: textOf(inputs, "name"),
    protocol: "openid-connect",
    clientAuthenticatorType: "client-secret",
    ...(secret === "" ? {} : { secret }),
    enabled: inputs["enabled"],
    description: "",
    publicClient: inputs["accessType"] === "PUBLIC",
    bearerOnly: false,
    ...Object.fromEntries(FLOWS.map((flow) => [flow, inputs[flow] === true])),
    frontchannelLogout: false,
    authorizationServicesEnabled: false,
    redirectUris: textsOf(inputs, "validRedirectUris"),
    webOrigins: textsOf(inputs, "webOrigins"),
    adminUrl: "",
    baseUrl: "",
    fullScopeAllowed: inputs["fullScopeAllowed"],
    consentRequired: false,
    alwaysDisplayInConsole: false,
    attributes: {
      [PKCE]: textOf(inputs, "pkceCodeChallengeMethod"),
      [POST_LOGOUT]: textsOf(inputs, "validPostLogoutRedirectUris").join("##"),
      "access.token.lifespan": "",
      "use.refresh.tokens": "true",
      "client_credentials.use_refresh_token": "false",
      "backchannel.logout.session.required": "true",
      "display.on.consent.screen": "false",
      "exclude.session.state.from.auth.response": "false",
      "exclude.issuer.from.auth.response": "false",
      "oauth2.device.authorization.grant.enabled": "false",
    },
  };
}

async function outputsOf(id: string, found: Representation, at: Inputs, api: KeycloakApi): Promise<Inputs> {
  const path = `${realmPath(at)}/clients/${id}`;
  const secret = await api.get(`${path}/client-secret`);
  const account = found["serviceAccountsEnabled"] === true ? await api.get(`${path}/service-account-user`) : undefined;
  const attributes: Inputs = isObject(found["attributes"]) ? found["attributes"] : {};
  return {
    realmId: at["realmId"],
    clientId: found["clientId"],
    name: textOf(found, "name"),
    enabled: found["enabled"],
    accessType: found["publicClient"] === true ? "PUBLIC" : "CONFIDENTIAL",
    clientSecret: textOf(secret, "value"),
    ...Object.fromEntries(FLOWS.map((flow) => [flow, found[flow] === true])),
    fullScopeAllowed: found["fullScopeAllowed"],
    validRedirectUris: textsOf(found, "redirectUris"),
    webOrigins: textsOf(found, "webOrigins"),
    validPostLogoutRedirectUris: textOf(attributes, POST_LOGOUT).split("##").filter(Boolean),
    pkceCodeChallengeMethod: textOf(attributes, PKCE),
    serviceAccountUserId: account === undefined ? "" : textOf(account, "id"),
  };
}

/** `openid.ClientDefaultScopes` and `openid.ClientOptionalScopes`: exactly these scopes, by name. */
export function clientScopesAdapter(kind: "default" | "optional"): ResourceAdapter {
  const name = `${kind}Scopes`;
  const path = (inputs: Inputs): string => `${realmPath(inputs)}/clients/${textOf(inputs, "clientId")}`;
  const attached = async (of: "default" | "optional", inputs: Inputs, api: KeycloakApi): Promise<readonly string[]> =>
    (await api.get<readonly Representation[]>(`${path(inputs)}/${of}-client-scopes`)).map((each) => textOf(each, "name"));
  const reconcile = async (inputs: Inputs, api: KeycloakApi): Promise<void> => {
    const [wanted, there] = [textsOf(inputs, name), await attached(kind, inputs, api)];
    await detach(
      there.filter((each) => !wanted.includes(each)),
      inputs,
      api,
    );
    const missing = wanted.filter((each) => !there.includes(each));
    const elsewhere = missing.length === 0 ? [] : await attached(kind === "default" ? "optional" : "default", inputs, api);
    for (const scope of await scopesNamed(missing, inputs, api)) {
      if (elsewhere.includes(scope.name)) throw new AdapterError(`validation error: scope ${scope.name} is attached to the client already`);
      await api.put(`${path(inputs)}/${kind}-client-scopes/${scope.id}`);
    }
  };
  const detach = async (names: readonly string[], inputs: Inputs, api: KeycloakApi): Promise<void> => {
    for (const { id } of await scopesNamed(names, inputs, api)) await api.delete(`${path(inputs)}/${kind}-client-scopes/${id}`);
  };
  return realmResource({
    table: kind === "default" ? clientDefaultScopes : clientOptionalScopes,
    known: ["clientId", "realmId", name],
    replaceOn: ["clientId", "realmId"],
    create: async (inputs, api) => {
      await reconcile(inputs, api);
      return `${textOf(inputs, "realmId")}/${textOf(inputs, "clientId")}`;
    },
    find: async (_id, at, api) => ((await api.find(path(at))) === undefined ? undefined : { ...at, [name]: await attached(kind, at, api) }),
    update: (_id, _old, inputs, api) => reconcile(inputs, api),
    delete: (_id, state, api) => detach(textsOf(state, name), state, api),
  });
}

async function scopesNamed(
  names: readonly string[],
  inputs: Inputs,
  api: KeycloakApi,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (names.length === 0) return [];
  const all = (await api.get<readonly Representation[]>(`${realmPath(inputs)}/client-scopes`)).map((scope) => ({
    id: textOf(scope, "id"),
    name: textOf(scope, "name"),
  }));
  const missing = names.find((name) => !all.some((scope) => scope.name === name));
  if (missing !== undefined) throw new AdapterError(`validation error: scope ${missing} does not exist`);
  return all.filter((scope) => names.includes(scope.name));
}

/** `openid.AudienceProtocolMapper`, of a client and with an audience of any text. */
export function audienceMapperAdapter(): ResourceAdapter {
  const path = (inputs: Inputs): string => `${realmPath(inputs)}/clients/${textOf(inputs, "clientId")}/protocol-mappers/models`;
  const body = (inputs: Inputs): Representation => ({
    name: inputs["name"],
    protocol: "openid-connect",
    protocolMapper: "oidc-audience-mapper",
    config: {
      "id.token.claim": String(inputs["addToIdToken"]),
      "access.token.claim": String(inputs["addToAccessToken"]),
      "introspection.token.claim": String(inputs["addToTokenIntrospection"]),
      "included.client.audience": "",
      "included.custom.audience": textOf(inputs, "includedCustomAudience"),
    },
  });
  return realmResource({
    table: audienceMapper,
    known: ["addToAccessToken", "addToIdToken", "addToTokenIntrospection", "clientId", "includedCustomAudience", "name", "realmId"],
    defaults: { addToAccessToken: true, addToIdToken: true, addToTokenIntrospection: true },
    replaceOn: ["clientId", "realmId"],
    place: (importId) => {
      const [realmId = "", , clientId = "", id = ""] = importId.split("/"); // realm/client/<client>/<mapper>
      return { id, at: { realmId, clientId } };
    },
    create: (inputs, api) => api.post(path(inputs), body(inputs)),
    find: async (id, at, api) => {
      const found = await api.find(`${path(at)}/${id}`);
      const config: Inputs = isObject(found?.["config"]) ? found["config"] : {};
      return (
        found && {
          realmId: at["realmId"],
          clientId: at["clientId"],
          name: found["name"],
          includedCustomAudience: textOf(config, "included.custom.audience"),
          addToIdToken: config["id.token.claim"] === "true",
          addToAccessToken: config["access.token.claim"] === "true",
          addToTokenIntrospection: config["introspection.token.claim"] === "true",
        }
      );
    },
    update: (id, _old, inputs, api) => api.put(`${path(inputs)}/${id}`, { id, ...body(inputs) }),
    delete: (id, state, api) => api.delete(`${path(state)}/${id}`),
  });
}
