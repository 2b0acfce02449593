import assert from "node:assert/strict";
import * as fc from "fast-check";
import { UNKNOWN } from "../../../lab/providers/adapter";
import { formatPath, genericDiff, keepIgnored, parsePath } from "../../../lab/providers/diff";

describe("comparing inputs", () => {
  it("finds nothing where nothing changed", () => {
    const inputs = { a: 1, b: [{ c: "x" }] };
    assert.deepEqual(genericDiff(inputs, structuredClone(inputs)), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: "no",
      detailed: {},
    });
  });

  it("names each change by its path and kind", () => {
    const { detailed, changes } = genericDiff({ gone: 1, list: [{ size: 1 }, { size: 2 }] }, { list: [{ size: 3 }], new: { x: 1 } });
    assert.equal(changes, true);
    assert.deepEqual(detailed, { gone: "delete", "list[0].size": "update", "list[1]": "delete", new: "add" });
  });

  it("takes an unknown for a change", () => {
    assert.deepEqual(genericDiff({ a: "old" }, { a: UNKNOWN }).detailed, { a: "update" });
  });

  it("replaces for changes at, below and above a replacing path", () => {
    const rules = { replaceOn: ["disks[*].fileId", "name"] };
    assert.deepEqual(genericDiff({ disks: [{ fileId: "a", size: 1 }] }, { disks: [{ fileId: "b", size: 1 }] }, rules), {
      changes: true,
      replaces: ["disks"],
      deleteBeforeReplace: "no",
      detailed: { "disks[0].fileId": "update-replace" },
    });
    assert.deepEqual(genericDiff({ disks: [{ size: 1 }] }, { disks: [{ size: 2 }] }, rules).replaces, []);
    assert.deepEqual(genericDiff({}, { disks: [{ fileId: "b" }] }, rules).detailed, { disks: "add-replace" });
    assert.deepEqual(genericDiff({ name: "a" }, {}, rules).detailed, { name: "delete-replace" });
  });

  it("leaves out what a rule ignores", () => {
    assert.equal(genericDiff({ a: { b: 1 } }, { a: { b: 2 } }, { ignore: ["a.b"] }).changes, false);
    assert.equal(genericDiff({ a: { b: 1 } }, { a: { b: 2 } }, { ignore: ["a"] }).changes, false);
    assert.equal(genericDiff({ a: { b: 1 } }, { a: { b: 2 } }, { ignore: ["b"] }).changes, true);
  });

  it("finds a change exactly when the values differ", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (before, after) => {
        const [left, right] = [JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after))];
        assert.equal(genericDiff(left, left).changes, false);
        assert.equal(genericDiff(left, right).changes, genericDiff(right, left).changes);
      }),
    );
  });
});

describe("ignored changes", () => {
  it("keep the old value, nested, in lists and by wildcard", () => {
    const before = {
      a: { b: 1, c: 1 },
      disks: [
        { id: "x", size: 1 },
        { id: "y", size: 1 },
      ],
      old: 1,
    };
    const after = {
      a: { b: 2, c: 2 },
      disks: [
        { id: "p", size: 2 },
        { id: "q", size: 2 },
      ],
      fresh: 1,
    };
    assert.deepEqual(keepIgnored(before, after, ["a.b", "disks[*].id", "old", "fresh"]), {
      a: { b: 1, c: 2 },
      disks: [
        { id: "x", size: 2 },
        { id: "y", size: 2 },
      ],
      old: 1,
    });
  });

  it("change nothing when the path is in neither", () => {
    assert.deepEqual(keepIgnored({ a: 1 }, { a: 2 }, ["b.c", "a.x"]), { a: 2 });
  });
});

describe("property paths", () => {
  it("are written as the engine writes them", () => {
    assert.equal(formatPath(["config", "ingresses", 0, "service"]), "config.ingresses[0].service");
    assert.equal(formatPath(["labels", "a.b/c"]), 'labels["a.b/c"]');
  });

  it("are read back to the same steps", () => {
    const step = fc.oneof(
      fc.nat(99),
      fc.string({ minLength: 1 }).filter((text) => text !== "*"),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(step), (first, rest) => {
        assert.deepEqual(parsePath(formatPath([first, ...rest])), [first, ...rest]);
      }),
    );
  });

  it("know the wildcard", () => {
    assert.deepEqual(parsePath("disks[*].id"), ["disks", "*", "id"]);
  });
});
