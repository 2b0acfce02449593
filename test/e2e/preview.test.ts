import assert from "node:assert/strict";
import { blackHole, type Swallowing } from "./black-hole";
import { labStackText, oneControlPlane, TestLab, type Run } from "./lab-harness";
import { CALLING_PROGRAMS } from "./seeded-programs";
import type program = require("../../index");

const OCTET = 31;
/** Seconds that a preview may take. */
const PREVIEW = 30;
const NEW_LABEL = [["hearth:nodes", "cp-1", "labels"], { "example.com/rack": "first" }] as const;
const NO_LABEL = [["hearth:nodes", "cp-1", "labels"], undefined] as const;

describe("A preview", function () {
  this.timeout(300_000);
  const lab = new TestLab("lab", oneControlPlane(labStackText(OCTET)));

  before(async () => {
    await lab.open();
    await lab.hurry();
  });
  after(() => lab.close());

  it("shows everything while nothing exists", async () => {
    const { changes } = await harmlessPreview(lab);
    assert.deepEqual(Object.keys(changes), ["create"]);
    assert.ok((changes["create"] ?? 0) > 30, JSON.stringify(changes));
  });

  it("shows nothing right after `up`, and neither does a refresh", async () => {
    await lab.up();
    assert.deepEqual((await harmlessPreview(lab)).changes, {});
    assert.deepEqual((await lab.refresh()).changes, {});
    assert.deepEqual((await harmlessPreview(lab)).changes, {});
  });

  it("shows exactly one change after one label of a node changed", async () => {
    await showsTheNewLabel(lab);
  });

  for (const { mistake, call, program: seeded } of CALLING_PROGRAMS) {
    it(`would be caught calling the world by ${mistake}`, async () => {
      await assert.rejects(
        harmlessPreview(lab, seeded),
        (error: Error) => error.message.startsWith("a preview called the world") && error.message.includes(call),
      );
    });
  }

  it("is as complete when the control plane is dead and its address refuses connections", async () => {
    await lab.control("killCluster");
    assert.deepEqual((await harmlessPreview(lab)).changes, {});
    await showsTheNewLabel(lab);
  });

  const SWALLOWINGS: Readonly<Record<Swallowing, string>> = {
    "no-answer": "takes connections and never answers",
    "no-connection": "drops whatever is sent to it",
  };
  for (const [swallowing, says] of Object.entries(SWALLOWINGS) as [Swallowing, string][]) {
    it(`is as complete when the cluster's address ${says}`, async () => {
      const hole = await blackHole(`127.${OCTET}.0.10`, 6443, swallowing);
      try {
        await showsTheNewLabel(lab);
      } finally {
        await hole.close();
      }
    });
  }
});

/** A preview with the chart registry off; rejects when it calls the world, asks for a chart or takes too long. */
async function harmlessPreview(lab: TestLab, other?: typeof program): Promise<Run> {
  const session = await lab.open(other);
  await lab.control("resetCalls");
  await lab.control("charts", "off");
  try {
    const run = await lab.previewIn(session);
    const calls = Object.entries(await lab.calls()).map(([name, count]) => `${name} ${count}x`);
    assert.ok(calls.length === 0, `a preview called the world: ${calls.join(", ")}`);
    assert.ok(run.seconds < PREVIEW, `a preview took ${run.seconds.toFixed(1)} s`);
    console.log(`        ${run.seconds.toFixed(1)} s`);
    return run;
  } finally {
    await lab.control("charts", "on");
  }
}

async function showsTheNewLabel(lab: TestLab): Promise<void> {
  lab.change(NEW_LABEL);
  try {
    const { changes, events } = await harmlessPreview(lab);
    assert.deepEqual(changes, { update: 1 });
    const updated = events.flatMap(({ resourcePreEvent: event }) =>
      event?.metadata.op === "update" ? [event.metadata.urn.split("::").at(-1)] : [],
    );
    assert.deepEqual(updated, ["config-cp-1"]);
  } finally {
    lab.change(NO_LABEL);
  }
}
