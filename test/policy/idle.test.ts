import assert from "node:assert/strict";
import { mock } from "node:test";
import { inFirstPause } from "../../policy/idle";

describe("work for the first pause", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("is done once, when nothing was called for a while", () => {
    let done = 0;
    const call = inFirstPause(() => {
      done += 1;
      return Promise.resolve();
    });
    mock.timers.tick(1000);
    assert.equal(done, 0, "nothing was asked yet");
    for (let calls = 0; calls < 10; calls++) {
      call();
      mock.timers.tick(49);
      assert.equal(done, 0, "there was no pause");
    }
    mock.timers.tick(1);
    assert.equal(done, 1);
    call();
    mock.timers.tick(1000);
    assert.equal(done, 1);
  });

  it("fails without a word: nobody waits for it, and a rejection that nobody takes would end the pack", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): unknown => unheard.push(reason);
    process.once("unhandledRejection", hear);
    const call = inFirstPause(() => Promise.reject(new Error("whoever needs it comes across it")));
    call();
    mock.timers.tick(1000);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", hear);
    assert.deepEqual(unheard, []);
  });
});
