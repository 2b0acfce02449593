import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pulumi } from "../../cli/pulumi";
import { SettingsError, UserError } from "../../config";

const ROOT = join(__dirname, "../..");

describe("the wrapper around pulumi", () => {
  const path = process.env["PATH"];
  let dir: string;
  const called = () => (existsSync(join(dir, "called")) ? readFileSync(join(dir, "called"), "utf8").trim().split("\n") : []);
  const lab = readFileSync(join(ROOT, "Pulumi.lab.yaml"), "utf8");
  const withSecrets = lab
    .replace("      endpoint: https://pve1", "      token: {secure: v1:a}\n      endpoint: https://pve1")
    .replace("    accountId:", "    token: {secure: v1:b}\n    accountId:")
    .replace("      kind: token", "      kind: token\n      token: {secure: v1:c}");

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "wrapper-"));
    mkdirSync(join(dir, "bin"));
    const state = JSON.stringify({ deployment: { resources: [{ urn: "urn:pulumi:x::hearth::t::cp-1", protect: true }] } });
    writeFileSync(
      join(dir, "bin/pulumi"),
      `#!/bin/sh\necho "$* $TMPDIR" >> '${dir}/called'\n[ "$1" = stack ] && echo '${state}'\nexit 3\n`.replace(
        "exit 3",
        '[ "$1" = up ] && exit 3\nexit 0',
      ),
      { mode: 0o755 },
    );
    process.env["PATH"] = `${join(dir, "bin")}${delimiter}${path ?? ""}`;
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(dir, { recursive: true, force: true });
  });

  it("starts nothing for a stack file with problems", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets.replace("vip: 127.10.0.10", "vip: 127.10.0.11"));
    await assert.rejects(pulumi(["up", "x"], dir), SettingsError);
    assert.deepEqual(called(), []);
  });

  it("hands options and exit code through, with a temporary folder that is gone afterwards", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
    assert.equal(await pulumi(["up", "x", "--diff"], dir), 3);
    const [line = ""] = called();
    assert.match(line, /^up --stack x --policy-pack \S+\/policy --diff /);
    assert.ok(!existsSync(line.split(" ").at(-1) ?? ""));
  });

  it("says before an up and a preview what is allowed and seldom meant, such as policies that refuse nothing", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets.replace("    echo: {}", "    echo: {}\n    network-policies: {mode: audit}"));
    const said: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = (text) => said.push(String(text)) > 0;
    try {
      for (const command of ["preview", "up", "refresh"]) await pulumi([command, "x"], dir);
    } finally {
      process.stderr.write = write;
    }
    assert.equal(said.filter((text) => text.startsWith("note: network-policies: ")).length, 2, said.join(""));
  });

  it("holds a preview and an up to the policy pack, and nothing that only reads or ends", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
    for (const command of ["preview", "up", "refresh"]) await pulumi([command, "x"], dir);
    assert.deepEqual(
      called().map((line) => [line.split(" ")[0], line.includes(` --policy-pack ${join(ROOT, "policy")} `)]),
      [
        ["preview", true],
        ["up", true],
        ["refresh", false],
      ],
    );
  });

  for (const option of ["-f", "-yf", "-fy", "--skip-preview", "--skip-preview=true", "--skip-preview=1"]) {
    it(`previews with the pack before an up with ${option}, and goes on only when that passes`, async () => {
      writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
      assert.equal(await pulumi(["up", "x", "--yes", option], dir), 3);
      const [preview = "", up = ""] = called();
      assert.match(preview, /^preview --stack x --policy-pack \S+\/policy \S+$/);
      assert.match(up, new RegExp(`^up --stack x --policy-pack \\S+/policy --yes ${option} `));
      writeFileSync(join(dir, "bin/pulumi"), `#!/bin/sh\necho "$*" >> '${dir}/called'\nexit 255\n`, { mode: 0o755 });
      rmSync(join(dir, "called"));
      assert.equal(await pulumi(["up", "x", "--yes", option], dir), 255);
      assert.equal(called().length, 1);
    });
  }

  it("judges that preview with the options that the pack was given", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
    await pulumi(["up", "x", "-f", "--policy-pack-config", "policy.json", "--yes"], dir);
    assert.match(called()[0] ?? "", /^preview --stack x --policy-pack \S+ --policy-pack-config policy\.json \S+$/);
    rmSync(join(dir, "called"));
    await pulumi(["up", "x", "--policy-pack-config=policy.json", "-f"], dir);
    assert.match(called()[0] ?? "", /^preview --stack x --policy-pack \S+ --policy-pack-config=policy\.json \S+$/);
  });

  it("refuses to destroy what is protected, by the file or only by the state, before pulumi destroys anything", async () => {
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets.replace("deletionProtection: false", "deletionProtection: true"));
    await assert.rejects(pulumi(["destroy", "x"], dir), (error: unknown) => error instanceof UserError && /protected/.test(error.message));
    assert.deepEqual(called(), []);
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
    await assert.rejects(pulumi(["destroy", "x"], dir), /since its last up \(cp-1\)/);
    assert.deepEqual(
      called().map((line) => line.split(" ")[0]),
      ["stack"],
    );
  });

  it("says in one line what is wrong with the command or the machine", async () => {
    await assert.rejects(pulumi(["up"], dir), /usage: npm run up/);
    writeFileSync(join(dir, "Pulumi.x.yaml"), withSecrets);
    process.env["PATH"] = join(dir, "nowhere");
    await assert.rejects(pulumi(["up", "x"], dir), /there is no pulumi on the PATH/);
  });
});
