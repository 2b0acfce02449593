import assert from "node:assert/strict";
import fc from "fast-check";
import { APPS } from "../../../platform/apps";
import { enabledApps, platformProblems } from "../../../platform/plan";
import { renderTree } from "../../../platform/render";
import { treeFacts } from "./facts";
import { FAULTS } from "./faults";
import { TREE_RULES } from "./rules";
import { CHOSEN, LEFT_OUT, stack, withApps } from "./stacks";

/** A plan of everything takes a while on a machine that may be busy. */
const SLOW_MS = 120_000;

const RANDOM_SUBSETS = 200;

function brokenRules(facts: ReturnType<typeof treeFacts>): readonly string[] {
  return TREE_RULES.flatMap((rule) => rule.violations(facts).map((violation) => `${rule.id}: ${violation}`));
}

describe("what holds for every tree", function () {
  this.timeout(SLOW_MS);

  for (const name of ["all", "home", "lab"]) {
    const facts = () => treeFacts(stack(name));
    for (const rule of TREE_RULES) it(`${name}: ${rule.says}`, () => assert.deepEqual(rule.violations(facts()), []));
  }

  it("is seen to be broken by each fault that is put in", () => {
    const facts = treeFacts(stack("lab"));
    assert.deepEqual(Object.keys(FAULTS).sort(), TREE_RULES.map(({ id }) => id).sort(), "every rule has a fault");
    for (const rule of TREE_RULES) {
      for (const { what, put } of FAULTS[rule.id] ?? []) {
        assert.ok(rule.violations(put(facts)).length > rule.violations(facts).length, `${rule.id} does not see ${what}`);
      }
    }
  });

  it("holds for no app at all, and for each app alone with what it needs", () => {
    assert.deepEqual(brokenRules(treeFacts(withApps([]))), []);
    for (const name of CHOSEN) {
      const settings = withApps([name]);
      assert.ok(enabledApps(settings).has(name), `${name} cannot be had even alone`);
      assert.deepEqual(brokenRules(treeFacts(settings)), [], name);
    }
  });

  it(`holds for ${RANDOM_SUBSETS} random selections, which also render`, () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.subarray([...CHOSEN]), (names) => {
        const settings = withApps(names);
        seen.add(Object.keys(settings.platform).sort().join(" "));
        assert.deepEqual(brokenRules(treeFacts(settings)), []);
        assert.ok(renderTree(settings).size > 0);
      }),
      { numRuns: RANDOM_SUBSETS },
    );
    assert.ok(seen.size > Math.min(RANDOM_SUBSETS, 2 ** CHOSEN.length) / 4, `only ${seen.size} different selections`);
  });
});

describe("the stack with every app", () => {
  it("names every app there is, but for those that exclude another", () => {
    const all = stack("all");
    assert.deepEqual(platformProblems(all), []);
    const missing = APPS.map(({ name }) => name).filter((name) => !enabledApps(all).has(name));
    assert.deepEqual(missing, [LEFT_OUT]);
  });
});
