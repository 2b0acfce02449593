import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inOrder, LONG } from "./order";

describe("the order of the end-to-end tests", () => {
  it("begins with the long ones and leaves none out, in whatever folder it is", () => {
    const folder = mkdtempSync(join(tmpdir(), "order-"));
    mkdirSync(join(folder, "consumers"));
    mkdirSync(join(folder, "shapes"));
    const [first = "", second = ""] = LONG;
    const files = ["alerts.test.ts", first, "shapes/odd.test.ts", second, "zebra.test.ts"];
    for (const file of [...files, "lab-harness.ts", "shapes/shape.ts"]) writeFileSync(join(folder, file), "");
    const found = inOrder(folder).map((file) => file.slice(folder.length + 1));
    rmSync(folder, { recursive: true });
    assert.deepEqual(found, [first, second, "alerts.test.ts", "shapes/odd.test.ts", "zebra.test.ts"]);
  });

  it("knows no long one that is not there any more", () => {
    assert.deepEqual(
      LONG.filter((file) => !existsSync(join(__dirname, file))),
      [],
    );
  });
});
