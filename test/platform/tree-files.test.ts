import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareTree, diffTree, differs, writeTree } from "../../cli/tree-files";
import { UserError } from "../../config/user-error";
import { renderTree } from "../../platform/render";
import { bgp, network, settings } from "./settings";

describe("a rendered tree on disk", () => {
  let scratch = "";
  let folder = "";

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "hearth-test-"));
    folder = join(scratch, "kubernetes/test");
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  const files = (): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile());

  it("holds exactly the tree's files once it was written, and nothing of the writing", () => {
    const tree = renderTree(settings());
    writeTree(folder, tree);
    assert.deepEqual([...files()].sort(), [...tree.keys()]);
    for (const [path, text] of tree) assert.equal(readFileSync(join(folder, path), "utf8"), text);
  });

  it("is not touched when nothing changed", () => {
    const tree = renderTree(settings());
    writeTree(folder, tree);
    const times = files().map((path) => statSync(join(folder, path)).mtimeMs);
    assert.equal(differs(compareTree(folder, tree)), false);
    writeTree(folder, renderTree(settings()));
    assert.deepEqual(
      files().map((path) => statSync(join(folder, path)).mtimeMs),
      times,
    );
  });

  it("loses stale files, and folders that they leave empty", () => {
    writeTree(folder, renderTree(settings({ network: network({ announce: bgp() }) })));
    const tree = renderTree(settings({ platform: {} }));
    const changes = compareTree(folder, tree);
    assert.ok(changes.stale.includes("router/frr.conf") && changes.stale.includes("apps/echo/service-echo.yaml"));
    writeTree(folder, tree, changes);
    assert.ok(!existsSync(join(folder, "router")) && !existsSync(join(folder, "apps/echo")));
    assert.equal(differs(compareTree(folder, tree)), false);
  });

  it("shows each edit, stale file and missing file as a unified diff", () => {
    const tree = renderTree(settings());
    writeTree(folder, tree);
    writeFileSync(join(folder, "apps/echo.yaml"), (tree.get("apps/echo.yaml") ?? "").replace("prune: true", "prune: false"));
    writeFileSync(join(folder, "apps/extra.yaml"), "extra: 1\n");
    rmSync(join(folder, "apps/echo/service-echo.yaml"));
    const diff = diffTree(folder, tree);
    assert.match(diff, /^--- committed\/apps\/echo\.yaml\n\+\+\+ rendered\/apps\/echo\.yaml$/m);
    assert.match(diff, /^- {2}prune: false\n\+ {2}prune: true$/m);
    assert.match(diff, /^-extra: 1$/m);
    assert.match(diff, /^\+kind: Service$/m);
    assert.equal(diffTree(folder, new Map(files().map((path) => [path, readFileSync(join(folder, path), "utf8")]))), "");
  });

  it("never empties a folder that holds something else", () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "thesis.txt"), "ten years");
    assert.throws(
      () => writeTree(folder, renderTree(settings())),
      (error) => error instanceof UserError && error.message.includes("thesis.txt"),
    );
    assert.deepEqual(files(), ["thesis.txt"]);
  });

  it("carries no stamp until every other file is there", () => {
    const tree = renderTree(settings());
    writeTree(folder, tree);
    rmSync(join(folder, "hearth.json"));
    // A folder in the way of one file stands for a render that is cut short.
    rmSync(join(folder, "kustomization.yaml"));
    mkdirSync(join(folder, "kustomization.yaml"));
    assert.throws(() => writeTree(folder, tree));
    assert.ok(!existsSync(join(folder, "hearth.json")));
    assert.ok(files().every((path) => tree.has(path)));
    rmSync(join(folder, "kustomization.yaml"), { recursive: true });
    const other = renderTree(settings({ platform: {} }));
    writeTree(folder, other);
    assert.equal(differs(compareTree(folder, other)), false);
  });
});
