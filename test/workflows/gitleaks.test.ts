import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../../lab/toolchain/parts";
import { ensureToolchain } from "../../lab/toolchain/toolchain";

const PROJECT = join(__dirname, "../..");

/** The files of the index, by themselves: what is not committed is nobody's business. The workflow looks at the history, too. */
describe("gitleaks", function () {
  this.timeout(300_000);
  let gitleaks = "";
  let folder = "";
  before(async () => {
    gitleaks = (await ensureToolchain({ only: ["gitleaks"], progress: () => undefined })).path("gitleaks");
    folder = mkdtempSync(join(tmpdir(), "hearth-gitleaks-"));
    execFileSync("git", ["checkout-index", "--all", `--prefix=${folder}/`], { cwd: PROJECT });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const scan = () =>
    spawnSync(gitleaks, ["dir", "--redact", "--verbose", "--no-banner", "--no-color", "--log-level", "error", "."], {
      cwd: folder,
      encoding: "utf8",
    });

  it("finds nothing that looks like a secret in what is committed", () => {
    const { status, stdout, stderr } = scan();
    assert.equal(status, 0, stdout + stderr);
  });

  it("finds a token that is put into a stack file", () => {
    const token = `ghp_${randomBytes(18).toString("hex")}`;
    appendFileSync(join(folder, "Pulumi.lab.yaml"), `  hearth:token: ${token}\n`);
    const { status, stdout } = scan();
    assert.equal(status, 1);
    assert.match(stdout, /Pulumi\.lab\.yaml/);
    assert.ok(!stdout.includes(token));
  });

  it("is the same version in the hook and in the workflow", () => {
    assert.match(readFileSync(join(PROJECT, ".github/workflows/test.yml"), "utf8"), new RegExp(`GITLEAKS: v${VERSIONS.gitleaks}\\b`));
  });
});
