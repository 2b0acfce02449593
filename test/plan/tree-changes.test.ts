import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStackFile } from "../../config/stack-file";
import { treeChanges } from "../../plan/tree-changes";
import { textDiff } from "../../plan/text-diff";
import { plan } from "../../plan";
import { patched } from "../config/stack-text";
import { BASE, planned } from "./prepared-changes";

describe("the diff of the tree that Flux applies", function () {
  this.timeout(60_000);

  it("is per app, and says of data that it stays when its app goes", () => {
    const withData = patched(BASE, { set: { "platform.cert-manager": {} } });
    const { markdown } = planned(BASE, withData);
    const row = /^\| \*\*cert-manager\*\* .*$/m.exec(markdown)?.[0] ?? "";
    assert.match(row, /Flux deletes \d+ objects, \d+ objects? stays? in the cluster/);
  });

  it("leaves the objects of a Kustomization that is deleted as an orphan, and of a folder that is not pruned", () => {
    const { settings } = readStackFile(BASE, { stack: "lab" });
    assert.ok(settings);
    const side = (tree: Readonly<Record<string, string>>) => ({
      settings,
      tree: new Map(Object.entries(tree)),
      redact: (value: unknown) => value,
    });
    const fate = (policy: string, folder: string) =>
      treeChanges(
        side({
          "apps/x-data.yaml": `spec:\n  deletionPolicy: ${policy}\n`,
          "apps/x-data/kustomization.yaml": folder,
          "apps/x-data/pvc.yaml": "",
        }),
        side({}),
      )[0]?.fate;
    assert.equal(fate("Orphan", ""), "1 object stays in the cluster");
    assert.equal(fate("WaitForTermination", ""), "Flux deletes 1 object");
    assert.equal(fate("WaitForTermination", "kustomize.toolkit.fluxcd.io/prune: disabled"), "1 object stays in the cluster");
  });

  it("compares with the tree that is committed where there is one, so that a change of the program shows", () => {
    const { markdown: same } = planned(BASE);
    assert.doesNotMatch(same, /What Flux applies/);
    const tree = new Map([
      ["apps/echo/deployment-echo.yaml", "kind: Deployment\n"],
      ["hearth.json", "{}"],
    ]);
    const { markdown } = plan({ stack: "lab", base: "main", before: { text: BASE, tree }, after: { text: BASE } });
    assert.match(markdown, /^\| echo \| 4 \| 1 \|/m);
    assert.doesNotMatch(markdown, /hearth\.json/);
  });

  it("stays within a comment's limit for a new stack, and says so", () => {
    const { markdown } = plan({ stack: "lab", base: "main", after: { text: BASE } });
    assert.ok(markdown.length <= 65_536);
    assert.match(markdown, /This is a new stack\./);
    assert.match(markdown, /more lines\. `npm run plan -- lab` prints all of it\./);
  });

  const unreadable: readonly (readonly [string, string])[] = [
    ["has a mistake", BASE.replace("vip: 127.10.0.10", "vip: nonsense")],
    ["has a key that this code does not know", patched(BASE, { set: { "cluster.oldKey": true } })],
    ["is not YAML", BASE.replace("config:", "config: [")],
    ["is empty", ""],
  ];
  for (const [name, base] of unreadable) {
    it(`says in its first line that what changes is not known when the base ${name}, and lets it in`, () => {
      const lost = patched(BASE, { set: { "nodes.cp-2": undefined, "nodes.cp-3": undefined, "cluster.deletionProtection": false } });
      const { markdown, verdict } = planned(lost, base);
      const [, , headline = ""] = markdown.split("\n").filter((line) => line !== "");
      assert.match(headline, /^\*\*What changes is not known: the base's settings cannot be read by this code\.\*\*/);
      assert.doesNotMatch(markdown, /No resource changes|This is a new stack/);
      assert.match(markdown, /The base's settings do not hold together/);
      assert.equal(verdict, "open");
    });
  }

  const everything = readFileSync(join(__dirname, "../../lab/stacks/Pulumi.all.yaml"), "utf8");
  const late: readonly (readonly [string, string, string, unknown])[] = [
    ["a label that no node may set", BASE, 'nodes.worker-1.labels["kubernetes.io/hostname"]', "worker-1"],
    ["a label that no worker may set", BASE, 'nodes.worker-1.labels["failure-domain.kubernetes.io/zone"]', "a"],
    ["what Flux reads as a variable", everything, "platform.kube-prometheus-stack.receivers.slack.channel", "#${HOME}"],
    ["what Flux reads as a variable, deep in a list", everything, "platform.keycloak.clients.robot.audiences[0]", "a${HOME}"],
  ];
  for (const [name, base, path, value] of late) {
    it(`lists ${name} as a mistake of the change, and as one of the base, where rendering would throw`, () => {
      const text = patched(base, { set: { [path]: value } });
      const { markdown, verdict } = planned(text, base);
      assert.equal(verdict, "blocked");
      assert.ok(markdown.includes(`- \`${path}\``), markdown);
      assert.match(planned(base, text).markdown, /^\*\*What changes is not known/m);
    });
  }

  it("still says what is known beside a base that cannot be read: its versions, its secrets and the engine's own plan", () => {
    const base = patched(BASE, { set: { "cluster.oldKey": true } });
    const after = patched(BASE, { set: { "cluster.versions.talos": "1.13.9", "secrets.more": { secure: "v1:AAAA:BBBB" } } });
    const { markdown } = planned(after, base);
    assert.match(markdown, /^\| `cluster\.versions\.talos` \| `1\.13\.7` \| `1\.13\.9` \|$/m);
    assert.match(markdown, /^- `secrets\.more` is set$/m);
    const engine = { changes: [], errors: 0, cluster: "answered" as const };
    const told = plan({ stack: "lab", base: "main", before: { text: base }, after: { text: after }, engine }).markdown;
    assert.match(told, /^No resource changes\. \*\*What it does to nodes and to what Flux applies is not known: /m);
  });
});

describe("a text diff", () => {
  it("shows what changes with three lines around it, and joins what lies close", () => {
    const before = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const after = before.map((text, index) => (index === 10 ? "changed" : text)).filter((_, index) => index !== 20);
    assert.deepEqual(textDiff(before.join("\n"), after.join("\n")), [
      "@@ -8 +8 @@",
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+changed",
      " line 11",
      " line 12",
      " line 13",
      "@@ -18 +18 @@",
      " line 17",
      " line 18",
      " line 19",
      "-line 20",
      " line 21",
      " line 22",
      " line 23",
    ]);
  });

  it("has nothing to say of equal texts, and all of one that comes or goes", () => {
    assert.deepEqual(textDiff("a\n", "a\n"), []);
    assert.deepEqual(textDiff("", "a\nb\n"), ["@@ -1 +1 @@", "+a", "+b"]);
    assert.deepEqual(textDiff("a\n", ""), ["@@ -1 +1 @@", "-a"]);
  });
});
