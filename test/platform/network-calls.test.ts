import assert from "node:assert/strict";
import { APPS } from "../../platform/apps";
import { platformFacts } from "../../platform/facts";
import { app, GATEWAYS, pod, policiesOf, PROXY } from "./network-fixture";
import { reaches } from "./network-model";
import { settings } from "./settings";

describe("the policies of apps that call what the settings name", () => {
  const opened = (name: "mcp-gateway" | "external-secrets", options: unknown) => {
    const given = settings({ platform: { "network-policies": { mode: "enforce" }, keycloak: {}, redis: {} } });
    const enabled = new Set([name, "keycloak", "redis"]);
    const own = APPS.find((each) => each.name === name)?.declare(options, {
      settings: given,
      enabled,
      facts: platformFacts(given, enabled),
    });
    return policiesOf([app(name, { namespace: { name: own?.namespace.name ?? name }, network: () => own?.network ?? {} }), GATEWAYS]);
  };

  it("let the proxies call MCP servers in other namespaces and at other ports of the world, and nobody besides", () => {
    const backends = { far: { url: "https://mcp.example.org:8443/mcp" }, near: { url: "http://files.tools.svc.cluster.local/mcp" } };
    const policies = opened("mcp-gateway", { backends });
    assert.ok(reaches(policies, PROXY, "world", { port: 8443 }) && reaches(policies, PROXY, pod("tools"), { port: 8000 }));
    assert.ok(!reaches(policies, PROXY, "world", { port: 9443 }) && !reaches(policies, PROXY, pod("home"), { port: 8000 }));
    assert.ok(!reaches(opened("mcp-gateway", {}), PROXY, "world", { port: 8443 }));
  });

  it("let External Secrets call a store that is in the cluster", () => {
    const [vault, connect] = [
      opened("external-secrets", { store: { provider: "vault", server: "https://vault.vault.svc:8200" } }),
      opened("external-secrets", { store: { provider: "1password-connect", host: "http://connect.passwords.svc:8080", vaults: ["home"] } }),
    ];
    assert.ok(reaches(vault, pod("external-secrets"), pod("vault"), { port: 8200 }));
    assert.ok(reaches(connect, pod("external-secrets"), pod("passwords"), { port: 8080 }));
    assert.ok(!reaches(vault, pod("external-secrets"), pod("passwords"), { port: 8080 }));
  });
});
