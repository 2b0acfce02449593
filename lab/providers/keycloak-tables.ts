/** Inputs of the Keycloak provider's resources and functions that `stacks/identity` uses, named as in the SDK `@pulumi/keycloak`. */
import { flag, listOf, mapOf, number, objectOf, required, text, type PropertyTable } from "./property-table";

/** Configuration of the provider. */
export const configuration: PropertyTable = {
  properties: {
    accessToken: text,
    additionalHeaders: mapOf(text),
    adminUrl: text,
    basePath: text,
    clientId: text,
    clientSecret: text,
    clientTimeout: number,
    initialLogin: flag,
    jwtSigningAlg: text,
    jwtSigningKey: text,
    jwtToken: text,
    jwtTokenFile: text,
    keycloakVersion: text,
    password: text,
    realm: text,
    redHatSso: flag,
    rootCaCertificate: text,
    tlsClientCertificate: text,
    tlsClientPrivateKey: text,
    tlsInsecureSkipVerify: flag,
    url: text,
    username: text,
  },
};

/** `Group`. */
export const group: PropertyTable = {
  properties: {
    attributes: mapOf(text),
    description: text,
    name: text,
    organizationId: text,
    parentId: text,
    realmId: required(text),
  },
  computed: ["path"],
};

/** `GroupRoles`. */
export const groupRoles: PropertyTable = {
  properties: { exhaustive: flag, groupId: required(text), realmId: required(text), roleIds: required(listOf(text)) },
};

/** `User`. */
export const user: PropertyTable = {
  properties: {
    attributes: mapOf(text),
    email: text,
    emailVerified: flag,
    enabled: flag,
    federatedIdentities: listOf(objectOf({ identityProvider: required(text), userId: required(text), userName: required(text) })),
    firstName: text,
    import: flag,
    initialPassword: objectOf({ temporary: flag, value: required(text) }),
    lastName: text,
    realmId: required(text),
    requiredActions: listOf(text),
    username: required(text),
  },
};

/** `UserGroups`. */
export const userGroups: PropertyTable = {
  properties: { exhaustive: flag, groupIds: required(listOf(text)), realmId: required(text), userId: required(text) },
};

/** `UserRoles`. */
export const userRoles: PropertyTable = {
  properties: { exhaustive: flag, realmId: required(text), roleIds: required(listOf(text)), userId: required(text) },
};

/** `openid.Client`. */
export const client: PropertyTable = {
  properties: {
    accessTokenLifespan: text,
    accessType: required(text),
    adminUrl: text,
    allowRefreshTokenInStandardTokenExchange: text,
    alwaysDisplayInConsole: flag,
    authenticationFlowBindingOverrides: objectOf({ browserId: text, directGrantId: text }),
    authorization: objectOf({
      allowRemoteResourceManagement: flag,
      decisionStrategy: text,
      keepDefaults: flag,
      policyEnforcementMode: required(text),
    }),
    backchannelLogoutRevokeOfflineSessions: flag,
    backchannelLogoutSessionRequired: flag,
    backchannelLogoutUrl: text,
    baseUrl: text,
    clientAuthenticatorType: text,
    clientId: text,
    clientOfflineSessionIdleTimeout: text,
    clientOfflineSessionMaxLifespan: text,
    clientSecret: text,
    clientSecretRegenerateWhenChanged: mapOf(text),
    clientSecretWo: text,
    clientSecretWoVersion: text,
    clientSessionIdleTimeout: text,
    clientSessionMaxLifespan: text,
    consentRequired: flag,
    consentScreenText: text,
    description: text,
    directAccessGrantsEnabled: flag,
    displayOnConsentScreen: flag,
    enabled: flag,
    excludeIssuerFromAuthResponse: flag,
    excludeSessionStateFromAuthResponse: flag,
    extraConfig: mapOf(text),
    frontchannelLogoutEnabled: flag,
    frontchannelLogoutUrl: text,
    fullScopeAllowed: flag,
    implicitFlowEnabled: flag,
    import: flag,
    loginTheme: text,
    name: text,
    oauth2DeviceAuthorizationGrantEnabled: flag,
    oauth2DeviceCodeLifespan: text,
    oauth2DevicePollingInterval: text,
    oauth2JwtAuthorizationGrantEnabled: flag,
    oauth2JwtAuthorizationGrantIdp: text,
    pkceCodeChallengeMethod: text,
    realmId: required(text),
    requireDpopBoundTokens: flag,
    rootUrl: text,
    serviceAccountsEnabled: flag,
    standardFlowEnabled: flag,
    standardTokenExchangeEnabled: flag,
    useRefreshTokens: flag,
    useRefreshTokensClientCredentials: flag,
    validPostLogoutRedirectUris: listOf(text),
    validRedirectUris: listOf(text),
    webOrigins: listOf(text),
  },
  secretOutputs: ["clientSecret", "clientSecretWo"],
  computed: ["clientSecret", "resourceServerId", "serviceAccountUserId"],
};

/** `openid.ClientDefaultScopes`. */
export const clientDefaultScopes: PropertyTable = {
  properties: { clientId: required(text), defaultScopes: required(listOf(text)), realmId: required(text) },
};

/** `openid.ClientOptionalScopes`. */
export const clientOptionalScopes: PropertyTable = {
  properties: { clientId: required(text), optionalScopes: required(listOf(text)), realmId: required(text) },
};

/** `openid.AudienceProtocolMapper`. */
export const audienceMapper: PropertyTable = {
  properties: {
    addToAccessToken: flag,
    addToIdToken: flag,
    addToTokenIntrospection: flag,
    clientId: text,
    clientScopeId: text,
    includedClientAudience: text,
    includedCustomAudience: text,
    name: text,
    realmId: required(text),
  },
};

/** Arguments of `getGroup`. */
export const getGroup: PropertyTable = {
  properties: { description: text, groupPath: text, name: text, organizationId: text, realmId: required(text) },
};

/** Arguments of `getRole`. */
export const getRole: PropertyTable = { properties: { clientId: text, name: required(text), realmId: required(text) } };
