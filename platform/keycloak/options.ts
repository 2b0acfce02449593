import { z } from "zod";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A name in the realm. */
export const realmName = z.string().regex(NAME, "must be a DNS label");
const name = realmName;

/** A wildcard in a redirect hands log-ins to whoever controls a page that matches. */
const exactUrl = z.url().refine((url) => !url.includes("*"), {
  error: "must be an exact URL, without a wildcard",
  params: { rule: "platform.exact-url", fix: "write each URL whole" },
});

const defaultRole = name.optional().describe("Role of everybody who logs in this way.");

const google = z.strictObject({
  /** Client id of the OAuth client; its secret is the config secret `keycloak-google-client-secret`. */
  clientId: z.string().min(1).describe("Client id of the OAuth client; its secret is the config secret `keycloak-google-client-secret`."),
  /** Google Workspace domain that accounts must be of; without it anybody with a Google account can log in. */
  hostedDomain: z
    .hostname()
    .optional()
    .describe("Google Workspace domain that accounts must be of; without it anybody with a Google account can log in."),
  /** Role of everybody who logs in this way. */
  role: defaultRole,
});

const microsoft = z.strictObject({
  /** Client id of the Entra app; its secret is the config secret `keycloak-microsoft-client-secret`. */
  clientId: z.string().min(1).describe("Client id of the Entra app; its secret is the config secret `keycloak-microsoft-client-secret`."),
  /** Id of the tenant (a GUID): only its accounts can log in. */
  tenant: z
    .string()
    .regex(GUID, "must be the tenant's id, a GUID in lower case")
    .describe("Id of the tenant (a GUID): only its accounts can log in."),
  /** Role of everybody who logs in this way. */
  role: defaultRole,
  /** Object id of an Entra group -> role of its members, taken away again when they leave the group. */
  groupRoles: z
    .record(z.string().regex(GUID, "must be the object id of the group, a GUID in lower case"), name)
    .default({})
    .describe("Object id of an Entra group -> role of its members, taken away again when they leave the group."),
});

const github = z.strictObject({
  /** Client id of the OAuth app; its secret is the config secret `keycloak-github-client-secret`. */
  clientId: z.string().min(1).describe("Client id of the OAuth app; its secret is the config secret `keycloak-github-client-secret`."),
  /** Role of everybody who logs in this way. */
  role: defaultRole,
});

const smtp = z.strictObject({
  /** Host of the mail server. */
  host: z.hostname().describe("Host of the mail server."),
  /** Port of the mail server. */
  port: z.int().min(1).max(65535).default(587).describe("Port of the mail server."),
  /** `starttls`, `tls` from the first byte, or `none`. */
  encryption: z.enum(["starttls", "tls", "none"]).default("starttls").describe("`starttls`, `tls` from the first byte, or `none`."),
  /** Sender's address. */
  from: z.email().describe("Sender's address."),
  /** Sender's name. */
  fromName: z.string().default("Keycloak").describe("Sender's name."),
  /** User at the mail server; its password is the config secret `keycloak-smtp-password`. */
  user: z.string().optional().describe("User at the mail server; its password is the config secret `keycloak-smtp-password`."),
});

/** A client of a program that is no app. */
export const realmClient = z.strictObject({
  /** `code`: log-in by browser; `public`: the same without a secret, with PKCE; `service`: a program with its own credentials. */
  flow: z
    .enum(["code", "public", "service"])
    .describe("`code`: log-in by browser; `public`: the same without a secret, with PKCE; `service`: a program with its own credentials."),
  /** Exact URLs that a log-in may return to. */
  redirectUris: z.array(exactUrl).default([]).describe("Exact URLs that a log-in may return to."),
  /** Exact URLs that a log-out may return to. */
  postLogoutRedirectUris: z.array(exactUrl).default([]).describe("Exact URLs that a log-out may return to."),
  /** Audiences of its access tokens besides its own, such as the subdomain of a host with the protection `api`. */
  audiences: z
    .array(z.string().min(1))
    .default([])
    .describe("Audiences of its access tokens besides its own, such as the subdomain of a host with the protection `api`."),
});

/** Options of the app `keycloak`. */
export const keycloakOptions = z.strictObject({
  /** First label of the host, below the primary domain. */
  subdomain: name.default("auth").describe("First label of the host, below the primary domain."),
  /** Name of the realm; part of every issuer URL, so it stays. */
  realm: name
    .refine((realm) => realm !== "master", "must not be Keycloak's own realm")
    .default("home")
    .describe("Name of the realm; part of every issuer URL, so it stays."),
  /** Pods; each takes 2 GiB of memory. */
  instances: z.int().min(1).max(10).default(1).describe("Pods; each takes 2 GiB of memory."),
  /** `cnpg`: a CloudNativePG cluster with backups; `embedded`: one PostgreSQL pod without. */
  database: z
    .enum(["cnpg", "embedded"])
    .default("cnpg")
    .describe("`cnpg`: a CloudNativePG cluster with backups; `embedded`: one PostgreSQL pod without."),
  /** Size of the database's volume in GiB. */
  databaseSizeGiB: z.int().min(1).default(5).describe("Size of the database's volume in GiB."),
  /** Pods of a `cnpg` database. */
  databaseInstances: z.int().min(1).max(5).default(1).describe("Pods of a `cnpg` database."),
  /** Features of Keycloak that are off by default. */
  features: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*(:v\d+)?$/))
    .default([])
    .describe("Features of Keycloak that are off by default."),
  /** Share of requests that are traced, 0 to 1; only while Tempo is on. */
  tracingRatio: z.number().min(0).max(1).default(0.1).describe("Share of requests that are traced, 0 to 1; only while Tempo is on."),
  /** Mail server for verification and forgotten passwords; without it Keycloak sends no mail. */
  smtp: smtp.optional().describe("Mail server for verification and forgotten passwords; without it Keycloak sends no mail."),
  /** When an account is locked for a while. */
  bruteForce: z
    .strictObject({
      /** Wrong passwords before an account is locked. */
      failures: z.int().min(1).max(100).default(5).describe("Wrong passwords before an account is locked."),
      /** Longest lock, in seconds. */
      maxWaitSeconds: z.int().min(60).default(900).describe("Longest lock, in seconds."),
    })
    .prefault({})
    .describe("When an account is locked for a while."),
  /** How long log-ins last. */
  sessions: z
    .strictObject({
      /** Minutes without activity. */
      idleMinutes: z.int().min(1).default(60).describe("Minutes without activity."),
      /** Hours in all. */
      maxHours: z.int().min(1).default(10).describe("Hours in all."),
      /** Minutes that one access token is good for. */
      accessTokenMinutes: z.int().min(1).max(60).default(5).describe("Minutes that one access token is good for."),
    })
    .prefault({})
    .describe("How long log-ins last."),
  /** Days that log-in and admin events are kept in the database. */
  eventsRetentionDays: z.int().min(1).max(365).default(30).describe("Days that log-in and admin events are kept in the database."),
  /** Realm roles besides those that groups and identity providers name. */
  roles: z.array(name).default([]).describe("Realm roles besides those that groups and identity providers name."),
  /** Groups besides `admins`, each with its roles. */
  groups: z
    .record(name, z.array(name))
    .default({ users: ["user"] })
    .describe("Groups besides `admins`, each with its roles."),
  /** Where people may log in with an account that they have already. */
  identityProviders: z
    .strictObject({
      /** Google accounts. */
      google: google.optional().describe("Google accounts."),
      /** Entra ID accounts of one tenant. */
      microsoft: microsoft.optional().describe("Entra ID accounts of one tenant."),
      /** GitHub accounts; GitHub tells Keycloak nothing of organizations, so anybody can log in. */
      github: github.optional().describe("GitHub accounts; GitHub tells Keycloak nothing of organizations, so anybody can log in."),
    })
    .prefault({})
    .describe("Where people may log in with an account that they have already."),
  /** Clients of programs outside the platform, by client id; secrets are in `oidc-client-<id>`, namespace `keycloak`. */
  clients: z
    .record(name, realmClient)
    .default({})
    .describe("Clients of programs outside the platform, by client id; secrets are in `oidc-client-<id>`, namespace `keycloak`."),
  /** What becomes of the database when Keycloak is taken out. */
  data: z.enum(["keep", "delete"]).default("keep").describe("What becomes of the database when Keycloak is taken out."),
});

/** @see keycloakOptions */
export type KeycloakOptions = z.output<typeof keycloakOptions>;
