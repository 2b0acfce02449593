import assert from "node:assert/strict";
import { Calls } from "../../../lab/world/calls";
import { Clock } from "../../../lab/world/clock";
import { WorldError } from "../../../lab/world/errors";
import { EventLog } from "../../../lab/world/events";
import { Faults, type FaultRule } from "../../../lab/world/faults";
import { REAL_LATENCIES } from "../../../lab/world/latencies";

describe("Calls over the world's network", () => {
  const setUp = (scale = 0) => {
    const [clock, events, faults] = [new Clock(scale), new EventLog(), new Faults()];
    return { clock, events, faults, calls: new Calls(clock, events, faults) };
  };

  it("are counted by name, failed ones too, until the count is reset", async () => {
    const { calls } = setUp();
    await calls.call("proxmox.getMachine", "cp1", () => 1);
    await assert.rejects(calls.call("proxmox.getMachine", "cp1", () => Promise.reject(new Error("no"))));
    await calls.call("talos.bootstrap", "cp1", () => 1);
    assert.deepEqual(calls.byName(), { "proxmox.getMachine": 2, "talos.bootstrap": 1 });
    assert.equal(calls.count("proxmox."), 2);
    assert.deepEqual(
      calls.list().map(({ outcome }) => outcome),
      ["ok", "failed", "ok"],
    );
    calls.reset();
    assert.equal(calls.count(), 0);
  });

  it("fail as often as a fault says, and only where it says", async () => {
    const { calls, faults, events } = setUp();
    faults.arm({ call: "talos.*", subject: "cp1", kind: "error", count: 2, message: "cable out" });
    await calls.call("proxmox.getMachine", "cp1", () => 1);
    await calls.call("talos.bootstrap", "cp2", () => 1);
    for (let times = 0; times < 2; times += 1) {
      await assert.rejects(
        calls.call("talos.bootstrap", "cp1", () => 1),
        { message: "cable out", code: "unavailable" },
      );
    }
    assert.equal(await calls.call("talos.bootstrap", "cp1", () => 1), 1);
    assert.equal(events.list("fault.hit").length, 2);
    assert.deepEqual(faults.list(), []);
  });

  it("do the work and lose the answer, or do not do it at all", async () => {
    const { calls, faults } = setUp();
    let done = 0;
    const work = (): number => (done += 1);
    faults.arm({ call: "*", kind: "lost-answer" });
    await assert.rejects(calls.call("proxmox.createMachine", "cp1", work), /connection reset/);
    assert.equal(done, 1);
    for (const kind of ["error", "timeout"] as const) {
      faults.arm({ call: "*", kind });
      await assert.rejects(calls.call("proxmox.createMachine", "cp1", work));
      assert.equal(done, 1);
    }
  });

  it("answer late when they are slow, by the scale of the clock", async () => {
    const { calls, faults } = setUp(1 / 100);
    faults.arm({ call: "*", kind: "slow", seconds: 5 });
    const begin = Date.now();
    assert.equal(await calls.call("a.b", "c", () => 7), 7);
    assert.ok(Date.now() - begin >= 49);
  });

  it("end when they are cancelled", async () => {
    const { calls, faults } = setUp(1);
    faults.arm({ call: "*", kind: "timeout", seconds: 600 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 120);
    await assert.rejects(
      calls.call("a.b", "c", () => 1, abort.signal),
      { code: "cancelled" },
    );
  });

  it("refuse a fault that never hits", () => {
    const rule: FaultRule = { call: "*", kind: "error", count: 0 };
    assert.throws(() => new Faults().arm(rule), /whole number/);
  });
});

describe("The clock of the world", () => {
  it("shortens seconds by its scale", async () => {
    const clock = new Clock(1 / 1000, { ...REAL_LATENCIES, boot: 60 });
    const begin = Date.now();
    await clock.take("boot");
    const taken = Date.now() - begin;
    assert.ok(taken >= 59 && taken < 500, `${taken} ms`);
  });

  it("takes other latencies while it runs", async () => {
    const clock = new Clock(1 / 1000, { ...REAL_LATENCIES, boot: 60 });
    clock.change({ boot: 0 });
    const begin = Date.now();
    await clock.take("boot");
    assert.ok(Date.now() - begin < 59);
  });

  it("tries until it works", async () => {
    let left = 3;
    const attempt = (): Promise<string> =>
      left-- > 0 ? Promise.reject(new WorldError("unavailable", "not yet")) : Promise.resolve("done");
    assert.equal(await new Clock(0).retry({ timeoutSeconds: 600, isFinal: () => false }, attempt), "done");
  });

  it("gives up after the timeout with the last error, and at once when the error is final", async () => {
    const attempt = (): Promise<string> => Promise.reject(new WorldError("invalid-argument", "bad config"));
    const clock = new Clock(1 / 1000);
    await assert.rejects(clock.retry({ timeoutSeconds: 30, isFinal: () => false }, attempt), { message: "gave up after 30 s: bad config" });
    await assert.rejects(clock.retry({ timeoutSeconds: 1e6, isFinal: () => true }, attempt), { message: "bad config" });
  });
});
