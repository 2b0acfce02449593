import assert from "node:assert/strict";
import { GateError, waitUntil, type Sight } from "../../../components/gates/wait";

const sights = (...list: Sight[]) => {
  let at = 0;
  return () => Promise.resolve(list[Math.min(at++, list.length - 1)] ?? { ready: true as const });
};
const ready: Sight = { ready: true };
const late = (state: string): Sight => ({ ready: false, state });

describe("a gate", () => {
  it("opens as soon as what it waits for is there", async () => {
    await waitUntil({ what: "a door", deadline: 1, interval: 0.001, look: sights(late("shut"), late("ajar"), ready) });
  });

  it("gives up at its deadline and says what it saw last", async () => {
    const waiting = waitUntil({ what: "a door", deadline: 0.05, interval: 0.01, look: sights(late("shut"), late("ajar")) });
    await assert.rejects(
      waiting,
      (error: Error) => error instanceof GateError && /a door after 0.05 s; last seen: ajar/.test(error.message),
    );
  });

  it("takes a look that throws for not ready, with the thrown words as what it saw", async () => {
    const waiting = waitUntil({ what: "a door", deadline: 0.03, interval: 0.01, look: () => Promise.reject(new Error("no hinge")) });
    await assert.rejects(waiting, /last seen: no hinge/);
  });

  it("wants good looks in a row where a thing may fall over again", async () => {
    let looks = 0;
    const look = (): Promise<Sight> => Promise.resolve([ready, late("down"), ready, ready, ready][looks++] ?? ready);
    await waitUntil({ what: "a door", deadline: 1, interval: 0.001, inARow: 3, look });
    assert.equal(looks, 5);
  });
});
