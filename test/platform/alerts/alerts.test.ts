import assert from "node:assert/strict";
import { APPS } from "../../../platform/apps";
import { declarePlatform } from "../../../platform/plan";
import { everything } from "../everything";
import { findPromtool, promtoolComplaints, type AlertCase } from "./promtool";
import { SAMPLES } from "./samples";

/** Every app, those that exclude each other included: only their alerts are looked at. */
function alertCases(): readonly Omit<AlertCase, "sample">[] {
  const given = everything();
  const platform = { ...Object.fromEntries(APPS.map(({ name }) => [name, {}])), ...given.platform };
  return declarePlatform({ ...given, platform }).apps.flatMap((app) =>
    app.alerts.map((rule) => ({ name: `${app.name}/${rule.alert}`, rule })),
  );
}

/** The cases whose samples are there. */
function withSamples(): readonly AlertCase[] {
  return alertCases().flatMap(({ name, rule }) => {
    const sample = SAMPLES[name];
    return sample === undefined ? [] : [{ name, rule, sample }];
  });
}

describe("the alerts of the platform", function () {
  this.timeout(120_000);

  it("each have a sample on which they fire and one on which they do not, and no sample is left over", () => {
    assert.deepEqual([...new Set(alertCases().map(({ name }) => name))].sort(), Object.keys(SAMPLES).sort());
  });

  it("name in their samples only metrics that their expressions name", () => {
    for (const { name, rule, sample } of withSamples()) {
      for (const series of [...Object.keys(sample.firing), ...Object.keys(sample.quiet)])
        assert.ok(rule.expr.includes(series.split("{")[0] ?? ""), `${name}: ${series}`);
    }
  });

  describe("judged by promtool", () => {
    let promtool: string;

    before(function () {
      const found = findPromtool();
      if (found === undefined) {
        console.warn(`    unverified, since there is no promtool: the expressions of ${withSamples().length} alerts`);
        this.skip();
      } else promtool = found;
    });

    it("are valid, fire on the one sample and stay quiet on the other", () => {
      assert.equal(promtoolComplaints(promtool, withSamples()), "");
    });

    it("would be found out if one could not fire, always fired, or were no expression", () => {
      const rule = { alert: "A", severity: "warning", summary: "a" } as const;
      const sample = { firing: { a: "1x1300" }, quiet: { a: "0x1300" } };
      for (const expr of ["b == 1", "a >= 0", "a =="]) {
        assert.notEqual(promtoolComplaints(promtool, [{ name: "app/A", rule: { ...rule, expr }, sample }]), "", expr);
      }
      assert.equal(promtoolComplaints(promtool, [{ name: "app/A", rule: { ...rule, expr: "a == 1" }, sample }]), "");
    });
  });
});
