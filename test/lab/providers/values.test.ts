import assert from "node:assert/strict";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../../lab/providers/adapter";
import { decode, encode, hasUnknown, sameValue, secretPaths } from "../../../lab/providers/values";

const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const wrapped = (value: JavaScriptValue): JavaScriptValue => ({ ...SIGNATURE, value });

describe("property values on the wire", () => {
  it("come apart into plain values and the paths of secrets", () => {
    const struct = Struct.fromJavaScript({
      plain: 1,
      token: wrapped("t"),
      list: [{ key: wrapped({ deep: true }) }, "x"],
      soon: UNKNOWN_TEXT,
      none: null,
    });
    const { value, secrets } = decode(struct);
    assert.deepEqual([...secrets].sort(), [["list", 0, "key"], ["token"]]);
    assert.deepEqual(value, { plain: 1, token: "t", list: [{ key: { deep: true } }, "x"], soon: UNKNOWN });
  });

  it("know a secret that is not known yet", () => {
    assert.deepEqual(decode(Struct.fromJavaScript({ token: wrapped(UNKNOWN_TEXT) })), { value: { token: UNKNOWN }, secrets: [["token"]] });
  });

  it("go back as they came", () => {
    const message = { list: [wrapped("a"), { b: wrapped([1, UNKNOWN_TEXT]) }], empty: {}, text: "" };
    assert.deepEqual(encode(decode(Struct.fromJavaScript(message))).toJavaScript(), message);
  });

  it("leave out what is undefined and refuse what cannot be sent", () => {
    assert.deepEqual(encode({ value: { a: undefined, b: false }, secrets: [] }).toJavaScript(), { b: false });
    assert.throws(() => encode({ value: { a: () => 1 }, secrets: [] }), /a function cannot be a property value/);
    assert.throws(() => encode({ value: { a: Number.NaN }, secrets: [] }), /a number cannot be/);
  });

  it("are empty when the message is not there", () => {
    assert.deepEqual(decode(undefined), { value: {}, secrets: [] });
  });
});

describe("which outputs are secret", () => {
  const source = { value: { auth: { user: "u", password: "p" }, name: "n" }, secrets: [["auth", "password"]] };

  it("those that the adapter names, when they are there", () => {
    assert.deepEqual(secretPaths({ result: "r" }, ["result", "bcryptHash"], []), [["result"]]);
  });

  it("an echoed secret input, at its own path", () => {
    assert.deepEqual(secretPaths({ auth: { user: "u", password: "p" } }, [], [source]), [["auth", "password"]]);
  });

  it("all of an output that is no longer shaped like the input with the secret", () => {
    assert.deepEqual(secretPaths({ auth: ["p"] }, [], [source]), [["auth"]]);
  });

  it("not an output that has nothing to do with it", () => {
    assert.deepEqual(secretPaths({ name: "n" }, [], [source]), []);
  });
});

describe("comparing values", () => {
  it("looks into lists and objects and takes absent and undefined for the same", () => {
    assert.ok(sameValue({ a: [1, { b: 2 }], c: undefined }, { a: [1, { b: 2 }] }));
    assert.ok(!sameValue({ a: [1, 2] }, { a: [2, 1] }));
    assert.ok(!sameValue({ a: [] }, { a: {} }));
  });

  it("finds an unknown at any depth", () => {
    assert.ok(hasUnknown({ a: [{ b: UNKNOWN }] }));
    assert.ok(!hasUnknown({ a: [{ b: "known" }] }));
  });
});
