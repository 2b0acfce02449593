import assert from "node:assert/strict";
import { SecretValue } from "../../config/secret-value";
import { aiExtension } from "../../platform/ai/extension";
import { MODELS, modelsOf, REGIONS } from "../../platform/ai/models";
import { envoyAiGateway } from "../../platform/apps/envoy-ai-gateway";
import { vendoredFiles } from "../../platform/crds/vendored";
import { platformFacts } from "../../platform/facts";
import type { DeclaredApp } from "../../platform/kit/app";
import type { KubeObject } from "../../platform/kit/objects";
import { missingSecrets } from "../../platform/kit/secrets";
import { planPlatform } from "../../platform/plan";
import { schemaProblems, schemasOf } from "./crd-schema";
import { settings } from "./settings";

const ENABLED = new Set(["crds", "envoy-gateway", "envoy-ai-gateway", "cert-manager"]);
const ENTRA = { kind: "entra", tenantId: "00000000-0000-0000-0000-000000000001", clientId: "00000000-0000-0000-0000-000000000002" };
const BOTH = { regions: { eastus: { resource: "home-east" }, eastus2: { resource: "home-east2", credential: ENTRA } } };

function declared(options: unknown): DeclaredApp {
  return envoyAiGateway.declare(options, { settings: settings(), enabled: ENABLED, facts: platformFacts(settings(), ENABLED) });
}

const made = (app: DeclaredApp): readonly KubeObject[] => [...app.configuration, ...app.access];

function ofKind(app: DeclaredApp, kind: string): readonly KubeObject[] {
  return made(app).filter((object) => object.kind === kind);
}

describe("the AI gateway's table of models", () => {
  it("names each model once, so that a caller never has to name a region", () => {
    const all = REGIONS.flatMap((region) => modelsOf(region));
    assert.deepEqual([...new Set(all)].sort(), [...all].sort());
  });

  it("names each group of a region once and fits into the fifteen rules of a route", () => {
    for (const region of REGIONS) assert.equal(new Set(MODELS[region].map(({ name }) => name)).size, MODELS[region].length);
    assert.ok(REGIONS.flatMap((region) => MODELS[region]).length <= 15);
  });
});

describe("envoy-ai-gateway", function () {
  this.timeout(30_000);

  it("sends each model to its region by its API version, within its type's time", () => {
    const [route] = ofKind(declared(BOTH), "AIGatewayRoute");
    const { rules } = route?.["spec"] as {
      rules: { matches: { headers: { value: string }[] }[]; backendRefs: { name: string }[]; timeouts: { request: string } }[];
    };
    const of = (model: string) => rules.filter(({ matches }) => matches.some(({ headers }) => headers[0]?.value === model));
    const summary = (model: string) => of(model).map(({ backendRefs, timeouts }) => `${backendRefs[0]?.name} ${timeouts.request}`);
    assert.deepEqual(summary("o3"), ["azure-openai-eastus-2025-01-01-preview 300s"]);
    assert.deepEqual(summary("gpt-5.1-codex"), ["azure-openai-eastus2-2025-04-01-preview 180s"]);
    assert.deepEqual(summary("text-embedding-3-large"), ["azure-openai-eastus2-2023-05-15 60s"]);
  });

  it("opens no route before the policy that asks for a token: both are applied together", () => {
    const apps = { "cert-manager": {}, "envoy-gateway": {}, keycloak: { database: "embedded" }, "envoy-ai-gateway": BOTH };
    const secrets = Object.fromEntries(
      ["azure-openai-eastus-api-key", "azure-openai-eastus2-client-secret"].map((name) => [name, SecretValue.of("a key")]),
    );
    const given = settings({ platform: apps, secrets });
    const stages = planPlatform(given).flatMap((app) => app.stages);
    const holding = (kind: string) =>
      stages
        .filter(({ objects }) => objects.some((each) => each.kind === kind && each.metadata.name === "azure-openai"))
        .map(({ name }) => name);
    assert.deepEqual(holding("AIGatewayRoute"), ["envoy-ai-gateway-access"]);
    assert.deepEqual(holding("SecurityPolicy"), holding("AIGatewayRoute"));
  });

  it("refers to nothing that it does not make", () => {
    const app = declared(BOTH);
    const names = (kind: string) => new Set(ofKind(app, kind).map(({ metadata }) => metadata.name));
    const text = JSON.stringify(made(app));
    for (const [, name = ""] of text.matchAll(/"kind":"AIServiceBackend","name":"([^"]+)"/g))
      assert.ok(names("AIServiceBackend").has(name), name);
    for (const [, name = ""] of text.matchAll(/"kind":"Backend","name":"([^"]+)"/g)) assert.ok(names("Backend").has(name), name);
    for (const [, name = ""] of text.matchAll(/secretRef":{"name":"([^"]+)"/gi))
      assert.ok(
        app.secrets.some((secret) => secret.name === name),
        name,
      );
  });

  it("asks for, checks and connects to one and the same host name", () => {
    const app = declared(BOTH);
    const hosts = ofKind(app, "Backend").map((object) => /"hostname":"([^"]+)"/.exec(JSON.stringify(object))?.[1]);
    const checked = ofKind(app, "BackendTLSPolicy").map((object) => /"hostname":"([^"]+)"/.exec(JSON.stringify(object))?.[1]);
    assert.deepEqual(hosts, ["home-east.openai.azure.com", "home-east2.openai.azure.com"]);
    assert.deepEqual(checked, hosts);
  });

  it("needs the credential of each region that is named and of no other, and nothing for none", () => {
    const missing = (options: unknown) => declared(options).secrets.flatMap((secret) => missingSecrets(secret, settings()));
    assert.deepEqual(missing(BOTH), ["azure-openai-eastus-api-key", "azure-openai-eastus2-client-secret"]);
    assert.deepEqual(missing({ regions: { eastus: { resource: "home-east" } } }), ["azure-openai-eastus-api-key"]);
    assert.deepEqual(missing({}), []);
    const set = settings({ secrets: { "azure-openai-eastus-api-key": SecretValue.of("k") } });
    assert.deepEqual(
      declared(BOTH).secrets.flatMap((secret) => missingSecrets(secret, set)),
      ["azure-openai-eastus2-client-secret"],
    );
  });

  it("leaves out the models that are not deployed, and with the last of a version its backend", () => {
    const app = declared({ regions: { eastus: { resource: "home-east", models: ["o3"] } } });
    assert.deepEqual(
      ofKind(app, "AIServiceBackend").map(({ metadata }) => metadata.name),
      ["azure-openai-eastus-2025-01-01-preview"],
    );
    assert.ok(!JSON.stringify(made(app)).includes("gpt-4.1"));
    assert.ok(!envoyAiGateway.options.safeParse({ regions: { eastus: { resource: "home-east", models: ["gpt-5"] } } }).success);
  });

  it("encrypts MCP sessions with a seed of its own, not with the chart's", () => {
    const seed = declared({}).chart?.secretValues?.find(({ path }) => path === "controller.mcp.sessionEncryption.seed");
    const secret = declared({}).secrets.find(({ name }) => name === seed?.secret);
    assert.equal(secret?.data[seed?.key ?? ""]?.from, "generated");
  });

  it("lets callers in by a token for its audience only", () => {
    assert.deepEqual(
      declared(BOTH).hosts.map(({ host, gateway, existingRoute, protection }) => ({ host, gateway, existingRoute, protection })),
      [{ host: "ai.example.com", gateway: "ai", existingRoute: "azure-openai", protection: { by: "api", audience: "ai-gateway" } }],
    );
    assert.deepEqual(declared({}).hosts, []);
  });

  it("holds up the pods of no Gateway but those that it serves", () => {
    const text = JSON.stringify(declared({}).values);
    assert.ok(text.includes('"key":"gateway.envoyproxy.io/owning-gateway-name","operator":"In","values":["ai","mcp"]'), text);
  });

  it("makes what the real CRDs take", () => {
    const schemas = schemasOf([
      ...vendoredFiles("envoy-ai-gateway").values(),
      ...vendoredFiles("envoy-gateway").values(),
      ...vendoredFiles("gateway-api").values(),
    ]);
    for (const object of made(declared(BOTH))) {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      assert.ok(schema !== undefined, object.kind);
      assert.deepEqual(schemaProblems(object, schema), []);
    }
  });
});

describe("what the AI gateway wants of Envoy Gateway", () => {
  it("is nothing while it is off", () => {
    assert.equal(aiExtension(new Set(["envoy-gateway"])), undefined);
  });

  it("nests its hooks as Envoy Gateway reads them and points at the controller's Service", () => {
    const manager = JSON.stringify(aiExtension(ENABLED)?.extensionManager);
    assert.ok(manager.includes('"xdsTranslator":{"translation":{"listener":{"includeAll":true}'), manager);
    assert.ok(manager.includes("ai-gateway-controller.envoy-ai-gateway-system.svc.cluster.local"), manager);
  });
});
