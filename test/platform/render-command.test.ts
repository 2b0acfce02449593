import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { render } from "../../cli/render";
import { UserError } from "../../config";

const PROJECT = join(__dirname, "../..");

/** What a call returned or said, and what it printed. */
function call(args: readonly string[], project: string): { code: number; out: string; error: string } {
  const script = `process.exitCode = require(${JSON.stringify(join(PROJECT, "cli/render.ts"))}).render(${JSON.stringify(args)}, ${JSON.stringify(project)})`;
  const run = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
    cwd: PROJECT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: run.status ?? -1, out: run.stdout, error: run.stderr };
}

describe("npm run render", function () {
  this.timeout(60_000);
  let project = "";
  const folder = () => join(project, "kubernetes/lab");

  before(() => {
    project = mkdtempSync(join(tmpdir(), "hearth-render-test-"));
    copyFileSync(join(PROJECT, "Pulumi.lab.yaml"), join(project, "Pulumi.lab.yaml"));
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it("fails a check, with a diff, while there is no tree, and writes nothing", () => {
    const { code, out, error } = call(["lab", "--check"], project);
    assert.equal(code, 1);
    assert.match(out, /^\+kind: Receiver$/m);
    assert.match(error, /npm run render -- lab/);
    assert.ok(!existsSync(folder()));
  });

  it("writes the tree below kubernetes/, after which the check passes", () => {
    assert.match(call(["lab"], project).out, /\d+ added, 0 changed, 0 removed, 0 unchanged/);
    assert.deepEqual(JSON.parse(readFileSync(join(folder(), "hearth.json"), "utf8")).stack, "lab");
    assert.deepEqual(call(["lab", "--check"], project).code, 0);
    assert.match(call(["lab"], project).out, /0 added, 0 changed, 0 removed, \d+ unchanged/);
  });

  it("names the setting and the nearest option when an app does not take one, and leaves the tree alone", () => {
    const file = join(project, "Pulumi.lab.yaml");
    const before = readFileSync(join(folder(), "hearth.json"), "utf8");
    writeFileSync(file, readFileSync(file, "utf8").replace("echo: {}", "echo: { replica: 2 }"));
    assert.throws(
      () => render(["lab"], project),
      (error) => error instanceof UserError && error.message.includes("platform.echo.replica") && error.message.includes("replicas"),
    );
    assert.equal(readFileSync(join(folder(), "hearth.json"), "utf8"), before);
  });

  it("says how it is used when the arguments make no sense, and which stack file is not there", () => {
    for (const args of [[], ["lab", "home"], ["lab", "--chek"]]) assert.throws(() => render(args, project), UserError);
    assert.throws(() => render(["nowhere"], project), /Pulumi\.nowhere\.yaml/);
  });
});

describe("the committed trees", function () {
  this.timeout(60_000);

  for (const stack of readdirSync(PROJECT).flatMap((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1] ?? [])) {
    it(`are what Pulumi.${stack}.yaml says`, () => {
      const { code, out, error } = call([stack, "--check"], PROJECT);
      assert.equal(code, 0, out.slice(0, 2000) + error);
    });
  }
});
