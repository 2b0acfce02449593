import assert from "node:assert/strict";
import { mcpGateway } from "../../platform/apps/mcp-gateway";
import { MCP_ROUTE } from "../../platform/ai/mcp-backends";
import { vendoredFiles } from "../../platform/crds/vendored";
import { platformFacts } from "../../platform/facts";
import type { DeclaredApp } from "../../platform/kit/app";
import type { KubeObject } from "../../platform/kit/objects";
import { missingSecrets } from "../../platform/kit/secrets";
import { schemaProblems, schemasOf } from "./crd-schema";
import { settings } from "./settings";

const ENABLED = new Set(["crds", "envoy-gateway", "envoy-ai-gateway", "mcp-gateway", "keycloak", "redis"]);
const SETTINGS = settings({ platform: { keycloak: {}, redis: {}, "mcp-gateway": {} } });
const FILES = { url: "http://files.mcp.svc.cluster.local:8000/files/mcp" };
const SEARCH = { url: "https://mcp.example.org/mcp", apiKey: "config", tools: ["search"] };

function declared(options: unknown = { backends: { files: FILES, search: SEARCH } }): DeclaredApp {
  return mcpGateway.declare(options, { settings: SETTINGS, enabled: ENABLED, facts: platformFacts(SETTINGS, ENABLED) });
}

function named(app: DeclaredApp, kind: string, name: string): KubeObject {
  const found = app.configuration.find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found !== undefined, `${kind} ${name}`);
  return found;
}

/** `kind/name` of every target of the policies of a kind. */
function targets(app: DeclaredApp, kind: string): readonly string[] {
  return app.configuration
    .filter((object) => object.kind === kind)
    .flatMap((object) =>
      (object["spec"] as { targetRefs: { kind: string; name: string }[] }).targetRefs.map((ref) => `${ref.kind}/${ref.name}`),
    );
}

describe("mcp-gateway", function () {
  this.timeout(30_000);

  it("aims no two policies of a kind at one target", () => {
    assert.deepEqual(targets(declared(), "SecurityPolicy"), ["Gateway/mcp", "HTTPRoute/mcp-resource-metadata"]);
    assert.deepEqual(targets(declared(), "BackendTrafficPolicy"), ["Gateway/mcp"]);
  });

  it("leaves the controller no reason to make policies of its own, which would take the place of these", () => {
    assert.equal((named(declared(), "MCPRoute", "mcp")["spec"] as { securityPolicy?: unknown }).securityPolicy, undefined);
  });

  it("asks for a token of the realm for its own audience and lets pages of the cluster's domains call, in one policy", () => {
    const spec = JSON.stringify(named(declared(), "SecurityPolicy", "mcp")["spec"]);
    assert.match(spec, /"issuer":"https:\/\/[^"]+","audiences":\["mcp-gateway"\]/);
    assert.match(spec, /"allowOrigins":\["https:\/\/\*\.example\.com"\]/);
    assert.match(spec, /"claim":"sub","header":"x-jwt-sub"/);
  });

  it("counts each caller's calls by the header that it sets itself, with a common rest, breaker and time in one policy", () => {
    const spec = named(
      declared({ callsPerMinute: 7, fallbackPerMinute: 3, timeoutSeconds: 9, parallelCalls: 5 }),
      "BackendTrafficPolicy",
      "mcp",
    )["spec"];
    const { rateLimit, timeout, circuitBreaker } = spec as Record<string, unknown>;
    assert.deepEqual(rateLimit, {
      local: {
        rules: [
          { clientSelectors: [{ headers: [{ type: "Distinct", name: "x-jwt-sub" }] }], limit: { requests: 7, unit: "Minute" } },
          { limit: { requests: 3, unit: "Minute" } },
        ],
      },
    });
    assert.deepEqual(timeout, { http: { requestTimeout: "9s", streamIdleTimeout: "9s" } });
    assert.deepEqual(circuitBreaker, { maxConnections: 5, maxPendingRequests: 5, maxParallelRequests: 5 });
  });

  it("tells a caller without a token where to get one, and lets anyone read that", () => {
    const app = declared();
    const hint = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
    assert.ok(JSON.stringify(named(app, "BackendTrafficPolicy", "mcp")).includes(hint));
    assert.equal((named(app, "SecurityPolicy", "mcp-resource-metadata")["spec"] as { jwt?: unknown }).jwt, undefined);
    const document = JSON.stringify(named(app, "HTTPRouteFilter", "mcp-resource-metadata"));
    assert.ok(document.includes("https://mcp.example.com/mcp"), document);
  });

  it("reaches servers in the cluster and in the world, the latter by TLS for their own name", () => {
    const app = declared();
    assert.match(JSON.stringify(named(app, "Backend", "mcp-files")), /"hostname":"files.mcp.svc.cluster.local","port":8000/);
    assert.match(JSON.stringify(named(app, "Backend", "mcp-search")), /"hostname":"mcp.example.org","port":443/);
    assert.match(JSON.stringify(named(app, "BackendTLSPolicy", "mcp-search")), /"hostname":"mcp.example.org"/);
    assert.ok(!app.configuration.some(({ kind, metadata }) => kind === "BackendTLSPolicy" && metadata.name === "mcp-files"));
    const route = JSON.stringify(named(app, "MCPRoute", "mcp"));
    assert.match(route, /"name":"mcp-files","path":"\/files\/mcp"/);
    assert.match(route, /"include":\["search"\]/);
  });

  it("refuses plain http to the world", () => {
    const found = declared({ backends: { far: { url: "http://mcp.example.org/mcp" } } }).problems;
    assert.deepEqual(
      found.map(({ path }) => path),
      [["backends", "far", "url"]],
    );
    assert.deepEqual(declared().problems, []);
  });

  it("needs a key for each server that wants one, where the route looks for it", () => {
    const app = declared();
    assert.deepEqual(
      app.secrets.flatMap((secret) => missingSecrets(secret, SETTINGS)),
      ["mcp-search-api-key"],
    );
    assert.equal(app.secrets.find(({ name }) => name === "mcp-search")?.namespace, named(app, "MCPRoute", "mcp").metadata.namespace);
  });

  it("gives servers a session store", () => {
    assert.ok(mcpGateway.needs.includes("redis"));
    assert.equal(declared().secrets.find(({ name }) => name === "session-store")?.data["REDIS_URL"]?.from, "joined");
  });

  it("has a client for programs, and one for people's programs where they may be sent back", () => {
    assert.deepEqual(
      declared({}).clients.map(({ id, flow }) => `${id} ${flow}`),
      ["mcp-gateway service"],
    );
    const [, login] = declared({ redirectUris: ["http://localhost:3333/callback"] }).clients;
    assert.deepEqual(login?.audiences, ["mcp-gateway"]);
  });

  it("serves by TLS alone: no route of the Gateways' namespace hangs on the listener that is for the redirect", () => {
    const routes = declared().configuration.filter(({ kind }) => /Route$/.test(kind));
    assert.equal(routes.length, 2);
    for (const route of routes) {
      const { parentRefs } = route["spec"] as { parentRefs: { sectionName?: string }[] };
      assert.deepEqual(
        parentRefs.map(({ sectionName }) => sectionName),
        ["https-example-com"],
      );
    }
  });

  it("publishes its own name and no wildcard: what an MCPRoute makes has no host names, and takes its annotations", () => {
    const app = declared();
    assert.equal(named(app, "MCPRoute", "mcp").metadata.annotations?.["external-dns.alpha.kubernetes.io/controller"], "none");
    const published = named(app, "HTTPRoute", "mcp-resource-metadata");
    assert.deepEqual((published["spec"] as { hostnames: unknown }).hostnames, ["mcp.example.com"]);
    assert.equal(published.metadata.annotations, undefined);
  });

  it("makes no route while there is nothing to route to", () => {
    assert.ok(!declared({}).configuration.some(({ kind }) => kind === "MCPRoute"));
    assert.equal(declared({}).warnings.length, 1);
    assert.equal(MCP_ROUTE, "ai-eg-mcp-main-mcp");
  });

  it("makes what the real CRDs take", () => {
    const schemas = schemasOf(
      ["envoy-ai-gateway", "envoy-gateway", "gateway-api"].flatMap((folder) => [...vendoredFiles(folder).values()]),
    );
    for (const object of declared().configuration) {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      assert.ok(schema !== undefined, object.kind);
      assert.deepEqual(schemaProblems(object, schema), []);
    }
  });
});
