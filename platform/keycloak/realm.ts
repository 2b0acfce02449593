import {
  identityProviderMappers,
  identityProviders,
  providerRoles,
  type IdentityProvider,
  type IdentityProviderMapper,
} from "./identity-providers";
import { ADMIN_ROLE, ADMINS_GROUP } from "./names";
import type { KeycloakOptions } from "./options";
import { variable } from "./variables";

/** Client scope that puts the groups of a user into tokens, as the claim `groups`. */
export const GROUPS_SCOPE = "groups";

/**
 * Client scope through which the realm's roles reach the tokens of clients that may not see every role. It is apart
 * from `groups`, since Keycloak withholds a scope with roles from users who have none of them.
 */
export const ROLES_SCOPE = "realm-roles";

/** A mapper that writes a claim. */
export interface ProtocolMapper {
  readonly name: string;
  readonly protocol: "openid-connect";
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

interface ClientScope {
  readonly name: string;
  readonly description: string;
  readonly protocol: "openid-connect";
  readonly attributes: Readonly<Record<string, string>>;
  readonly protocolMappers: readonly ProtocolMapper[];
}

/** The realm as Keycloak's admin API writes it, as far as the platform owns it. */
export interface Realm {
  readonly realm: string;
  readonly enabled: true;
  readonly roles: { readonly realm: readonly { readonly name: string; readonly description: string }[] };
  readonly groups: readonly { readonly name: string; readonly realmRoles: readonly string[] }[];
  readonly clientScopes: readonly ClientScope[];
  readonly scopeMappings: readonly { readonly clientScope: string; readonly roles: readonly string[] }[];
  readonly identityProviders: readonly IdentityProvider[];
  readonly identityProviderMappers: readonly IdentityProviderMapper[];
  readonly smtpServer?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

/** Characters that a password of the realm has at least. */
export const PASSWORD_LENGTH = 12;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What is written down of log-ins and log-outs. */
const EVENTS = ["LOGIN", "LOGIN_ERROR", "LOGOUT", "LOGOUT_ERROR", "CODE_TO_TOKEN_ERROR", "REFRESH_TOKEN_ERROR", "CLIENT_LOGIN_ERROR"]
  .concat(["REGISTER", "UPDATE_CREDENTIAL", "REMOVE_CREDENTIAL", "RESET_PASSWORD", "IDENTITY_PROVIDER_FIRST_LOGIN"])
  .concat(["IDENTITY_PROVIDER_LOGIN_ERROR", "USER_DISABLED_BY_PERMANENT_LOCKOUT", "USER_DISABLED_BY_TEMPORARY_LOCKOUT"]);

/**
 * The realm without its clients, which come each on its own. It holds no secret: where one belongs stands the name of
 * the variable that the importer has it in.
 */
export function realmOf(options: KeycloakOptions): Realm {
  const roles = realmRoles(options);
  const mail = options.smtp !== undefined;
  return {
    realm: options.realm,
    enabled: true,
    sslRequired: "external",
    registrationAllowed: false,
    rememberMe: true,
    loginWithEmailAllowed: true,
    duplicateEmailsAllowed: false,
    resetPasswordAllowed: mail,
    verifyEmail: mail,
    passwordPolicy: `length(${PASSWORD_LENGTH}) and notUsername and notEmail`,
    ...bruteForce(options),
    ...sessions(options),
    eventsEnabled: true,
    eventsExpiration: options.eventsRetentionDays * DAY,
    enabledEventTypes: EVENTS,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: false,
    attributes: { adminEventsExpiration: String(options.eventsRetentionDays * DAY) },
    roles: { realm: roles.map((name) => ({ name, description: `Role ${name} of the platform` })) },
    groups: groups(options),
    clientScopes: [groupsScope(), rolesScope()],
    scopeMappings: [{ clientScope: ROLES_SCOPE, roles }],
    identityProviders: identityProviders(options.identityProviders),
    identityProviderMappers: identityProviderMappers(options.identityProviders),
    ...(options.smtp === undefined ? {} : { smtpServer: smtpServer(options.smtp) }),
  };
}

/**
 * Keycloak's own realm, as far as the platform owns it: its log-in is reached from wherever the others' is, administers
 * everything, and lets anybody guess for ever by default.
 */
export function masterOf(options: KeycloakOptions): Readonly<Record<string, unknown>> & { readonly realm: "master" } {
  return { realm: "master", ...bruteForce(options) };
}

function realmRoles({ roles, groups: given, identityProviders: providers }: KeycloakOptions): readonly string[] {
  return [...new Set([ADMIN_ROLE, ...roles, ...Object.values(given).flat(), ...providerRoles(providers)])].sort();
}

function groups({ groups: given }: KeycloakOptions): Realm["groups"] {
  return Object.entries({ ...given, [ADMINS_GROUP]: [...new Set([ADMIN_ROLE, ...(given[ADMINS_GROUP] ?? [])])] })
    .map(([name, roles]) => ({ name, realmRoles: [...roles].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function bruteForce({ bruteForce: { failures, maxWaitSeconds } }: KeycloakOptions): Readonly<Record<string, unknown>> {
  return {
    bruteForceProtected: true,
    permanentLockout: false,
    failureFactor: failures,
    waitIncrementSeconds: MINUTE,
    maxFailureWaitSeconds: maxWaitSeconds,
    minimumQuickLoginWaitSeconds: MINUTE,
    quickLoginCheckMilliSeconds: 1000,
    maxDeltaTimeSeconds: 12 * HOUR,
  };
}

function sessions({ sessions: { idleMinutes, maxHours, accessTokenMinutes } }: KeycloakOptions): Readonly<Record<string, unknown>> {
  return {
    accessTokenLifespan: accessTokenMinutes * MINUTE,
    ssoSessionIdleTimeout: idleMinutes * MINUTE,
    ssoSessionMaxLifespan: maxHours * HOUR,
  };
}

function groupsScope(): ClientScope {
  return {
    name: GROUPS_SCOPE,
    description: "Groups of the user",
    protocol: "openid-connect",
    attributes: { "include.in.token.scope": "true", "display.on.consent.screen": "false" },
    protocolMappers: [
      {
        name: "groups",
        protocol: "openid-connect",
        protocolMapper: "oidc-group-membership-mapper",
        config: {
          "claim.name": "groups",
          "full.path": "false",
          // Keycloak adds it to a new mapper and takes it away with an update that does not have it.
          multivalued: "true",
          "access.token.claim": "true",
          "id.token.claim": "true",
          "userinfo.token.claim": "true",
          "introspection.token.claim": "true",
        },
      },
    ],
  };
}

function rolesScope(): ClientScope {
  return {
    name: ROLES_SCOPE,
    description: "Roles of the platform",
    protocol: "openid-connect",
    attributes: { "include.in.token.scope": "false", "display.on.consent.screen": "false" },
    protocolMappers: [],
  };
}

function smtpServer(smtp: NonNullable<KeycloakOptions["smtp"]>): Readonly<Record<string, string>> {
  return {
    host: smtp.host,
    port: String(smtp.port),
    from: smtp.from,
    fromDisplayName: smtp.fromName,
    starttls: String(smtp.encryption === "starttls"),
    ssl: String(smtp.encryption === "tls"),
    ...(smtp.user === undefined ? { auth: "false" } : { auth: "true", user: smtp.user, password: variable("SMTP_PASSWORD") }),
  };
}
