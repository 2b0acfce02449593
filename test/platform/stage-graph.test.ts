import assert from "node:assert/strict";
import { batched, dependantsOf, drawn, edgesOf, notReadyWithout } from "./stage-graph";
import { treeFacts } from "./tree-rules/facts";
import { stack } from "./tree-rules/stacks";

describe("the order in which Flux brings the platform up", function () {
  this.timeout(60_000);

  it("leaves exactly the dependants behind when a dependency is missing, for every edge of the graph", () => {
    const { stages } = treeFacts(stack("all"));
    const edges = edgesOf(stages);
    assert.ok(edges.length > stages.length / 2, `${edges.length} edges between ${stages.length} stages`);
    for (const { from, to } of edges) {
      const left = notReadyWithout(to, stages);
      assert.ok(left.includes(from), `${from} does not wait for ${to}`);
      assert.deepEqual(left, [to, ...dependantsOf(to, stages)].sort(), to);
    }
  });

  it("leaves nothing behind when nothing is missing", () => {
    assert.deepEqual(notReadyWithout("nothing", treeFacts(stack("all")).stages), []);
  });

  it("is broken in as few rounds as let each dependant be left behind by its own dependency alone", () => {
    const { stages } = treeFacts(stack("all"));
    const edges = drawn(edgesOf(stages), 20, 7);
    const batches = batched(edges, stages);
    assert.deepEqual(new Set(batches.flat()), new Set(edges));
    assert.ok(batches.length < edges.length, `${batches.length} rounds`);
    for (const batch of batches) {
      for (const { from } of batch) {
        const causes = new Set(batch.map(({ to }) => to).filter((to) => dependantsOf(to, stages).includes(from)));
        assert.equal(causes.size, 1, from);
      }
    }
  });

  it("is drawn from by a seed: the same one draws the same, another one something else", () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    assert.deepEqual(drawn(items, 10, 7), drawn(items, 10, 7));
    assert.notDeepEqual(drawn(items, 10, 7), drawn(items, 10, 8));
    assert.equal(new Set(drawn(items, 10, 7)).size, 10);
  });
});
