import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { keycloak } from "../../../lab/kubernetes/stand-ins/keycloak";
import { platformFacts } from "../../../platform/facts";
import { keycloakOptions } from "../../../platform/keycloak/options";
import { keycloakServer } from "../../../platform/keycloak/server";
import { settings } from "../../platform/settings";

const PATHS: Readonly<Record<string, string>> = {
  Keycloak: "/apis/k8s.keycloak.org/v2alpha1/keycloaks",
  Secret: "/api/v1/secrets",
  Service: "/api/v1/services",
};

/** What the stand-in does in a cluster of these objects. */
async function does(objects: readonly KubeObject[]): Promise<readonly string[]> {
  const done: string[] = [];
  await keycloak.reconcile({
    client: {
      delete: async (path) => assert.fail(`${path} is deleted`),
      merge: async <T>(path: string): Promise<T> => {
        done.push(path);
        return Object() as T; // nothing reads the answer
      },
      apply: async <T>(object: KubeObject): Promise<T> => {
        done.push(`made ${object.metadata.namespace}/${object.metadata.name}`);
        return Object() as T; // nothing reads the answer
      },
    },
    items: (path) => {
      assert.ok(keycloak.watches.includes(path), `${path} is read and not watched`);
      return objects.filter(({ kind }) => PATHS[kind] === path);
    },
  });
  return done;
}

const secret = (name: string, ...keys: readonly string[]): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "keycloak" },
  data: Object.fromEntries(keys.map((key) => [key, "eA=="])),
});
const service = (name: string, namespace = "keycloak"): KubeObject => ({ apiVersion: "v1", kind: "Service", metadata: { name, namespace } });

describe("the stand-in for Keycloak's operator", () => {
  const rendered = keycloakServer(keycloakOptions.parse({}), platformFacts(settings(), new Set(["keycloak"])));
  const server = { ...rendered, metadata: { ...rendered.metadata, generation: 1 } };
  const needs = [
    secret("keycloak-admin", "username", "password"),
    secret("keycloak-importer", "client-id", "client-secret"),
    secret("keycloak-db", "username", "password"),
    service("keycloak-db-rw"),
  ];
  const ready = "/apis/k8s.keycloak.org/v2alpha1/namespaces/keycloak/keycloaks/keycloak/status";

  it("makes the Service and says Ready once everything that the rendered server names is there", async () => {
    assert.deepEqual(await does([server, ...needs]), ["made keycloak/keycloak-service", ready]);
  });

  it("does nothing while any of it is missing, or a key of it", async () => {
    for (const missing of needs) assert.deepEqual(await does([server, ...needs.filter((each) => each !== missing)]), [], missing.metadata.name);
    assert.deepEqual(await does([server, ...needs.slice(1), secret("keycloak-admin", "username")]), []);
    assert.deepEqual(await does([server, ...needs.slice(0, 3), service("keycloak-db-rw", "elsewhere")]), []);
  });

  it("says it once, and again when the server changes", async () => {
    const said = (generation: number): KubeObject => ({
      ...server,
      status: { conditions: [{ type: "Ready", status: "True", observedGeneration: generation }] },
    });
    assert.deepEqual(await does([said(1), ...needs, service("keycloak-service")]), []);
    assert.deepEqual(await does([said(0), ...needs, service("keycloak-service")]), [ready]);
  });
});
