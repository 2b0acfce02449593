import { defineApp } from "../kit/app";
import type { OidcClientRequest } from "../kit/requests";
import type { AppSecret, SecretRequest } from "../kit/secrets";
import { keycloakCrds } from "../keycloak/crds";
import { PROVIDER_SECRETS } from "../keycloak/identity-providers";
import { importJob, type SecretKey } from "../keycloak/import-job";
import {
  ADMIN_SECRET,
  DATABASE_SECRET,
  IMPORTER_CLIENT,
  IMPORTER_SECRET,
  KEYCLOAK_NAMESPACE,
  KEYCLOAK_SERVICE,
  REALM_SECRET,
} from "../keycloak/names";
import { operator } from "../keycloak/operator";
import { keycloakOptions, type KeycloakOptions } from "../keycloak/options";
import { embeddedPostgres } from "../keycloak/postgres";
import { optionProblems, optionWarnings } from "../keycloak/problems";
import { masterOf, realmOf } from "../keycloak/realm";
import { DATABASE, keycloakServer } from "../keycloak/server";
import { keycloakAlerts, keycloakDashboard, keycloakMonitor } from "../keycloak/watch";

/** Where people log in: Keycloak by its operator, and one realm that the tree owns. */
export const keycloak = defineApp({
  name: "keycloak",
  summary: "Single sign-on: Keycloak with one realm, its roles, groups, clients and identity providers",
  namespace: { name: KEYCLOAK_NAMESPACE, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  // The image builds itself and makes its tables at the first start.
  timeout: "15m",
  options: keycloakOptions,
  data: ({ options, facts }) => (options.database === "embedded" ? embeddedPostgres(options, facts.storageClass) : []),
  objects: () => [...keycloakCrds(), ...operator()],
  configuration: ({ options, facts }) => [
    keycloakServer(options, facts),
    ...importJob({ name: "keycloak-master", content: masterOf(options), variables: {} }),
    ...importJob({ name: "keycloak-realm", content: realmOf(options), variables: realmVariables(options) }),
  ],
  secrets: ({ options }) => [
    {
      name: ADMIN_SECRET,
      type: "kubernetes.io/basic-auth",
      data: {
        username: { from: "plain", value: "admin" },
        password: {
          from: "config",
          secret: "keycloak-admin-password",
          otherwise: { from: "generated", length: 24, alphabet: "alphanumeric" },
        },
      },
    },
    {
      name: IMPORTER_SECRET,
      data: {
        "client-id": { from: "plain", value: IMPORTER_CLIENT },
        "client-secret": { from: "generated", length: 64, alphabet: "hex" },
      },
    },
    ...databaseSecret(options),
    ...realmSecret(options),
  ],
  databases: ({ options }) =>
    options.database === "cnpg"
      ? [
          {
            name: DATABASE,
            database: "keycloak",
            owner: "keycloak",
            secret: DATABASE_SECRET,
            sizeGiB: options.databaseSizeGiB,
            instances: options.databaseInstances,
          },
        ]
      : [],
  hosts: ({ options, facts }) => [
    {
      host: `${options.subdomain}.${facts.domain}`,
      service: KEYCLOAK_SERVICE.name,
      port: KEYCLOAK_SERVICE.port,
      containerPort: KEYCLOAK_SERVICE.port,
      gateway: "auth",
      protection: { by: "app", reason: "it is where everybody logs in; behind a log-in it could not be reached" },
    },
  ],
  clients: ({ options }) =>
    Object.entries(options.clients).map(([id, client]): OidcClientRequest => ({
      id,
      ...client,
      ...(client.flow === "public" ? {} : { secret: { name: `oidc-client-${id}`, key: "client-secret" } }),
    })),
  alerts: () => keycloakAlerts,
  dashboards: () => [keycloakDashboard],
  monitors: () => [keycloakMonitor],
  network: ({ options, facts }) => ({
    to: [
      { peer: "kube-apiserver" },
      ...(Object.keys(options.identityProviders).length === 0 ? [] : [{ peer: "world" as const, ports: [443] }]),
      ...(options.smtp === undefined ? [] : [{ peer: "world" as const, ports: [options.smtp.port] }]),
      ...(facts.tracing === undefined ? [] : [{ peer: { app: "tempo" }, ports: [facts.tracing.grpcPort] }]),
    ],
  }),
  problems: ({ options, settings }) => optionProblems(options, settings),
  warnings: ({ options }) => optionWarnings(options),
});

function databaseSecret({ database }: KeycloakOptions): readonly AppSecret[] {
  if (database === "cnpg") return []; // the database's provider seeds it
  return [
    {
      name: DATABASE_SECRET,
      type: "kubernetes.io/basic-auth",
      data: {
        username: { from: "plain", value: "keycloak" },
        password: { from: "generated", length: 32, alphabet: "alphanumeric" },
      },
    },
  ];
}

/** Secrets of the settings that the realm needs: variable of the import -> where it comes from. */
function realmSecrets({ identityProviders, smtp }: KeycloakOptions): Readonly<Record<string, SecretRequest>> {
  const providers = (["google", "microsoft", "github"] as const)
    .filter((alias) => identityProviders[alias] !== undefined)
    .map((alias) => PROVIDER_SECRETS[alias]);
  const mail = smtp?.user === undefined ? [] : [{ variable: "SMTP_PASSWORD", secret: "keycloak-smtp-password" }];
  return Object.fromEntries([...providers, ...mail].map(({ variable, secret }) => [variable, { from: "config", secret }]));
}

function realmSecret(options: KeycloakOptions): readonly AppSecret[] {
  const data = realmSecrets(options);
  return Object.keys(data).length === 0 ? [] : [{ name: REALM_SECRET, data }];
}

function realmVariables(options: KeycloakOptions): Readonly<Record<string, SecretKey>> {
  return Object.fromEntries(Object.keys(realmSecrets(options)).map((key) => [key, { secret: REALM_SECRET, key }]));
}
