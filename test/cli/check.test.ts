import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

describe("the check of a stack file", function () {
  this.timeout(30_000);
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "check-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function check(stack: string): string {
    const script = `require(${JSON.stringify(join(ROOT, "cli/check.ts"))}).check([${JSON.stringify(stack)}], ${JSON.stringify(dir)})`;
    return execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { cwd: ROOT, encoding: "utf8" });
  }

  it("notes a host whose loss would stop a cluster that could be spread better, and still passes", () => {
    cpSync(join(ROOT, "Pulumi.lab.yaml"), join(dir, "Pulumi.close.yaml"));
    const text = readFileSync(join(dir, "Pulumi.close.yaml"), "utf8")
      .replace("host: pve2", "host: pve1")
      .replace(/memoryMiB: 16384/, "memoryMiB: 8192");
    writeFileSync(join(dir, "Pulumi.close.yaml"), text);
    assert.match(
      check("close"),
      /holds together[\s\S]*note +host home\/pve1 holds 2 of 3 control planes \(cp-1, cp-2\): without it etcd has no majority/,
    );
  });

  it("finds the lab's stacks where every other command does, after the project's own", () => {
    mkdirSync(join(dir, "lab/stacks"), { recursive: true });
    cpSync(join(ROOT, "Pulumi.lab.yaml"), join(dir, "lab/stacks/Pulumi.one.yaml"));
    assert.match(check("one"), /Pulumi\.one\.yaml holds together[\s\S]*cluster +lab:/);
    cpSync(join(ROOT, "Pulumi.home.yaml"), join(dir, "Pulumi.one.yaml"));
    assert.match(check("one"), /Pulumi\.one\.yaml holds together[\s\S]*cluster +home:/);
  });
});
