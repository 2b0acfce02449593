import assert from "node:assert/strict";
import { FORMATS } from "../../config/formats";
import { formatProblems } from "../../config/messages";
import type { Problem } from "../../config/problem";
import { resolveSettings, type Resolved } from "../../config/resolve";
import { ALL_RULES, rulesFor, type Rule } from "../../config/rules";
import { CASES } from "./cases";
import type { Accepted, Refused } from "./cases/case";
import { pulumiConfigOf } from "./pulumi-reader";
import { APPS, fixtureText, patched, read } from "./stack-text";

const BASE = fixtureText("full");

/** Reads a case by the reader that it is for. */
function readCase(each: Refused | Accepted, rules?: readonly Rule[]): Resolved {
  const text = patched(BASE, each);
  if (each.secrets === undefined) return read(text, { ...each.options, rules });
  const raw = pulumiConfigOf(text, each.secrets);
  return resolveSettings(raw, { stack: "full", secrets: "optional", apps: APPS, rules });
}

function rulesIn(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(({ rule }) => rule))].sort();
}

describe("the base of the cases", () => {
  it("has no problem", () => {
    assert.equal(formatProblems(read(BASE, { secrets: "required" }).problems), "");
  });
});

for (const { rule, refused, accepted } of CASES) {
  describe(`rule ${rule}`, () => {
    for (const each of refused) {
      it(`refuses ${each.name}`, () => {
        const { problems, settings } = readCase(each);
        assert.equal(settings, undefined);
        assert.deepEqual(rulesIn(problems), [rule, ...(each.also ?? [])].sort(), formatProblems(problems));
        const own = problems.filter((problem) => problem.rule === rule);
        assert.ok(
          own.some(({ path }) => path === each.at),
          `expected a problem at ${each.at}:\n${formatProblems(own)}`,
        );
        for (const { message, fix } of own) assert.ok(message.length > 0 && fix.length > 0);
      });
    }
    for (const each of accepted) {
      it(`accepts ${each.name}`, () => {
        assert.equal(formatProblems(readCase(each).problems), "");
      });
    }
  });
}

describe("the cases", () => {
  it("hold two refused stack files and a valid twin for every rule", () => {
    const thin = ALL_RULES.filter(({ id }) => {
      const own = CASES.filter(({ rule }) => rule === id);
      return own.flatMap(({ refused }) => refused).length < 2 || own.flatMap(({ accepted }) => accepted).length < 1;
    });
    assert.deepEqual(
      thin.map(({ id }) => id),
      [],
    );
  });

  it("are for rules that there are, each once", () => {
    const ids = ALL_RULES.map(({ id }) => id);
    assert.deepEqual(
      CASES.map(({ rule }) => rule).filter((rule) => !ids.includes(rule)),
      [],
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(new Set(CASES.map(({ rule }) => rule)).size, CASES.length);
  });
});

describe("a rule that is taken away", () => {
  const all = rulesFor(APPS);

  for (const gone of all) {
    it(`no longer refuses anything: ${gone.id}`, () => {
      const rest = all.filter((rule) => rule !== gone);
      for (const each of CASES.filter(({ rule }) => rule === gone.id).flatMap(({ refused }) => refused)) {
        // without the rule the settings may lack what it vouches for, which is as good a failure
        const { problems } = attempt(() => readCase(each, rest));
        assert.deepEqual(rulesIn(problems), [...(each.also ?? [])].sort(), each.name);
      }
    });
  }

  for (const [name, form] of Object.entries(FORMATS)) {
    it(`no longer refuses anything: the form ${name}`, () => {
      const original = Object.getOwnPropertyDescriptor(form, "judge");
      assert.ok(original);
      Object.defineProperty(form, "judge", { ...original, value: () => undefined });
      try {
        for (const each of CASES.filter(({ rule }) => rule === form.rule).flatMap(({ refused }) => refused))
          assert.ok(!rulesIn(attempt(() => readCase(each)).problems).includes(form.rule), each.name);
      } finally {
        Object.defineProperty(form, "judge", original);
      }
    });
  }
});

function attempt(look: () => Resolved): Resolved {
  try {
    return look();
  } catch (error) {
    assert.match(String(error), /settings without a problem lack|Invalid URL/);
    return { problems: [] };
  }
}
