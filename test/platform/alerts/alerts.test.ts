import assert from "node:assert/strict";
import { alertCases, withSamples } from "./cases";
import { SAMPLES } from "./samples";

describe("the alerts of the platform", () => {
  it("each have a sample on which they fire and one on which they do not, and no sample is left over", () => {
    assert.deepEqual([...new Set(alertCases().map(({ name }) => name))].sort(), Object.keys(SAMPLES).sort());
  });

  it("name in their samples only metrics that their expressions name", () => {
    for (const { name, rule, sample } of withSamples()) {
      for (const series of [...Object.keys(sample.firing), ...Object.keys(sample.quiet)])
        assert.ok(rule.expr.includes(series.split("{")[0] ?? ""), `${name}: ${series}`);
    }
  });
});
