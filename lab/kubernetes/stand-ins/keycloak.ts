import { field, type KubeObject, textAt } from "../objects";
import { isReady, readyCondition, resolves, SECRETS, type SecretReference } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

const KEYCLOAKS = "/apis/k8s.keycloak.org/v2alpha1/keycloaks";
const SERVICES = "/api/v1/services";

/** Stand-in for Keycloak's operator: the Service and the status, once the database and every Secret are there. */
export const keycloak: StandIn = {
  kind: "Keycloak",
  why: "Keycloak's operator runs the server, makes its Service, which routes and policies aim at, and says when it answers",
  watches: [KEYCLOAKS, SECRETS, SERVICES],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  const [secrets, services] = [items(SECRETS), items(SERVICES)];
  for (const object of items(KEYCLOAKS)) {
    const { namespace = "default", name } = object.metadata;
    if (!hasDatabase(object, services) || !references(object).every((reference) => resolves(reference, secrets))) continue;
    const made = services.some(({ metadata }) => metadata.namespace === namespace && metadata.name === `${name}-service`);
    if (!made) await client.apply(service(object), { manager: "hearth-lab-keycloak-operator", onConflict: "fail" });
    if (isReady(object)) continue;
    const status = {
      conditions: [readyCondition("Ready", object.metadata.generation)].map(({ reason: _, ...condition }) => condition),
      observedGeneration: object.metadata.generation,
      instances: field(object, "spec", "instances") ?? 1,
    };
    await client.merge(`/apis/k8s.keycloak.org/v2alpha1/namespaces/${namespace}/keycloaks/${name}/status`, { status });
  }
}

/** Whether the Service that the database is named by is there. */
function hasDatabase(object: KubeObject, services: readonly KubeObject[]): boolean {
  const host = textAt(object, "spec", "db", "host");
  return services.some(({ metadata }) => metadata.name === host && metadata.namespace === object.metadata.namespace);
}

/** Every key of a Secret that the operator or the server reads. */
function references(object: KubeObject): readonly SecretReference[] {
  const namespace = object.metadata.namespace ?? "default";
  const admin = (kind: "user" | "service", keys: readonly string[]): readonly SecretReference[] => {
    const name = textAt(object, "spec", "bootstrapAdmin", kind, "secret");
    return name === undefined ? [] : keys.map((key) => ({ namespace, name, key }));
  };
  const database = ["usernameSecret", "passwordSecret"].flatMap((each) => {
    const name = textAt(object, "spec", "db", each, "name");
    return name === undefined ? [] : [{ namespace, name, key: textAt(object, "spec", "db", each, "key") }];
  });
  return [...admin("user", ["username", "password"]), ...admin("service", ["client-id", "client-secret"]), ...database];
}

/** The Service as the operator makes it. */
function service({ metadata: { name, namespace = "default", uid } }: KubeObject): KubeObject {
  const labels = { app: "keycloak", "app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "keycloak-operator" };
  const owner = { apiVersion: "k8s.keycloak.org/v2alpha1", kind: "Keycloak", name, uid: uid ?? "" };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `${name}-service`, namespace, labels, ...(uid === undefined ? {} : { ownerReferences: [owner] }) },
    spec: {
      selector: labels,
      ports: [
        { name: "http", port: 8080, targetPort: 8080, protocol: "TCP" },
        { name: "management", port: 9000, targetPort: 9000, protocol: "TCP" },
      ],
    },
  };
}
