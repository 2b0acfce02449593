import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import type { StandIn } from "../../../lab/kubernetes/stand-ins/stand-in";

/** Collection of each kind that a test has objects of. */
const PATHS: Readonly<Record<string, string>> = {
  Certificate: "/apis/cert-manager.io/v1/certificates",
  ClusterIssuer: "/apis/cert-manager.io/v1/clusterissuers",
  ClusterSecretStore: "/apis/external-secrets.io/v1/clustersecretstores",
  Issuer: "/apis/cert-manager.io/v1/issuers",
  Keycloak: "/apis/k8s.keycloak.org/v2alpha1/keycloaks",
  Secret: "/api/v1/secrets",
  Service: "/api/v1/services",
  ServiceAccount: "/api/v1/serviceaccounts",
};

/**
 * What a stand-in does in a cluster of these objects: paths of the statuses that it writes, names of what it makes. Fails
 * when it deletes anything, or reads a collection whose changes it would not hear of.
 */
export async function does(standIn: StandIn, objects: readonly KubeObject[]): Promise<readonly string[]> {
  for (const { kind } of objects) assert.ok(kind in PATHS, `no collection is known for ${kind}`);
  const done: string[] = [];
  await standIn.reconcile({
    client: {
      merge: async <T>(path: string): Promise<T> => {
        done.push(path);
        return Object() as T; // nothing reads the answer
      },
      apply: async <T>(object: KubeObject): Promise<T> => {
        done.push(`made ${object.metadata.namespace}/${object.metadata.name}`);
        return Object() as T; // nothing reads the answer
      },
      delete: async (path) => assert.fail(`${path} is deleted`),
    },
    items: (path) => {
      assert.ok(standIn.watches.includes(path), `${path} is read and not watched`);
      return objects.filter(({ kind }) => PATHS[kind] === path);
    },
  });
  return done;
}
