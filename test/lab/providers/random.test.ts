import assert from "node:assert/strict";
import type { CallContext, Inputs, ResourceAdapter } from "../../../lab/providers/adapter";
import { randomProvider } from "../../../lab/providers/random";

const context: CallContext = { config: {}, urn: "", mode: "apply", timeoutSeconds: 0, signal: new AbortController().signal };

function resource(name: string): ResourceAdapter {
  const found = randomProvider().resources[`random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`];
  assert.ok(found);
  return found;
}

const made = async (name: string, inputs: Inputs): Promise<Inputs> => (await resource(name).create(inputs, context)).state;
const failures = async (name: string, inputs: Inputs) =>
  (await resource(name).check?.(inputs, undefined, context))?.failures.map(({ reason }) => reason);
const diff = (name: string, before: Inputs, after: Inputs) => resource(name).diff("none", before, {}, after, context);

describe("the random provider's stand-in", () => {
  it("draws a password of the asked length from the asked classes", async () => {
    for (let round = 0; round < 50; round++) {
      const { result } = await made("RandomPassword", { length: 20, special: false, minNumeric: 3, minUpper: 2 });
      assert.match(String(result), /^[a-zA-Z0-9]{20}$/);
      assert.ok((String(result).match(/\d/g) ?? []).length >= 3);
      assert.ok((String(result).match(/[A-Z]/g) ?? []).length >= 2);
    }
  });

  it("uses the given special characters only", async () => {
    const inputs = { length: 200, lower: false, upper: false, numeric: false, overrideSpecial: "_-" };
    assert.match(String((await made("RandomPassword", inputs))["result"]), /^[_-]{200}$/);
  });

  it("never draws the same twice", async () => {
    const drawn = await Promise.all(Array.from({ length: 100 }, () => made("RandomString", { length: 16 })));
    assert.equal(new Set(drawn.map(({ result }) => result)).size, 100);
  });

  it("gives bytes in two forms of one value", async () => {
    const { base64, hex } = await made("RandomBytes", { length: 32 });
    assert.equal(Buffer.from(String(base64), "base64").toString("hex"), hex);
    assert.equal(String(hex).length, 64);
  });

  it("gives an id in four forms of one value, each with the prefix", async () => {
    const { id, state } = await resource("RandomId").create({ byteLength: 8, prefix: "p-" }, context);
    const hex = String(state["hex"]).slice(2);
    assert.equal(Buffer.from(id, "base64url").toString("hex"), hex);
    assert.equal(state["dec"], `p-${BigInt(`0x${hex}`)}`);
    assert.equal(state["b64Std"], `p-${Buffer.from(hex, "hex").toString("base64")}`);
    assert.equal(state["b64Url"], `p-${id}`);
  });

  it("gives a UUID as result and id", async () => {
    const { id, state } = await resource("RandomUuid").create({}, context);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(state["result"], id);
  });

  it("keeps secret values out of ids", async () => {
    for (const name of ["RandomPassword", "RandomBytes"]) {
      assert.equal((await resource(name).create({ length: 32 }, context)).id, "none");
      assert.equal((await resource(name).read?.("c2VjcmV0c2VjcmV0", {}, context))?.id, "none");
    }
  });

  it("replaces for every change of an input", async () => {
    assert.deepEqual((await diff("RandomPassword", { length: 20 }, { length: 21 })).replaces, ["length"]);
    assert.deepEqual((await diff("RandomBytes", { length: 32, keepers: { a: "1" } }, { length: 32, keepers: { a: "2" } })).replaces, [
      "keepers",
    ]);
  });

  it("takes a default that is written down for no change", async () => {
    assert.equal((await diff("RandomPassword", { length: 20 }, { length: 20, special: true, minLower: 0, keepers: {} })).changes, false);
    assert.equal((await diff("RandomPassword", { length: 20, number: false }, { length: 20, numeric: false })).changes, false);
  });

  it("refuses lengths that cannot be", async () => {
    assert.deepEqual(await failures("RandomPassword", { length: 20 }), []);
    assert.deepEqual(await failures("RandomPassword", { length: 0 }), ["length must be a whole number, 1 or more"]);
    assert.deepEqual(await failures("RandomPassword", { length: 3, minLower: 2, minUpper: 2 }), [
      "length must be at least 4, the sum of the minimum counts",
    ]);
    assert.deepEqual(await failures("RandomBytes", { length: 1.5 }), ["length must be a whole number, 1 or more"]);
    const none = { length: 4, lower: false, upper: false, numeric: false, special: false };
    assert.deepEqual(await failures("RandomPassword", none), ["at least one of lower, upper, numeric and special must be true"]);
  });
});
