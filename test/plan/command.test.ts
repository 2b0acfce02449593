import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { planCommand } from "../../cli/plan";
import { committedTree } from "../../cli/committed-tree";
import { UserError } from "../../config";
import { renderTree } from "../../platform/render";
import { stackSettings } from "../../cli/stack-settings";
import { patched } from "../config/stack-text";
import { BASE, CHANGES, planned } from "./prepared-changes";

const PROJECT = join(__dirname, "../..");

/** What the command printed and returned, in a process of its own. */
function call(args: readonly string[], project: string) {
  const script = `process.exitCode = require(${JSON.stringify(join(PROJECT, "cli/plan.ts"))}).planCommand(${JSON.stringify(args)}, ${JSON.stringify(project)})`;
  const run = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { cwd: PROJECT, encoding: "utf8" });
  return { code: run.status, out: run.stdout, error: run.stderr };
}

describe("npm run plan", function () {
  this.timeout(60_000);
  let project = "";
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: project, encoding: "utf8" });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  };

  before(() => {
    project = mkdtempSync(join(tmpdir(), "hearth-plan-test-"));
    git("init", "--quiet", "--initial-branch=main");
    write("Pulumi.lab.yaml", BASE);
    for (const [path, text] of renderTree(stackSettings("lab", project))) write(`kubernetes/lab/${path}`, text);
    git("add", "-A");
    git("commit", "--quiet", "--message=base");
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it("compares the working copy with a commit, and prints the comment that the pure plan makes", () => {
    const text = patched(BASE, CHANGES["change-a-label"]?.patch ?? {});
    write("Pulumi.lab.yaml", text);
    const { code, out, error } = call(["lab", "--base", "main", "--no-state"], project);
    assert.equal(code, 0, error);
    const commit = git("rev-parse", "--short", "main").trim();
    assert.equal(out, planned(text).markdown.replace("main (1a2b3c4)", `main (${commit})`));
  });

  it("exits with 1, and still prints, when the change cannot go in", () => {
    write("Pulumi.lab.yaml", patched(BASE, CHANGES["raise-it-too-far"]?.patch ?? {}));
    const { code, out } = call(["lab"], project);
    assert.equal(code, 1);
    assert.match(out, /skips 1\.37/);
  });

  it("takes the table from a preview's file", () => {
    write("Pulumi.lab.yaml", BASE);
    const { code, out } = call(["lab", "--preview", join(__dirname, "engine/preview.json")], project);
    assert.equal(code, 0);
    assert.match(out, /\*\*`renewed`\*\*/);
  });

  it("says on standard error what the errors of a preview say", () => {
    write(
      "failed.jsonl",
      [{ sequence: 0, diagnosticEvent: { severity: "error", message: "no answer" } }, { summaryEvent: {} }]
        .map((event) => JSON.stringify(event))
        .join("\n"),
    );
    const { code, out, error } = call(["lab", "--preview", join(project, "failed.jsonl")], project);
    assert.equal(code, 1);
    assert.match(error, /^error in the preview: no answer$/m);
    assert.doesNotMatch(out, /no answer/);
  });

  it("reads the tree as it is committed, whole, and none where there is none", () => {
    const tree = committedTree("main", "lab", project);
    assert.deepEqual([...(tree ?? [])], [...renderTree(stackSettings("lab", project))]);
    assert.equal(committedTree("main", "home", project), undefined);
  });

  it("shows a change of the committed tree that no setting explains: the program changed", () => {
    write("kubernetes/lab/apps/echo/deployment-echo.yaml", "kind: Deployment\n");
    git("commit", "--quiet", "--all", "--message=rendered by an older program");
    const { out } = call(["lab"], project);
    assert.match(out, /^\| echo \| {2}\| 1 \|/m);
  });

  it("says how it is used, and which stack, ref or preview it does not know", () => {
    for (const args of [
      [],
      ["lab", "home"],
      ["lab", "--base"],
      ["../lab"],
      ["lab", "--no-state", "--preview", "x"],
      ["lab", "--base=--output=x"],
    ]) {
      assert.throws(
        () => planCommand(args, project),
        (error) => error instanceof UserError && error.message.includes("usage: npm run plan"),
      );
    }
    assert.throws(() => planCommand(["nowhere"], project), /There is no stack file Pulumi\.nowhere\.yaml/);
    assert.throws(() => planCommand(["lab", "--base", "nonsense"], project), /Git knows no nonsense/);
    assert.throws(() => planCommand(["lab", "--preview", "/no/such/file"], project), /There is no preview/);
  });
});
