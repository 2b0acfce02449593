import type { PlatformFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import { KEYCLOAK_API } from "./crds";
import {
  ADMIN_SECRET,
  DATABASE_SECRET,
  IMPORTER_SECRET,
  KEYCLOAK_NAME,
  KEYCLOAK_NAMESPACE,
  KEYCLOAK_SERVICE,
  MANAGEMENT_PORT,
} from "./names";
import type { KeycloakOptions } from "./options";

/** Name of the database, whoever runs it. */
export const DATABASE = "keycloak-db";

/** Keycloak itself, as its operator runs it. */
export function keycloakServer(options: KeycloakOptions, facts: PlatformFacts): KubeObject {
  return {
    apiVersion: `${KEYCLOAK_API.group}/${KEYCLOAK_API.version}`,
    kind: "Keycloak",
    metadata: { name: KEYCLOAK_NAME, namespace: KEYCLOAK_NAMESPACE },
    spec: {
      instances: options.instances,
      // Both count at the first start only, when the master realm is made.
      bootstrapAdmin: { user: { secret: ADMIN_SECRET }, service: { secret: IMPORTER_SECRET } },
      db: {
        vendor: "postgres",
        host: options.database === "cnpg" ? `${DATABASE}-rw` : DATABASE,
        port: 5432,
        database: "keycloak",
        usernameSecret: { name: DATABASE_SECRET, key: "username" },
        passwordSecret: { name: DATABASE_SECRET, key: "password" },
      },
      http: { httpEnabled: true, httpPort: KEYCLOAK_SERVICE.port },
      httpManagement: { port: MANAGEMENT_PORT },
      // Programs in the cluster ask by the Service's name; what a browser sees is always the full URL.
      hostname: { hostname: `https://${options.subdomain}.${facts.domain}`, strict: true, backchannelDynamic: true },
      proxy: { headers: "xforwarded" },
      ...(options.features.length === 0 ? {} : { features: { enabled: options.features } }),
      ...tracing(options, facts),
      additionalOptions: [
        { name: "metrics-enabled", value: "true" },
        { name: "event-metrics-user-enabled", value: "true" },
        { name: "event-metrics-user-tags", value: "realm,clientId" },
        { name: "log-console-output", value: "json" },
      ],
      // Routes, policies and monitors are the platform's.
      ingress: { enabled: false },
      networkPolicy: { enabled: false },
      serviceMonitor: { enabled: false },
      resources: { requests: { cpu: "200m", memory: "1700Mi" }, limits: { memory: "2Gi" } },
      unsupported: { podTemplate: { spec: restrictedPod() } },
    },
  };
}

function tracing({ tracingRatio }: KeycloakOptions, { tracing: to }: PlatformFacts): Readonly<Record<string, unknown>> {
  if (to === undefined || tracingRatio === 0) return {};
  const endpoint = `http://${to.host}:${to.grpcPort}`;
  return { tracing: { enabled: true, endpoint, protocol: "grpc", samplerType: "traceidratio", samplerRatio: tracingRatio } };
}

/** The operator leaves these unset, and a restricted namespace refuses the pods then. The image builds itself at each start, so its file system stays writable. */
function restrictedPod(): Readonly<Record<string, unknown>> {
  return {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
  };
}
