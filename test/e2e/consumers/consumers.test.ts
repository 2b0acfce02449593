import assert from "node:assert/strict";
import { describeIdentity } from "./identity";
import { describeTenant } from "./tenant";
import { describeRefusals } from "./tenant-refusals";
import { ConsumerWorld } from "./world";

describe("stacks that build on a cluster", function () {
  this.timeout(600_000);
  const world = new ConsumerWorld();
  after(() => world.lab.close());

  it("have one to build on", async () => {
    await world.lab.preview(); // opens the world
    await world.lab.hurry();
    const { changes } = await world.lab.up();
    assert.deepEqual(Object.keys(changes), ["create"]);
  });

  describeIdentity(world);
  describeTenant(world);
  describeRefusals(world);
});
