import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { keycloak } from "../../../lab/kubernetes/stand-ins/keycloak";
import { platformFacts } from "../../../platform/facts";
import { keycloakOptions } from "../../../platform/keycloak/options";
import { keycloakServer } from "../../../platform/keycloak/server";
import { settings } from "../../platform/settings";
import { does } from "./does";

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
    assert.deepEqual(await does(keycloak, [server, ...needs]), ["made keycloak/keycloak-service", ready]);
  });

  it("does nothing while any of it is missing, or a key of it", async () => {
    for (const missing of needs) assert.deepEqual(await does(keycloak, [server, ...needs.filter((each) => each !== missing)]), [], missing.metadata.name);
    assert.deepEqual(await does(keycloak, [server, ...needs.slice(1), secret("keycloak-admin", "username")]), []);
    assert.deepEqual(await does(keycloak, [server, ...needs.slice(0, 3), service("keycloak-db-rw", "elsewhere")]), []);
  });

  it("says it once, and again when the server changes", async () => {
    const said = (generation: number): KubeObject => ({
      ...server,
      status: { conditions: [{ type: "Ready", status: "True", observedGeneration: generation }] },
    });
    assert.deepEqual(await does(keycloak, [said(1), ...needs, service("keycloak-service")]), []);
    assert.deepEqual(await does(keycloak, [said(0), ...needs, service("keycloak-service")]), [ready]);
  });
});
