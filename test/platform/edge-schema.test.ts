import assert from "node:assert/strict";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import { vendoredFiles } from "../../platform/crds/vendored";
import { issuers, ISSUERS, PROFILES, wildcardCertificates } from "../../platform/edge/certificates";
import type { KubeObject } from "../../platform/kit/objects";
import { planPlatform } from "../../platform/plan";
import { schemaProblems, schemasOf } from "./crd-schema";
import { settings } from "./settings";

/** The CRDs of the stores are large. */
const SLOW_MS = 30_000;

const UUID = "7c0d21ec-10d9-4972-bdf8-ec52df99cc86";
const STORES: readonly Readonly<Record<string, unknown>>[] = [
  { provider: "1password", vault: "home" },
  { provider: "1password-connect", host: "http://connect.home.arpa", vaults: ["a", "b"] },
  { provider: "bitwarden", organization: UUID, project: UUID },
  { provider: "vault", server: "https://vault.home.arpa:8200" },
  {
    provider: "vault",
    server: "https://vault.home.arpa:8200",
    path: "kv",
    ca: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
  },
];

function storeObjects(store: Readonly<Record<string, unknown>>): readonly KubeObject[] {
  const names = ["onepassword", "onepassword-connect", "bitwarden"].map((name) => [`external-secrets-${name}`, SecretValue.encrypted()]);
  const given: Settings = settings({ platform: { "external-secrets": { store }, "cert-manager": {} }, secrets: Object.fromEntries(names) });
  return planPlatform(given).flatMap(({ stages }) => stages.flatMap(({ objects }) => objects));
}

/** Kinds that a schema was found for, after each object was held against its own. */
function checked(folder: string, objects: readonly KubeObject[]): readonly string[] {
  const schemas = schemasOf(vendoredFiles(folder).values());
  const kinds = objects.flatMap((object) => {
    const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
    if (schema === undefined) return [];
    assert.deepEqual(schemaProblems(object, schema), [], object.metadata.name);
    return [object.kind];
  });
  return [...new Set(kinds)].sort();
}

describe("the edge's objects, held against the real CRDs with unknown fields refused", function () {
  this.timeout(SLOW_MS);

  it("are what cert-manager takes, whoever signs", () => {
    const made = ISSUERS.flatMap((issuer) =>
      PROFILES.flatMap((profile) => {
        const options = { issuer, profile, email: "admin@example.com" };
        return [...issuers(options, "cert-manager"), ...wildcardCertificates(options, ["example.com"])];
      }),
    );
    const server = STORES.filter(({ provider }) => provider === "bitwarden").flatMap(storeObjects);
    assert.deepEqual(checked("cert-manager", [...made, ...server]), ["Certificate", "ClusterIssuer", "Issuer"]);
  });

  for (const store of STORES) {
    it(`are what External Secrets takes, with ${Object.values(store).slice(0, 3).join(", ").split("\n")[0]}`, () => {
      assert.deepEqual(checked("external-secrets", storeObjects(store)), ["ClusterSecretStore"]);
    });
  }

  it("would be refused with a field of another provider", () => {
    const [store] = storeObjects(STORES[0] ?? {}).filter(({ kind }) => kind === "ClusterSecretStore");
    assert.ok(store);
    const wrong = { ...store, spec: { provider: { onepasswordSDK: { vaults: ["home"] } } } };
    assert.throws(() => checked("external-secrets", [wrong]));
  });
});
