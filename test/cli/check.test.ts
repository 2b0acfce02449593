import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

describe("the check of a stack file", () => {
  it("notes a host whose loss would stop a cluster that could be spread better, and still passes", function () {
    this.timeout(30_000);
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    cpSync(join(ROOT, "Pulumi.lab.yaml"), join(dir, "Pulumi.close.yaml"));
    const text = readFileSync(join(dir, "Pulumi.close.yaml"), "utf8").replace("host: pve2", "host: pve1").replace(/memoryMiB: 16384/, "memoryMiB: 8192");
    writeFileSync(join(dir, "Pulumi.close.yaml"), text);
    const script = `require(${JSON.stringify(join(ROOT, "cli/check.ts"))}).check(["close"], ${JSON.stringify(dir)})`;
    const output = execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { cwd: ROOT, encoding: "utf8" });
    assert.match(output, /holds together[\s\S]*note +host home\/pve1 holds 2 of 3 control planes \(cp-1, cp-2\): without it etcd has no majority/);
    rmSync(dir, { recursive: true });
  });
});
