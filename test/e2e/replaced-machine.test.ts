import assert from "node:assert/strict";
import { eventually } from "./lab-fixture";
import { labStackText, oneControlPlane, stackText, TestLab } from "./lab-harness";

const WORKER = { role: "worker", host: "pve2", address: "127.55.0.21", memoryMiB: 8192, vmId: 4711 };

describe("A machine that is made anew", function () {
  this.timeout(300_000);
  const lab = new TestLab("replaced", stackText(oneControlPlane(labStackText(55)), [[["hearth:nodes", "worker-1"], WORKER]]));

  before(async () => {
    await lab.open();
    await lab.hurry();
    await lab.up();
  });
  after(() => lab.close());

  it("gets the node's config once more, and becomes the node that it was", async () => {
    const before = (await lab.events()).length;
    lab.change([["hearth:nodes", "worker-1", "vmId"], 4712]);
    const { changes } = await lab.up();
    assert.deepEqual(changes, { replace: 2 }, "the machine and its config");
    const kinds = await eventually("the node to be registered again", async () => {
      const since = (await lab.events()).slice(before).filter(({ subject }) => subject === "worker-1");
      return since.some(({ kind }) => kind === "node.registered") ? since.map(({ kind }) => kind) : undefined;
    });
    const steps = ["vm.deleted", "vm.created", "node.maintenance", "config.applied", "node.installed", "node.running", "node.registered"];
    assert.deepEqual(
      kinds.filter((kind) => steps.includes(kind)),
      steps,
    );
    assert.deepEqual((await lab.preview()).changes, {});
  });

  it("does so when it was asked for by name, too", async () => {
    const { stack } = await lab.open();
    const before = (await lab.events()).length;
    const { summary } = await stack.up({ replace: ["**::worker-1"] });
    assert.equal(summary.resourceChanges?.["replace"], 2, JSON.stringify(summary.resourceChanges));
    await eventually("the node to be registered again", async () =>
      (await lab.events()).slice(before).some(({ kind, subject }) => kind === "node.registered" && subject === "worker-1")
        ? true
        : undefined,
    );
  });
});
