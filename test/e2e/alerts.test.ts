import assert from "node:assert/strict";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { withSamples } from "../platform/alerts/cases";
import { promtoolComplaints } from "../platform/alerts/promtool";

describe("the alerts of the platform, judged by promtool", function () {
  this.timeout(120_000);
  let promtool = "";

  before(async function () {
    // Minutes where it has to be built.
    this.timeout(1_800_000);
    promtool = (await ensureToolchain({ only: ["promtool"], progress: (line) => console.log(line) })).path("promtool");
  });

  it("are valid, fire on the one sample and stay quiet on the other", () => {
    const cases = withSamples();
    assert.ok(cases.length > 40);
    assert.equal(promtoolComplaints(promtool, cases), "");
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
