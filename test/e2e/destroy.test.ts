import assert from "node:assert/strict";
import { UserError } from "../../config";
import { labStackText, oneControlPlane, stackText, TestLab } from "./lab-harness";

const PROTECTION = ["hearth:cluster", "deletionProtection"] as const;
const EMPTY_HANDED = /^stack lab is protected against deletion.*: set cluster\.deletionProtection to false and run up once, then destroy$/;

describe("destroy", function () {
  this.timeout(300_000);
  const lab = new TestLab("lab", stackText(oneControlPlane(labStackText(32)), [[PROTECTION, true]]));

  before(async () => {
    await lab.open();
    await lab.hurry();
  });
  after(() => lab.close());

  it("is refused with one line and before anything is deleted while protection is on", async () => {
    await lab.up();
    await isRefused(lab);
  });

  it("is refused as well when the stack file says off and the last `up` left protection on", async () => {
    lab.change([PROTECTION, false]);
    await isRefused(lab);
  });

  it("leaves nothing in the world once an `up` took protection off", async () => {
    await lab.up();
    await lab.destroy();
    assert.deepEqual(await left(lab), {});
  });

  it("leaves nothing in the world when the control plane is dead already", async () => {
    await lab.up();
    await lab.control("killCluster");
    await lab.destroy();
    assert.deepEqual(await left(lab), {});
  });
});

/** Refused by a `UserError` of one line, without one call to the world, and with everything still there and running. */
async function isRefused(lab: TestLab): Promise<void> {
  const before = await lab.inventory();
  assert.deepEqual(before["machines"], ["cp-1"]);
  await lab.open();
  await lab.control("resetCalls");
  await assert.rejects(lab.destroy(), (error) => error instanceof UserError && EMPTY_HANDED.test(error.message));
  assert.deepEqual(await lab.calls(), {});
  assert.deepEqual(await lab.inventory(), before);
  assert.ok((await lab.kubernetes().list("/api/v1/nodes")).length > 0);
}

/** What is left, by kind. */
async function left(lab: TestLab): Promise<Readonly<Record<string, readonly string[]>>> {
  const kinds = Object.entries(await lab.inventory());
  for (const kind of ["machines", "downloads", "haResources", "haRules", "nodes", "clusters", "tunnels", "records"]) {
    assert.ok(
      kinds.some(([name]) => name === kind),
      `the inventory says nothing of ${kind}`,
    );
  }
  return Object.fromEntries(kinds.filter(([, items]) => items.length > 0));
}
