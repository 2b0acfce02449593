import assert from "node:assert/strict";
import { at, treeFacts } from "./tree-rules/facts";
import { stack } from "./tree-rules/stacks";

describe("the Jobs of the platform", function () {
  this.timeout(30_000);

  it("go on however long what they call is away: Flux makes a Job once, and a failed one stays failed", () => {
    const jobs = treeFacts(stack("all")).stages.flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Job"));
    assert.ok(jobs.length > 5, `${jobs.length} Jobs`);
    for (const job of jobs) {
      const name = job.metadata.name;
      // The kubelet waits five minutes between two tries at most.
      assert.ok(Number(at(job, "spec", "backoffLimit")) * 5 > 365 * 24 * 60, name);
      assert.equal(at(job, "spec", "template", "spec", "restartPolicy"), "OnFailure", name);
      assert.equal(at(job, "spec", "activeDeadlineSeconds"), undefined, name);
    }
  });
});
