import assert from "node:assert/strict";
import { z } from "zod";
import { SecretValue } from "../../config/secret-value";
import { UserError } from "../../config/user-error";
import { appSchemas } from "../../platform/app-options";
import { APPS } from "../../platform/apps";
import { defineApp, type App, type AppDefinition } from "../../platform/kit/app";
import { inOrder } from "../../platform/kit/order";
import { namespacesOf, planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { settings } from "./settings";

type Definition = AppDefinition<z.ZodObject>;

/** An app that does nothing but what a test says. */
function app(name: string, overrides: Partial<Definition> = {}): App {
  return defineApp({
    name,
    summary: name,
    namespace: { name, podSecurity: "baseline" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({}),
    ...overrides,
  });
}

const on = (...names: string[]) => settings({ platform: Object.fromEntries(names.map((name) => [name, {}])) });

function rules(given: ReturnType<typeof settings>, apps: readonly App[]): readonly string[] {
  return platformProblems(given, apps).map(({ rule, path }) => `${rule} at ${path}`);
}

describe("the options of an app", () => {
  it("are refused with the nearest name when there is no such option", () => {
    const [first, ...rest] = appSchemas["echo"]?.({ replica: 2 }) ?? [];
    assert.deepEqual(rest, []);
    assert.equal(first?.path, "platform.echo.replica");
    assert.equal(first?.rule, "platform.options");
    assert.match(first?.fix ?? "", /replicas/);
  });

  it("are refused with the path of each value that will not do, all at once", () => {
    const found = appSchemas["flux-webhook"]?.({ type: "cvs", colour: "red" }) ?? [];
    assert.deepEqual(found.map(({ path }) => path).sort(), ["platform.flux-webhook.colour", "platform.flux-webhook.type"]);
    assert.deepEqual(
      appSchemas["echo"]?.({ replicas: 0 })?.map(({ path }) => path),
      ["platform.echo.replicas"],
    );
    assert.deepEqual(
      appSchemas["echo"]?.("yes")?.map(({ path }) => path),
      ["platform.echo"],
    );
  });

  it("pass when they are what the schema says, or absent", () => {
    for (const name of Object.keys(appSchemas)) assert.deepEqual(appSchemas[name]?.({}), []);
    assert.deepEqual(appSchemas["echo"]?.({ replicas: 3 }), []);
  });
});

describe("the plan of the platform", () => {
  it("refuses an app that does not exist, with the nearest name", () => {
    const [problem] = platformProblems(on("ecko"));
    assert.equal(problem?.rule, "platform.app-known");
    assert.match(problem?.fix ?? "", /did you mean echo/);
    assert.throws(() => renderTree(on("ecko")), UserError);
  });

  it("refuses an app whose dependency is off, and leaves out an ordering to an app that is off", () => {
    const apps = [app("a", { needs: ["b"] }), app("b"), app("c", { after: ["b"] })];
    assert.deepEqual(rules(on("a"), apps), ["platform.needs at platform.a"]);
    assert.deepEqual(
      planPlatform(on("c"), apps).map(({ dependsOn }) => dependsOn),
      [[]],
    );
    assert.deepEqual(
      planPlatform(on("b", "c"), apps).map(({ name, dependsOn }) => [name, dependsOn]),
      [
        ["b", []],
        ["c", ["b"]],
      ],
    );
  });

  it("refuses an app whose secret is not set, before anything is rendered", () => {
    const apps = [app("a", { secrets: () => [{ name: "s", data: { key: { from: "config", secret: "api-key" } } }] })];
    assert.deepEqual(rules(on("a"), apps), ["platform.secrets at secrets.api-key"]);
    const given = settings({ platform: { a: {} }, secrets: { "api-key": SecretValue.encrypted() } });
    assert.deepEqual(rules(given, apps), []);
  });

  it("names every app of a circle", () => {
    const apps = [app("a", { needs: ["c"] }), app("b", { needs: ["a"] }), app("c", { after: ["b"] }), app("d", { needs: ["a"] })];
    assert.throws(() => planPlatform(on("a", "b", "c", "d"), apps), /circle: a -> c -> b -> a/);
    assert.throws(() => inOrder([{ name: "a", dependsOn: ["z"] }]), /a depends on z, which is not there/);
  });

  it("puts every app after what it depends on, whatever the order of the list", () => {
    const apps = [app("a", { needs: ["d"] }), app("b", { needs: ["a", "c"] }), app("c", { needs: ["d"] }), app("d")];
    for (const list of [apps, [...apps].reverse()]) {
      assert.deepEqual(
        planPlatform(on("a", "b", "c", "d"), list).map(({ name }) => name),
        ["d", "a", "c", "b"],
      );
    }
  });

  it("refuses a namespace with two levels, and a Secret with two owners", () => {
    const shared = (podSecurity: "baseline" | "restricted") => ({ namespace: { name: "shared", podSecurity } });
    assert.throws(
      () => namespacesOf(on("a", "b"), [app("a", shared("baseline")), app("b", shared("restricted"))]),
      /baseline and restricted/,
    );
    const secrets = () => [{ name: "s", namespace: "x", data: {} }];
    assert.throws(() => secretsOf(on("a", "b"), [app("a", { secrets }), app("b", { secrets })]), /x\/s has two owners/);
  });
});

describe("the catalogue", function () {
  // Some forty renders, on a machine that may be busy.
  this.timeout(30_000);

  it("has unique names, and names only apps that are in it", () => {
    const names = APPS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, needs, after } of APPS)
      for (const other of [...needs, ...after]) assert.ok(names.includes(other), `${name}: ${other}`);
  });

  it("renders with none chosen, and with each app alone that needs neither another nor an option", () => {
    const alone = APPS.map(({ name }) => [name]).filter((names) => platformProblems(on(...names)).length === 0);
    assert.ok(alone.length > 5, alone.join());
    for (const names of [[], ...alone]) assert.ok(renderTree(on(...names)).size > 0);
  });
});

describe("what Pulumi seeds", () => {
  it("is Flux' namespace without a level, the edge's, and each app's with its own; none that Kubernetes makes", () => {
    assert.deepEqual(namespacesOf(settings()), [
      { name: "echo", podSecurity: "restricted" },
      { name: "flux-system", podSecurity: undefined },
      { name: "network", podSecurity: "restricted" },
    ]);
    assert.deepEqual(
      namespacesOf(settings({ platform: {}, cloudflare: undefined })).map(({ name }) => name),
      ["flux-system"],
    );
  });

  it("is the age key, the Git credentials, the tunnel's token and what apps ask for", () => {
    const found = secretsOf(settings()).map((secret) => [
      secret.namespace,
      secret.name,
      Object.keys(secret.data),
      Object.values(secret.data).map(({ from }) => from),
    ]);
    assert.deepEqual(found, [
      ["flux-system", "flux-system-git", ["username", "password"], ["plain", "given"]],
      ["flux-system", "flux-webhook-token", ["token"], ["generated"]],
      ["flux-system", "sops-age", ["age.agekey"], ["age-identity"]],
      ["network", "cloudflare-tunnel", ["TUNNEL_TOKEN"], ["tunnel-token"]],
    ]);
  });

  it("takes the secret of the settings where it is set, rather than making one", () => {
    const secrets = { "flux-webhook-token": SecretValue.of("a"), "sops-age": SecretValue.of("b") };
    const found = secretsOf(settings({ secrets })).flatMap((secret) => Object.values(secret.data));
    for (const value of Object.values(secrets)) assert.ok(found.some((source) => source.from === "given" && source.value === value));
    assert.ok(!found.some((source) => source.from === "generated" || source.from === "age-identity"));
  });

  it("holds no text of a secret when it is printed", () => {
    assert.ok(!JSON.stringify(secretsOf(settings())).includes("git-token"));
  });

  it("has nothing for a public repository, and an identity with known hosts for a deploy key", () => {
    const git = settings().git;
    const named = (credentials: typeof git.credentials) =>
      secretsOf(settings({ git: { ...git, credentials } }))
        .filter(({ name }) => name === "flux-system-git")
        .map(({ data }) => Object.keys(data));
    assert.deepEqual(named({ kind: "public" }), []);
    assert.deepEqual(named({ kind: "deployKey", privateKey: SecretValue.of("k"), knownHosts: "h" }), [["identity", "known_hosts"]]);
  });
});
