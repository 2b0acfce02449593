import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { APPS } from "../../platform/apps";
import { planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { hello } from "../fixtures/apps/hello";
import { settings } from "./settings";

const ROOT = join(__dirname, "../..");
const GUIDE = readFileSync(join(ROOT, "docs/add-an-app.md"), "utf8");

/** The guide's blocks of a language. */
function blocks(language: string): readonly string[] {
  return [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(([, text = ""]) => text);
}

describe("docs/add-an-app.md", () => {
  const list = [...APPS, hello];

  it("shows the example that is compiled, as it stands below platform/apps", () => {
    const example = readFileSync(join(ROOT, "test/fixtures/apps/hello.ts"), "utf8");
    assert.deepEqual(blocks("ts"), [example.replaceAll('"../../../platform/', '"../')]);
  });

  it("turns it on with options that it takes, and the kit makes the rest", () => {
    const platform: unknown = parse(blocks("yaml")[0] ?? "");
    const given = settings({ platform: platform as ReturnType<typeof settings>["platform"] }); // the options are what is under test
    assert.deepEqual(platformProblems(given, list), []);
    const plan = planPlatform(given, list).find(({ name }) => name === "hello");
    assert.deepEqual(
      plan?.hosts.map(({ host }) => host),
      ["hello.example.com"],
    );
    assert.ok(secretsOf(given, list).some(({ namespace, name }) => `${namespace}/${name}` === "hello/hello"));
    const files = [...renderTree(given, list).keys()];
    for (const kind of ["deployment", "service", "prometheusrule"]) assert.ok(files.includes(`apps/hello/${kind}-hello.yaml`), kind);
  });

  it("names only commands that there are", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [...GUIDE.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    assert.ok(named.length >= 5);
    for (const name of named) assert.ok(name in scripts, name);
  });
});
