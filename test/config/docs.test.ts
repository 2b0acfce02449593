import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { check } from "../../cli/check";
import { docs, generated, settingsPage } from "../../cli/docs";
import { optionsSchema } from "../../cli/platform-page";
import { APPS } from "../../platform/apps";
import { isRecord } from "../../config/path";
import { ALL_RULES } from "../../config/rules";
import { SECTIONS } from "../../config/schema";
import { annotatedSchema, stackFileSchema, type JsonSchema } from "../../config/schema/json";
import { UserError } from "../../config/user-error";

const ROOT = join(__dirname, "../..");

/** Runs something with what it prints kept from the terminal. */
async function quietly<T>(run: () => T | Promise<T>): Promise<{ readonly result: T; readonly printed: string }> {
  const printed: string[] = [];
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = process.stderr.write = (text: string | Uint8Array) => printed.push(String(text)) > 0;
  try {
    return { result: await run(), printed: printed.join("") };
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
}

async function inTemporary<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "hearth-docs-"));
  try {
    return await run(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Every path at which a schema has a field that lacks a description. */
function undescribed(schema: JsonSchema, path: string): readonly string[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema;
  return [
    ...Object.entries(properties).flatMap(([key, each]) => [
      ...(each.description === undefined ? [`${path}.${key}`] : []),
      ...undescribed(each, `${path}.${key}`),
    ]),
    ...(typeof additionalProperties === "object" ? undescribed(additionalProperties, `${path}.*`) : []),
    ...(items === undefined ? [] : undescribed(items, `${path}[]`)),
    ...anyOf.flatMap((each) => undescribed(each, path)),
  ];
}

/** Keys of a stack file's map that a schema does not have. */
function strayKeys(value: unknown, schema: JsonSchema, path: string): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => (schema.items === undefined ? [] : strayKeys(item, schema.items, `${path}[${index}]`)));
  if (!isRecord(value)) return [];
  const branches = schema.anyOf?.filter(({ type }) => type === "object") ?? [schema];
  return Object.entries(value).flatMap(([key, item]) => {
    const fields = branches.flatMap(
      ({ properties, additionalProperties }) => properties?.[key] ?? (typeof additionalProperties === "object" ? additionalProperties : []),
    );
    return fields[0] === undefined ? [`${path}.${key}`] : strayKeys(item, fields[0], `${path}.${key}`);
  });
}

describe("npm run docs", function () {
  // Seconds on a machine that is busy.
  this.timeout(30_000);

  it("has written what config/ and platform/ say", async () => {
    for (const [path, content] of Object.entries(await generated()))
      assert.equal(readFileSync(join(ROOT, path), "utf8"), content, `${path}: npm run docs`);
  });

  it("writes what is missing, then finds nothing to do, and with --check refuses what differs", async () => {
    await inTemporary(async (dir) => {
      assert.equal((await quietly(() => docs(["--check"], dir))).result, 1);
      assert.equal((await quietly(() => docs([], dir))).result, 0);
      assert.equal((await quietly(() => docs(["--check"], dir))).result, 0);
      writeFileSync(join(dir, "docs/settings.md"), "# Other settings\n");
      const { result, printed } = await quietly(() => docs(["--check"], dir));
      assert.equal(result, 1);
      assert.match(printed, /docs\/settings\.md is not what config\/, platform\/ and policy\/ say/);
      await assert.rejects(docs(["--chekc"], dir), UserError);
    });
  });

  it("describes every section, field and rule", () => {
    const page = settingsPage();
    for (const section of Object.keys(SECTIONS)) assert.ok(page.includes(`## \`hearth:${section}\``), section);
    for (const { id, says } of ALL_RULES) assert.ok(page.includes(`\`${id}\``) && says.endsWith("."), id);
    assert.deepEqual(undescribed(annotatedSchema(), ""), []);
  });

  it("describes every option of every app", () => {
    for (const app of APPS) assert.deepEqual(undescribed(optionsSchema(app), app.name), []);
  });

  it("gives editors a schema that knows every key of the full stack file, and no annotation of ours", () => {
    const schema = stackFileSchema();
    const text = JSON.stringify(schema);
    assert.ok(!text.includes('"shown"') && !/"secret":true/.test(text));
    const file: unknown = parse(readFileSync(join(ROOT, "test/fixtures/stacks/Pulumi.full.yaml"), "utf8"));
    // the file's schema has the same form as those within it
    assert.deepEqual(strayKeys(file, schema as JsonSchema, ""), []);
    assert.deepEqual(strayKeys({ config: { "hearth:cluster": { nme: "x" } } }, schema as JsonSchema, ""), [".config.hearth:cluster.nme"]);
  });
});

describe("npm run check", () => {
  it("sums up a stack file that holds together", async () => {
    const { result, printed } = await quietly(() => check(["lab"], ROOT));
    assert.equal(result, 0);
    assert.match(printed, /3 control planes, 0 workers on 3 hosts/);
  });

  it("prints path, line, value, rule and fix of a problem, and fails", async () => {
    await inTemporary(async (dir) => {
      const text = readFileSync(join(ROOT, "Pulumi.lab.yaml"), "utf8");
      writeFileSync(
        join(dir, "Pulumi.lab.yaml"),
        text.replace("vip: 127.10.0.10", "vip: 127.10.1.10").replace("    echo: {}", "    ecko: {}"),
      );
      const { result, printed } = await quietly(() => check(["lab"], dir));
      assert.equal(result, 1);
      assert.match(
        printed,
        /network\.vip \(line \d+\)\n {4}"127\.10\.1\.10" the VIP is outside the node network 127\.10\.0\.0\/24\n {4}-> .+ {2}\[network\.address-inside\]/,
      );
      assert.match(printed, /did you mean echo\?/);
    });
  });

  it("says in one line that there is no such stack file, or how it is used", () => {
    assert.throws(() => check(["nowhere"], ROOT), /There is no stack file/);
    assert.throws(() => check([], ROOT), /usage/);
  });
});
