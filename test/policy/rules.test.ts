import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../../policy/resource";
import type { Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { FIXTURES } from "../fixtures/policy";
import type { Fixture } from "../fixtures/policy/fixture";
import { isRecord } from "../../config/path";
import { FIXTURE_CONTEXT, judge, resourceOf, verdict } from "./judge";

/** Every violating fixture that no rule of these catches by the rule's own name. */
function uncaught(rules: readonly Rule[]): readonly string[] {
  return Object.entries(FIXTURES).flatMap(([id, { violating }]) => {
    const rule = rules.find((each) => each.id === id);
    return violating.filter((fixture) => rule === undefined || verdict(rule, fixture).length === 0).map(({ what }) => `${id}: ${what}`);
  });
}

describe("the policy pack", function () {
  // Seconds on a machine that is busy.
  this.timeout(30_000);

  it("lists every rule of its folder, each under the name of its file", () => {
    const files = readdirSync(join(__dirname, "../../policy/rules")).filter((name) => name !== "index.ts");
    assert.deepEqual(RULES.map(({ id }) => `${id}.ts`).sort(), files.sort());
  });

  it("has at least two violating fixtures and one that is nearly wrong for every rule", () => {
    assert.deepEqual(Object.keys(FIXTURES).sort(), RULES.map(({ id }) => id).sort());
    for (const [id, { violating, fine }] of Object.entries(FIXTURES)) assert.ok(violating.length >= 2 && fine.length >= 1, id);
  });

  it("says what it asks for and why, in whole sentences", () => {
    for (const { id, says, reason } of RULES) for (const text of [says, reason]) assert.match(text, /^[A-Z`].{30,}\.$/s, id);
  });

  it("describes every option and gives it a default", () => {
    for (const { id, config } of RULES) {
      if (config === undefined) continue;
      const filled: unknown = config.parse({});
      assert.ok(isRecord(filled) && Object.keys(filled).length > 0, id);
    }
  });

  for (const rule of RULES) {
    describe(rule.id, () => {
      const { violating = [], fine = [] } = FIXTURES[rule.id] ?? {};
      for (const fixture of violating) {
        it(`refuses ${fixture.what}`, () => assert.ok(verdict(rule, fixture).length > 0));
      }
      for (const fixture of fine) {
        it(`lets pass ${fixture.what}`, () => assert.deepEqual(verdict(rule, fixture), []));
      }
      if (rule.level === "remediate") it("leaves nothing to refuse once it put a resource right", () => putsRight(rule, violating));
    });
  }

  it("catches every violating fixture, and fails to when any one rule is deleted", () => {
    assert.deepEqual(uncaught(RULES), []);
    for (const { id } of RULES) {
      const missed = uncaught(RULES.filter((rule) => rule.id !== id));
      assert.deepEqual(
        missed,
        FIXTURES[id]?.violating.map(({ what }) => `${id}: ${what}`),
      );
    }
  });

  it("decides on anything that is not known yet", () => {
    const resources = Object.values(FIXTURES)
      .flatMap(({ violating, fine }) => [...violating, ...fine])
      .flatMap(({ of }) => ("type" in of ? [of] : of.resources))
      .map(resourceOf);
    const hazy = resources.flatMap((resource) =>
      Object.keys(resource.props).map((key) => ({ ...resource, props: { ...resource.props, [key]: UNKNOWN } })),
    );
    const context = { ...FIXTURE_CONTEXT, tree: () => [] };
    assert.ok(hazy.length > 1000, `${hazy.length} resources`);
    for (const rule of RULES) for (const resource of hazy) assert.doesNotThrow(() => judge(rule, [resource], context));
  });

  it("leaves a stack of another project its own settings: rules that need Hearth's do not apply", () => {
    const elsewhere = { tree: () => [] };
    for (const rule of RULES) {
      for (const { of } of FIXTURES[rule.id]?.violating ?? [])
        if ("type" in of) assert.doesNotThrow(() => rule.resource(resourceOf(of), elsewhere));
    }
  });
});

function putsRight(rule: Rule, violating: readonly Fixture[]): void {
  for (const { of } of violating) {
    assert.ok("type" in of);
    const resource = resourceOf(of);
    const corrections = rule.remedy(resource);
    assert.ok(corrections.length > 0);
    const props = structuredClone(resource.props) as Record<string, unknown>;
    for (const { path, value } of corrections) put(props, path, value);
    assert.deepEqual(rule.resource({ ...resource, props }, FIXTURE_CONTEXT), []);
  }
}

function put(target: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else {
    const inner = isRecord(target[key]) ? target[key] : {};
    target[key] = inner;
    put(inner, rest, value);
  }
}
