/** Namespace of Keycloak and of everything that is imported into it. */
export const KEYCLOAK_NAMESPACE = "keycloak";

/** Name of the Keycloak object; the operator derives its Service from it. */
export const KEYCLOAK_NAME = "keycloak";

/** Service that the operator makes, and its port for plain http. */
export const KEYCLOAK_SERVICE = { name: `${KEYCLOAK_NAME}-service`, port: 8080 } as const;

/** Keycloak inside the cluster. */
export const KEYCLOAK_URL = `http://${KEYCLOAK_SERVICE.name}.${KEYCLOAK_NAMESPACE}.svc.cluster.local:${KEYCLOAK_SERVICE.port}`;

/** Port of the pods for health and metrics. */
export const MANAGEMENT_PORT = 9000;

/** Labels that the operator gives to Keycloak's pods and Services. */
export const KEYCLOAK_LABELS = { app: "keycloak", "app.kubernetes.io/instance": KEYCLOAK_NAME } as const;

/** Group of those who administer the platform; apps map it to their own administrators. */
export const ADMINS_GROUP = "admins";

/** Clients that Keycloak itself makes in every realm. */
export const BUILT_IN_CLIENTS: readonly string[] = ["account", "account-console", "admin-cli", "broker", "realm-management"].concat([
  "security-admin-console",
]);

/** Realm role of that group. */
export const ADMIN_ROLE = "admin";

/** The first administrator. Not `keycloak-initial-admin`, which the operator takes for its own (keycloak issue 35862). */
export const ADMIN_SECRET = "keycloak-admin";

/** The importer's own credentials in the master realm, made with the first start. */
export const IMPORTER_SECRET = "keycloak-importer";

/** Id of that client. */
export const IMPORTER_CLIENT = "hearth-importer";

/** What the realm's import reads from its environment. */
export const REALM_SECRET = "keycloak-realm";

/** User and password of the database. */
export const DATABASE_SECRET = "keycloak-db";
