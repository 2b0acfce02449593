import assert from "node:assert/strict";
import { formatProblems } from "../../config/messages";
import { readStackFile } from "../../config/stack-file";
import { SECRET_FIELDS } from "../../config/secret-fields";
import { SecretValue } from "../../config/secret-value";
import { readPreview } from "../../plan/preview";
import { plan } from "../../plan";
import { redactor, secretChanges, secretPathsOf, withoutLogin } from "../../plan/secrets";
import { appSchemas } from "../../platform/app-options";
import { CanaryScan, type Canary } from "../e2e/canary-scan";
import { patched, type Patch } from "../config/stack-text";
import { bgp, settings, network } from "../platform/settings";
import { BASE, CHANGES, planned } from "./prepared-changes";

/** A secret that no other text holds by chance; `?` and `&` change when a URL or JSON carries them. */
const canary = (name: string): Canary => ({ name, value: `${name.replace(/\W/g, "")}-Q7?f&zK/+${name.length}-canary` });

const PLACES = ["proxmox.home.token", "cloudflare.token", "git.credentials.token", "secrets.sops-age", "network.announce.password"];

/** Ways in which a careless hand puts a secret into a stack file; most are mistakes, and all must be kept from print. */
const CARELESS: readonly { readonly name: string; readonly patch: (secret: string) => Patch }[] = [
  ...PLACES.map((path) => ({ name: `${path} in clear`, patch: (secret: string) => ({ set: { [path]: secret } }) })),
  {
    name: "an extension's file",
    patch: (secret) => ({
      set: {
        'nodeDefaults.worker.extensions["siderolabs/nut-client"].files["/usr/local/etc/nut/upsmon.conf"]': `MONITOR ups@192.0.2.1 1 user ${secret} secondary`,
      },
    }),
  },
  {
    name: "an extension's environment",
    patch: (secret) => ({ set: { 'nodeDefaults.worker.extensions["siderolabs/tailscale"].environment': [`TS_AUTHKEY=${secret}`] } }),
  },
  {
    name: "an environment entry without a name",
    patch: (secret) => ({ set: { 'nodeDefaults.worker.extensions["siderolabs/tailscale"].environment': [secret] } }),
  },
  {
    name: "the Git URL",
    patch: (secret) => ({ set: { "git.url": `https://git:${encodeURIComponent(secret)}@git.example.com/home.git` } }),
  },
  {
    name: "a mirror's URL",
    patch: (secret) => ({
      set: { 'nodeDefaults.worker.registryMirrors["docker.io"]': [`https://user:${encodeURIComponent(secret)}@mirror.example.com`] },
    }),
  },
  {
    name: "the Proxmox endpoint",
    patch: (secret) => ({ set: { "proxmox.home.endpoint": `https://root:${encodeURIComponent(secret)}@pve1.lab.example.com:8006/` } }),
  },
  { name: "an unknown key of a section", patch: (secret) => ({ set: { "cloudflare.apiKey": secret } }) },
];

describe("secrecy of a plan", function () {
  this.timeout(60_000);

  for (const { name, patch } of CARELESS) {
    it(`prints no form of a secret that stands in ${name}, on either side or changed`, () => {
      const [first, second] = [canary(`${name} first`), canary(`${name} second`)];
      const scan = new CanaryScan([first, second]);
      const [before, after] = [patched(BASE, patch(first.value)), patched(BASE, patch(second.value))];
      for (const [old, now] of [
        [BASE, after],
        [before, BASE],
        [before, after],
        [before, before],
      ] as const) {
        const { markdown } = planned(now, old);
        assert.deepEqual(scan.scan({ channel: "plan", where: name, data: Buffer.from(markdown) }), []);
      }
    });
  }

  /** A secret that its reader takes for something else than a text; with each of them the file is broken or doubtful. */
  const MISREAD: readonly (readonly [string, string])[] = [
    ["a tag", "!Hunter2-SECRET"],
    ["the head of a block", "|Hunter2-SECRET"],
    ["a number of another base", "0x1f2e3d4c5b6a"],
    ["a number with underscores", "1_000_123_456"],
    ["a number with zeros that go", "17.2604103950"],
    ["a date", "2026-11-21T10:11:12"],
    ["a directive", "%Hunter2-SECRET"],
    ["an alias", "*Hunter2-SECRET"],
    ["an anchor", "&Hunter2-SECRET"],
    ["a key of its own", "{ Hunter2-SECRET: 0x10 }"],
    ["a list that nobody closes", "[Hunter2-SECRET"],
    ["a text that is not YAML's", '"Hunter2-SECRET\\q"'],
    ["a second line that is not indented", "first\n  Hunter2-SECRET"],
    ["a second line at the margin", "first\nHunter2-SECRET"],
  ];
  for (const [name, written] of MISREAD) {
    it(`prints nothing of a secret in clear that reads as ${name}`, () => {
      const value = /Hunter2-SECRET/.exec(written)?.[0] ?? written;
      const forms = [{ name, value }, ...(written.includes(".") ? [{ name, value: String(Number(written)) }] : [])];
      const scan = new CanaryScan(forms);
      // Where no secret belongs, a key is taken for the name of a setting, and said.
      const misplaced = written.startsWith("{") ? [] : ["cloudflare.apiKey", "platform.echo.password"];
      for (const path of ["cloudflare.token", "secrets.sops-age", ...misplaced]) {
        const text = patched(BASE, { set: { [path]: "PLACEHOLDER" }, text: [["PLACEHOLDER", written]] });
        for (const { markdown } of [planned(text), planned(BASE, text), planned(text, text)]) {
          assert.deepEqual(scan.scan({ channel: "plan", where: path, data: Buffer.from(markdown) }), []);
        }
        const { problems } = readStackFile(text, { stack: "lab", apps: appSchemas });
        assert.deepEqual(scan.scan({ channel: "problems", where: path, data: Buffer.from(formatProblems(problems)) }), []);
      }
    });
  }

  it("hides the log-in of a URL whatever the password is made of, and nothing behind it", () => {
    for (const password of ["plain", "pa@ss", "p'a'ss", "p<a>ss", "@@", 'p\\"ss', "p:a,s;s%40"]) {
      assert.equal(
        withoutLogin(`- "https://user:${password}@mirror.example.com/v2?at=x@y"`),
        '- "https://[hidden]@mirror.example.com/v2?at=x@y"',
      );
    }
    for (const harmless of ["https://example.com/a@b", "ghcr.io/x/y:1.2.3@sha256:0f", "see https://example.com and mail a@b.c", "a@b"]) {
      assert.equal(withoutLogin(harmless), harmless);
    }
  });

  it("says nothing of secrets where a file cannot be read, rather than that they are gone", () => {
    const broken = BASE.replace("config:", "config: [");
    for (const [after, before] of [
      [broken, BASE],
      [BASE, broken],
    ] as const) {
      assert.deepEqual(secretChanges(before, after), { state: "unreadable", added: [], removed: [], changed: [], reencrypted: false });
      const { markdown } = planned(after, before);
      assert.doesNotMatch(markdown, /### Secrets/);
      assert.match(markdown, /^- Secrets: one of the two stack files is not YAML\.$/m);
    }
  });

  it("says that a hidden file changed, and tells its two contents apart by the side alone", () => {
    const extension = (text: string): Patch => ({
      set: { 'nodeDefaults.worker.extensions["siderolabs/nut-client"].files["/etc/upsmon.conf"]': text },
    });
    const { markdown } = planned(patched(BASE, extension("password two")), patched(BASE, extension("password one")));
    assert.match(markdown, /^-.*\[hidden nut-client \/etc\/upsmon\.conf, before\]/m);
    assert.match(markdown, /^\+.*\[hidden nut-client \/etc\/upsmon\.conf, after\]/m);
    assert.match(markdown, /without a restart of the node, these restart on it: the extension's service/);
  });

  it("never prints the encrypted text of a secret either", () => {
    const encrypted = [...BASE.matchAll(/secure: "?(v1:\S+?)"?$/gm)].map(([, text = ""], index) => ({
      name: `secret ${index}`,
      value: text,
    }));
    assert.ok(encrypted.length >= 4);
    const scan = new CanaryScan(encrypted);
    for (const [name, { patch }] of Object.entries(CHANGES)) {
      const { markdown } = planned(patched(BASE, patch));
      assert.deepEqual(scan.scan({ channel: "plan", where: name, data: Buffer.from(markdown) }), []);
    }
  });

  it("takes no value from an engine's preview, only names", () => {
    const secret = canary("a value in the state");
    const state = { inputs: { apiToken: secret.value, nested: { token: Buffer.from(secret.value).toString("base64") } }, protect: true };
    const step = (op: string) => ({
      op,
      urn: "urn:pulumi:lab::hearth::hearth:phase:Machines$proxmoxve:index/vmLegacy:VmLegacy::cp-1",
      oldState: state,
      newState: state,
      detailedDiff: { "memory.dedicated": { kind: "update", inputDiff: true } },
    });
    const text = JSON.stringify({
      config: { "hearth:proxmox": secret.value },
      steps: [step("replace"), step("update")],
      diagnostics: [{ message: secret.value, severity: "error" }],
    });
    const { markdown } = plan({ stack: "lab", base: "main", before: { text: BASE }, after: { text: BASE }, engine: readPreview(text) });
    assert.match(markdown, /memory\.dedicated/);
    assert.deepEqual(new CanaryScan([secret]).scan({ channel: "plan", where: "preview", data: Buffer.from(markdown) }), []);
  });

  it("names every secret of resolved settings by the path that it is set at, and knows every secret field", () => {
    const all = settings({
      proxmox: [{ ...proxmox(), token: SecretValue.of("one") }],
      network: network({ announce: bgp() }),
      secrets: { "sops-age": SecretValue.of("two") },
    });
    const key = settings({ git: { ...all.git, credentials: { kind: "deployKey", privateKey: SecretValue.of("three"), knownHosts: "" } } });
    const paths = [...secretPathsOf(all).values(), ...secretPathsOf(key).values()];
    const fits = (pattern: readonly string[]) =>
      paths.some(
        (path) =>
          path.split(".").every((step, index) => pattern[index] === "*" || pattern[index] === step) &&
          path.split(".").length === pattern.length,
      );
    for (const field of SECRET_FIELDS) assert.ok(fits(field), field.join("."));
  });

  it("puts a placeholder into whatever holds a secret, and says of which side a changed one is", () => {
    const all = settings({ secrets: { mail: SecretValue.of("one"), chat: SecretValue.of("two") } });
    const plain = redactor(
      all,
      ["secrets.mail"],
      "after",
    )({ a: [all.secrets["mail"], { b: all.secrets["chat"] }], c: SecretValue.of("stray") });
    assert.deepEqual(plain, { a: ["[secret secrets.mail, after]", { b: "[secret secrets.chat]" }], c: "[secret]" });
  });
});

function proxmox() {
  return {
    name: "home",
    endpoint: "https://pve1.example.com:8006/",
    tls: { mode: "system" as const },
    hosts: [],
    sharedDatastores: [],
    bridge: "vmbr0",
    tags: [],
    antiAffinityRule: false,
  };
}
