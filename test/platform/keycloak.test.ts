import assert from "node:assert/strict";
import { z } from "zod";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import { APPS } from "../../platform/apps";
import { keycloak } from "../../platform/apps/keycloak";
import { platformFacts } from "../../platform/facts";
import { defineApp, type App } from "../../platform/kit/app";
import type { KubeObject } from "../../platform/kit/objects";
import { clientImport } from "../../platform/keycloak/client";
import { IMPORTER_SETTINGS } from "../../platform/keycloak/import-job";
import { keycloakOptions } from "../../platform/keycloak/options";
import { masterOf, realmOf } from "../../platform/keycloak/realm";
import { planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { settings } from "./settings";

const TENANT = "00000000-0000-0000-0000-000000000001";
const FULL = {
  database: "embedded",
  smtp: { host: "mail.example.com", from: "auth@example.com", user: "auth" },
  identityProviders: {
    google: { clientId: "g", role: "guest" },
    microsoft: { clientId: "m", tenant: TENANT, groupRoles: { "00000000-0000-0000-0000-00000000000a": "auditor" } },
    github: { clientId: "h" },
  },
};
const SECRETS = ["google-client-secret", "microsoft-client-secret", "github-client-secret", "smtp-password", "admin-password"];

/** An app with one client of each flow. */
const asking = (redirectUri = "https://app.example.com/callback"): App =>
  defineApp({
    name: "asking",
    summary: "an app that people log in to",
    namespace: { name: "asking", podSecurity: "restricted" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({}),
    objects: () => [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "asking" } }],
    clients: () => [
      { id: "asking", flow: "code", redirectUris: [redirectUri], secret: { name: "login", key: "secret" }, audiences: ["echo"] },
      { id: "asking-cli", flow: "public", redirectUris: ["http://127.0.0.1:8000/callback"] },
    ],
  });

function on(options: object = {}, secret = "a secret of its own", more: Settings["platform"] = {}): Settings {
  const given = Object.fromEntries(SECRETS.map((name) => [`keycloak-${name}`, SecretValue.of(secret)]));
  return settings({ platform: { keycloak: { database: "embedded", ...options }, ...more }, secrets: given });
}

function stagesOf(given: Settings, app: string, apps = APPS): ReadonlyMap<string, readonly KubeObject[]> {
  const plan = planPlatform(given, apps).find(({ name }) => name === app);
  return new Map((plan?.stages ?? []).map((stage) => [stage.name, stage.objects]));
}

const namesOf = (objects: readonly KubeObject[] | undefined): readonly string[] =>
  (objects ?? []).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name.replace(/-[0-9a-f]{8}$/, "-#")}`);

describe("Keycloak", () => {
  it("comes in the order database, operator and definitions, server and realm, clients", () => {
    const stages = stagesOf(on({ clients: { robot: { flow: "service" } } }), "keycloak");
    assert.deepEqual([...stages.keys()], ["keycloak-data", "keycloak", "keycloak-config", "keycloak-access"]);
    assert.deepEqual(namesOf(stages.get("keycloak-config")), [
      "Keycloak keycloak/keycloak",
      "ConfigMap keycloak/keycloak-master-#",
      "Job keycloak/keycloak-master-#",
      "ConfigMap keycloak/keycloak-realm-#",
      "Job keycloak/keycloak-realm-#",
    ]);
    assert.ok(namesOf(stages.get("keycloak")).some((name) => name.startsWith("CustomResourceDefinition")));
    assert.ok(namesOf(stages.get("keycloak-access")).includes("Job keycloak/oidc-client-robot-#"));
  });

  it("has an operator that watches no more than its Role lets it: its own namespace, with each of its controllers", () => {
    const main = stagesOf(on(), "keycloak").get("keycloak") ?? [];
    const operator = JSON.stringify(main.find(({ kind }) => kind === "Deployment"));
    const kinds = main.filter(({ kind }) => kind === "CustomResourceDefinition").map((crd) => crd["spec"] as { names: { kind: string } });
    assert.equal(kinds.length, 2);
    for (const { names } of kinds) {
      const variable = `QUARKUS_OPERATOR_SDK_CONTROLLERS_${names.kind.toUpperCase()}CONTROLLER_NAMESPACES`;
      assert.ok(operator.includes(`{"name":"${variable}","value":"JOSDK_WATCH_CURRENT"}`), variable);
    }
    assert.ok(!main.some(({ kind }) => kind.startsWith("ClusterRole")));
  });

  it("is reached on a gateway of its own, and protected by nobody but itself", () => {
    const given = on({ subdomain: "login" });
    const [host] = planPlatform(given).find(({ name }) => name === "keycloak")?.hosts ?? [];
    assert.deepEqual([host?.host, host?.gateway, host?.protection.by], ["login.example.com", "auth", "app"]);
  });

  it("tells everybody where the realm answers, as tokens name it, also with options that are not set", () => {
    const facts = (options?: Readonly<Record<string, unknown>>) =>
      platformFacts(settings({ platform: { keycloak: options ?? {} } }), new Set(["keycloak"])).identity;
    assert.equal(facts()?.issuer, "https://auth.example.com/realms/home");
    assert.equal(facts({ subdomain: "id", realm: "office" })?.issuer, "https://id.example.com/realms/office");
    assert.equal(
      facts()?.internal.tokenEndpoint,
      "http://keycloak-service.keycloak.svc.cluster.local:8080/realms/home/protocol/openid-connect/token",
    );
    assert.equal(platformFacts(settings(), new Set()).identity, undefined);
  });

  it("writes no secret into the tree and nothing that Flux would substitute", () => {
    const tree = [...renderTree(on(FULL)).values()].join("\n");
    assert.ok(!tree.includes("a secret of its own") && !tree.includes("${"));
    for (const name of ["GOOGLE_CLIENT_SECRET", "MICROSOFT_CLIENT_SECRET", "GITHUB_CLIENT_SECRET", "SMTP_PASSWORD"]) {
      assert.ok(tree.includes(`$(env:${name})`), name);
    }
  });

  it("gives each variable of an import the Secret that is seeded for it", () => {
    const given = on({ ...FULL, clients: { robot: { flow: "service" } } });
    const seeded = new Set(
      secretsOf(given).flatMap(({ namespace, name, data }) => Object.keys(data).map((key) => `${namespace}/${name}/${key}`)),
    );
    const jobs = [...stagesOf(given, "keycloak").values()].flat().filter(({ kind }) => kind === "Job");
    assert.equal(jobs.length, 3);
    for (const job of jobs) {
      const references = [...JSON.stringify(job).matchAll(/"secretKeyRef":\{"name":"([^"]+)","key":"([^"]+)"/g)];
      assert.ok(references.length >= 2);
      for (const [, name = "", key = ""] of references) assert.ok(seeded.has(`keycloak/${name}/${key}`), `${name}/${key}`);
    }
    assert.ok(!seeded.has("keycloak/keycloak-initial-admin/password"), "the operator takes this name for its own");
  });

  it("makes a new Job when the realm changes, and the same one when it does not", () => {
    const job = (options: object) =>
      stagesOf(on(options), "keycloak")
        .get("keycloak-config")
        ?.find(({ kind, metadata }) => kind === "Job" && metadata.name.startsWith("keycloak-realm-"))?.metadata.name;
    assert.equal(job({}), job({}));
    assert.notEqual(job({}), job({ eventsRetentionDays: 31 }));
  });

  it("locks who guesses at the administrators' own realm, too, and owns nothing else of it", () => {
    const { realm, bruteForceProtected, failureFactor, ...rest } = masterOf(keycloakOptions.parse({ bruteForce: { failures: 3 } }));
    assert.deepEqual([realm, bruteForceProtected, failureFactor], ["master", true, 3]);
    for (const name of Object.keys(rest)) assert.match(name, /wait|failure|lockout|login|delta/i);
  });

  it("lets the importer delete nothing at all", () => {
    const managed = Object.entries(IMPORTER_SETTINGS).filter(([name]) => name.startsWith("IMPORT_MANAGED_"));
    assert.equal(managed.length, 17);
    for (const [name, value] of managed) assert.equal(value, "no-delete", name);
  });

  it("asks for a database and its operator, or brings its own PostgreSQL and keeps its volume", () => {
    assert.deepEqual(
      platformProblems(on({ database: "cnpg" })).map(({ rule, path }) => [rule, path]),
      [["platform.needs", "platform.keycloak"]],
    );
    const [, set] = stagesOf(on(), "keycloak").get("keycloak-data") ?? [];
    const spec = set?.["spec"] as { persistentVolumeClaimRetentionPolicy: { whenDeleted: string } };
    assert.equal(spec.persistentVolumeClaimRetentionPolicy.whenDeleted, "Retain");
    assert.equal(set?.metadata.annotations?.["kustomize.toolkit.fluxcd.io/prune"], "disabled");
  });
});

describe("the realm", () => {
  it("has every role that a group or an identity provider names, and always the administrators", () => {
    const realm = realmOf(keycloakOptions.parse({ ...FULL, groups: { users: ["user"], staff: ["editor"] }, roles: ["extra"] }));
    assert.deepEqual(
      realm.roles.realm.map(({ name }) => name),
      ["admin", "auditor", "editor", "extra", "guest", "user"],
    );
    assert.deepEqual(
      realm.groups.map(({ name }) => name),
      ["admins", "staff", "users"],
    );
    assert.deepEqual(realm.scopeMappings, [
      { clientScope: "realm-roles", roles: ["admin", "auditor", "editor", "extra", "guest", "user"] },
    ]);
  });

  it("takes accounts of one Entra tenant only", () => {
    const microsoft = (tenant: string) =>
      keycloakOptions.safeParse({ identityProviders: { microsoft: { clientId: "m", tenant } } }).success;
    assert.ok(microsoft(TENANT));
    assert.ok(!microsoft("common") && !microsoft("organizations"));
  });

  it("says when anybody with an account elsewhere can log in", () => {
    const warnings = planPlatform(on(FULL)).find(({ name }) => name === "keycloak")?.warnings ?? [];
    assert.equal(warnings.filter((text) => /anybody with a (Google|GitHub) account/.test(text)).length, 2);
  });

  it("refuses a secret that the import could not take as it is", () => {
    for (const text of ['with " quote', "back\\slash", "two\nlines", "$(env:OTHER)"]) {
      assert.equal(platformProblems(on(FULL, text)).length, 4, text);
    }
    assert.deepEqual(platformProblems(on(FULL)), []);
    assert.match(
      platformProblems(on({}, "short"))
        .map(({ message }) => message)
        .join(),
      /shorter than 8/,
    );
  });
});

describe("a client of the realm", () => {
  it("is made beside the app that asks, waits for Keycloak in the app's access only, and has one secret on both sides", () => {
    const apps = [...APPS, asking()];
    const given = on({}, undefined, { asking: {} });
    const plan = planPlatform(given, apps).find(({ name }) => name === "asking");
    const access = plan?.stages.find(({ name }) => name === "asking-access");
    assert.ok(access?.dependsOn.includes("keycloak-config"));
    assert.ok(!plan?.stages.find(({ name }) => name === "asking")?.dependsOn.some((name) => name.startsWith("keycloak")));
    assert.ok(namesOf(access?.objects).includes("Job keycloak/oidc-client-asking-#"));
    const sides = secretsOf(given, apps).flatMap(({ namespace, name, data }) =>
      Object.values(data).flatMap((source) =>
        source.from === "generated" && source.shared === "oidc-client/asking" ? [{ at: `${namespace}/${name}`, source }] : [],
      ),
    );
    assert.deepEqual(sides.map(({ at }) => at).sort(), ["asking/login", "keycloak/oidc-client-asking"]);
    assert.deepEqual(sides[0]?.source, sides[1]?.source);
    assert.equal(sides[0]?.source.alphabet, "hex");
  });

  it("cannot be had without Keycloak", () => {
    const apps = [...APPS, asking()];
    assert.deepEqual(
      platformProblems(settings({ platform: { asking: {} } }), apps).map(({ path, message }) => [path, /keycloak/.test(message)]),
      [["platform.asking", true]],
    );
  });

  it("never has a wildcard in a redirect URI", () => {
    assert.throws(() => clientImport("home", { id: "a", flow: "code", redirectUris: ["https://a.example.com/*"] }), /must be exact/);
    assert.ok(!keycloak.options.safeParse({ clients: { a: { flow: "code", redirectUris: ["https://a.example.com/*"] } } }).success);
  });

  it("names itself and every audience that is asked for, sees no roles of others, and must use PKCE only without a secret", () => {
    const of = (flow: "code" | "public") => clientImport("home", { id: "a", flow, audiences: ["b", "a"] }).clients[0];
    const mappers = of("code")["protocolMappers"] as readonly { readonly name: string }[];
    assert.deepEqual(
      mappers.map(({ name }) => name),
      ["audience-a", "audience-b"],
    );
    assert.equal(of("code")["fullScopeAllowed"], false);
    assert.deepEqual(of("code")["attributes"], { "post.logout.redirect.uris": "" });
    assert.deepEqual(of("public")["attributes"], { "post.logout.redirect.uris": "", "pkce.code.challenge.method": "S256" });
    const scopes = of("code")["defaultClientScopes"] as readonly string[];
    assert.ok(scopes.includes("basic") && !scopes.includes("openid"));
  });
});
