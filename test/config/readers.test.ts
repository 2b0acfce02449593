import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeSettings } from "../../config/describe";
import type { Problem } from "../../config/problem";
import { resolveSettings } from "../../config/resolve";
import { SECRET_FIELDS, secretPaths } from "../../config/secret-fields";
import { annotatedSchema, type JsonSchema } from "../../config/schema/json";
import { loadStackFile, settingsFromFile } from "../../config/stack-file";
import { SettingsError } from "../../config/messages";
import { UserError } from "../../config/user-error";
import { CASES } from "./cases";
import { pulumiConfigOf } from "./pulumi-reader";
import { APPS, fixtureText, patched, read } from "./stack-text";

const ROOT = join(__dirname, "../..");
const FIXTURES = join(__dirname, "../fixtures/stacks");
const STACKS = [
  ...readdirSync(FIXTURES).map((name) => join(FIXTURES, name)),
  join(ROOT, "Pulumi.lab.yaml"),
  join(ROOT, "Pulumi.home.yaml"),
];

function bare(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ rule, path, message }) => `${rule} ${path} ${message}`).sort();
}

/** Paths of the schema's secret fields, with `*` for chosen names. */
function secretsOf(schema: JsonSchema, path: readonly string[] = []): readonly (readonly string[])[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema;
  return [
    ...(schema.secret === true ? [path] : []),
    ...Object.entries(properties).flatMap(([key, each]) => secretsOf(each, [...path, key])),
    ...(typeof additionalProperties === "object" ? secretsOf(additionalProperties, [...path, "*"]) : []),
    ...(items === undefined ? [] : secretsOf(items, [...path, "[]"])),
    ...anyOf.flatMap((each) => secretsOf(each, path)),
  ];
}

describe("the two readers", () => {
  for (const path of STACKS) {
    it(`give the same settings for ${path.slice(ROOT.length + 1)}`, () => {
      const text = readFileSync(path, "utf8");
      const file = loadStackFile(path, { secrets: "optional" });
      const pulumi = resolveSettings(pulumiConfigOf(text), { stack: file.stack, secrets: "optional" });
      assert.ok(file.settings && pulumi.settings);
      assert.equal(describeSettings(pulumi.settings), describeSettings(file.settings));
    });
  }

  it("give the same problems for every refused stack file whose mistake Pulumi shows", function () {
    this.timeout(60_000);
    // what only the file shows: its own form, and single values that are or are not encrypted
    const onlyInFile = (rule: string) => rule.startsWith("file.") || rule.startsWith("secrets.");
    const cases = CASES.filter(({ rule }) => !onlyInFile(rule)).flatMap(({ refused }) => refused.filter(({ file }) => file === undefined));
    assert.ok(cases.length > 150);
    for (const each of cases) {
      const text = patched(fixtureText("full"), each);
      const pulumi = resolveSettings(pulumiConfigOf(text), { stack: "full", secrets: "optional", apps: APPS });
      assert.deepEqual(bare(pulumi.problems), bare(read(text).problems), each.name);
    }
  });

  it("both see a section without any encrypted value that holds a secret in clear", () => {
    const text = patched(fixtureText("full"), { set: { "cloudflare.token": "canary" } });
    const pulumi = resolveSettings(pulumiConfigOf(text), { stack: "full", secrets: "optional", apps: APPS });
    assert.deepEqual(bare(pulumi.problems), bare(read(text).problems));
    assert.equal(pulumi.problems[0]?.rule, "secrets.in-clear");
  });

  it("both see an encrypted value in a section without secret settings", () => {
    const text = patched(fixtureText("full"), { set: { "cluster.name": { secure: "v1:x" } } });
    const pulumi = resolveSettings(pulumiConfigOf(text), { stack: "full", secrets: "optional", apps: APPS });
    assert.ok(pulumi.problems.some(({ rule, path }) => rule === "secrets.misplaced" && path === "cluster"));
    assert.ok(read(text).problems.some(({ rule, path }) => rule === "secrets.misplaced" && path === "cluster.name"));
  });
});

describe("secrets", () => {
  it("are known by the same fields to the schema and to the readers", () => {
    assert.deepEqual(
      secretsOf(annotatedSchema())
        .map((path) => path.join("."))
        .sort(),
      SECRET_FIELDS.map((path) => path.join(".")).sort(),
    );
  });

  it("are revealed when read through Pulumi, and only known to be there when read from the file", () => {
    const text = fixtureText("full");
    const { settings } = resolveSettings(pulumiConfigOf(text, { "cloudflare.token": "canary" }), { stack: "full", secrets: "required" });
    assert.equal(settings?.cloudflare?.token.reveal(), "canary");
    const file = read(text).settings;
    assert.equal(file?.cloudflare?.token.known, false);
    assert.throws(() => file?.cloudflare?.token.reveal(), /encrypted/);
  });

  it("are listed by the paths that set them, had or needed", () => {
    assert.deepEqual(secretPaths(read(fixtureText("full")).raw), [
      "cloudflare.token",
      "git.credentials.token",
      "proxmox.attic.token",
      "proxmox.home.token",
      "secrets.sops-age",
    ]);
    assert.deepEqual(secretPaths(read(fixtureText("one-node")).raw), ["git.credentials.token", "proxmox.home.token"]);
  });

  it("never print, wherever they stand in clear by mistake", () => {
    const canary = "hunter2-canary";
    const places: readonly Readonly<Record<string, unknown>>[] = [
      { "cloudflare.token": canary },
      { "secrets.sops-age": canary },
      { secrets: canary },
      { proxmox: canary },
      { "proxmox.home": canary },
      { "proxmox.home.tokn": canary },
      { "proxmox.home.token": [canary] },
      { "proxmox.home.token": { value: canary } },
      { "git.credentials": canary },
      { "git.credentials.token": { token: canary } },
      { "git.credentials.deployKey": canary },
      { "git.url": `https://x:${canary}@git.example.com/home.git` },
      { "proxmox.home.endpoint": `https://x:${canary}@pve1.example.com:8006/` },
      { "network.announce.password": canary },
      { "platform.echo.token": canary },
      { "platform.echo": canary },
      { apiToken: canary },
      { "nodes.worker-1.extensions.siderolabs/nut-client.environment": [`bad-name=${canary}`] },
      { "nodes.worker-1.extensions.siderolabs/nut-client.files": canary },
      { 'nodes.worker-1.registryMirrors["docker.io"]': [`ftp://x:${canary}@mirror.example.com`] },
    ];
    for (const set of places) {
      const { problems } = read(patched(fixtureText("full"), { set }));
      assert.ok(problems.length > 0, JSON.stringify(set));
      assert.ok(!JSON.stringify(problems).includes(canary), JSON.stringify(problems));
      assert.ok(!new SettingsError(problems, "x").message.includes(canary));
    }
  });
});

describe("the stack file's reader", () => {
  it("says every problem at once, each once, with its line", () => {
    const text = patched(fixtureText("full"), {
      set: {
        "cluster.nme": "x",
        "cluster.contract": "1.13",
        "network.vip": "192.168.10.0",
        "cluster.endpoint": undefined,
        "nodes.cp-3": undefined,
        "nodes.worker-2.host": "pve8",
        "git.branch": 7,
        charts: { mirror: "https://x" },
      },
      text: [["    mtu: 1500\n", "    mtu: 0x5DC\n"]],
    });
    const { problems } = read(text);
    assert.deepEqual(
      problems.map(({ rule, path }) => `${rule} ${path}`),
      [
        "file.quote network.mtu",
        "format.contract cluster.contract",
        "keys.unknown cluster.nme",
        "shape.type git.branch",
        "charts.mirror charts.mirror",
        "network.address-usable network.vip",
        "nodes.control-planes-odd nodes",
        "nodes.host-declared nodes.worker-2.host",
      ],
    );
    const lines = text.split("\n");
    const lineOf = (path: string) => lines[(problems.find((each) => each.path === path)?.line ?? 0) - 1]?.trim();
    assert.equal(lineOf("network.mtu"), "mtu: 0x5DC");
    assert.equal(lineOf("cluster.nme"), "nme: x");
    assert.equal(lineOf("nodes.worker-2.host"), "host: pve8");
    assert.equal(lineOf("git.branch"), "branch: 7");
  });

  it("offers the nearest known name", () => {
    const fix = (set: Readonly<Record<string, unknown>>) => read(patched(fixtureText("full"), { set })).problems[0]?.fix;
    assert.equal(fix({ clutser: {} }), "did you mean hearth:cluster?");
    assert.equal(fix({ "nodes.cp-1.memoryMB": 1 }), "did you mean memoryMiB?");
    assert.equal(fix({ "nodes.cp-1.host": "pve11" }), "did you mean pve1?");
    assert.equal(fix({ "platform.ecko": {} }), "did you mean echo?");
    assert.equal(fix({ "network.announce.mode": "l3" }), "did you mean l2?");
  });

  it("throws nothing but a UserError, for a file that is not there or has problems", () => {
    assert.throws(() => loadStackFile(join(FIXTURES, "Pulumi.nowhere.yaml")), UserError);
    assert.throws(() => loadStackFile(join(FIXTURES, "stack.yaml")), UserError);
    assert.throws(() => loadStackFile(FIXTURES, { stack: "x" }), UserError);
    assert.throws(() => settingsFromFile(join(ROOT, "package.json"), { stack: "x" }), SettingsError);
  });

  it("reads a file that a Windows editor saved", () => {
    assert.equal(read(`\uFEFF${fixtureText("full").replaceAll("\n", "\r\n")}`).problems.length, 0);
  });

  it("does not crash on any text, nor wait for an endless one", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`),
    ].join("\n");
    for (const text of [
      "",
      "---",
      "null",
      "[]",
      "a: b: c",
      "\t",
      "config:",
      "config: 7",
      "config: {}",
      "config: []",
      "? [a, b]\n: c",
      "config:\n  ? {a: 1}\n  : 2",
      "a: *b",
      bomb,
      "%YAML 1.1\n---\nconfig: {}",
      "config: {hearth:nodes: {__proto__: 1}}",
      "config:\n  hearth:nodes:\n    constructor: {}",
      "\u0000",
    ])
      assert.ok(read(text).problems.length > 0, JSON.stringify(text));
  });
});
