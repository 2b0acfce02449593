import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeSettings, loadStackFile, secretPaths, type Settings, stackNameOf } from "../../config";
import { openStack } from "../../lab/engine";
import { LabHome, PROJECT } from "../../lab/home";
import { labSecret } from "../../lab/lab-secrets";
import { Workspace } from "../../lab/workspace";
import { appSchemas } from "../../platform/app-options";
import { loadSettings } from "../../stacks/load-settings";
import { testToolchain } from "./lab-harness";

const FIXTURES = join(PROJECT, "test/fixtures/stacks");
const FILES = [
  ...["lab", "home"].map((stack) => join(PROJECT, `Pulumi.${stack}.yaml`)),
  join(PROJECT, "lab/stacks/Pulumi.all.yaml"),
  ...readdirSync(FIXTURES)
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .map((name) => join(FIXTURES, name)),
];

describe("the two readers of a stack file", function () {
  this.timeout(60_000);
  const root = mkdtempSync(join(tmpdir(), "hearth-readers-"));
  after(() => {
    process.chdir(PROJECT);
    rmSync(root, { recursive: true, force: true });
  });

  for (const file of FILES) {
    it(`agree on ${file.slice(PROJECT.length + 1)}, read by the real engine and from the file`, async () => {
      const home = new LabHome(stackNameOf(file), root).prepare();
      const workspace = new Workspace(home, file);
      const overrides = { git: { url: "http://127.0.0.1:3000/home.git" } };
      workspace.write(overrides, []);
      const paths = secretPaths(loadStackFile(workspace.stackFile).raw);
      workspace.write(overrides, paths);
      let through: Settings | undefined;
      const program = (): Promise<object> => {
        through = loadSettings();
        return Promise.resolve({});
      };
      const stack = await openStack({ home, toolchain: await testToolchain(), providers: {}, program });
      await stack.setAllConfig(Object.fromEntries(paths.map((path) => [`hearth:${path}`, { value: labSecret(path), secret: true }])), true);
      await stack.preview();
      const { settings, problems } = loadStackFile(workspace.stackFile, { secrets: "required", apps: appSchemas });
      assert.deepEqual(problems, []);
      assert.ok(through !== undefined && settings !== undefined);
      assert.equal(describeSettings(through), describeSettings(settings));
    });
  }

  it("disagree where the file is changed behind the engine's back", async () => {
    const file = join(root, "lab", "project", "Pulumi.lab.yaml");
    const before = describeSettings(loadStackFile(file, { secrets: "required", apps: appSchemas }).settings as Settings); // asserted above
    writeFileSync(file, readFileSync(file, "utf8").replace("loadBalancerPool: 127.10.0.192/26", "loadBalancerPool: 127.10.0.128/26"));
    assert.notEqual(describeSettings(loadStackFile(file, { secrets: "required", apps: appSchemas }).settings as Settings), before);
  });
});
