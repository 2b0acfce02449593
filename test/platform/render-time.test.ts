import assert from "node:assert/strict";
import { renderTree } from "../../platform/render";
import { stack } from "./tree-rules/stacks";

/** Seconds of processor time for one render of everything, once the program is loaded. */
const LIMIT = 1;

describe("rendering the stack with every app", function () {
  this.timeout(30_000);

  it(`takes less than ${LIMIT} s of processor time after start-up`, () => {
    const settings = stack("all");
    const seconds = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      assert.ok(renderTree(settings).size > 300);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    });
    const median = [...seconds].sort((a, b) => a - b)[2] ?? Infinity;
    console.log(`      ${median.toFixed(2)} s, median of ${seconds.length}; the first ${(seconds[0] ?? 0).toFixed(2)} s`);
    assert.ok(median < LIMIT, `${median.toFixed(2)} s`);
  });
});
