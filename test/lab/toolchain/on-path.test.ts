import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { findOnPath, readVersion } from "../../../lab/toolchain/on-path";
import { PARTS } from "../../../lab/toolchain/parts";
import { part, program, removeFolders, temporaryFolder, write } from "./fixture";

function patternOf(tool: string): RegExp {
  const found = PARTS.find((candidate) => candidate.tool === tool)?.probe?.version;
  assert.ok(found, `${tool} has no probe`);
  return found;
}

describe("a part on the PATH", () => {
  afterEach(removeFolders);

  it("is recognized by what pulumi and kwok say of themselves", () => {
    assert.equal(readVersion("v3.259.0\n", patternOf("pulumi")), "3.259.0");
    assert.equal(readVersion("3.260.0-alpha.1\n", patternOf("pulumi")), "3.260.0-alpha.1");
    assert.equal(readVersion("kwok version v0.8.0 go1.26.8 (linux/amd64)\n", patternOf("kwok")), "0.8.0");
  });

  it("has no version when the text has none", () => {
    assert.equal(readVersion("command not understood\n", patternOf("pulumi")), undefined);
  });

  it("is found in the first folder that has an executable of its name", async () => {
    const [plain, first, second] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    write(plain, { pulumi: "not executable" });
    const expected = program(first, "pulumi", "v1.2.3");
    program(second, "pulumi", "v9.9.9");
    const asked = part("pulumi", { probe: { args: ["version"], version: /^v(\S+)/ } });
    assert.deepEqual(await findOnPath(asked, [plain, first, second].join(delimiter)), { path: expected, version: "1.2.3" });
  });

  it("has no version when the program fails", async () => {
    const folder = temporaryFolder();
    program(folder, "pulumi", "v1.2.3", 1);
    const asked = part("pulumi", { probe: { args: ["version"], version: /^v(\S+)/ } });
    assert.equal((await findOnPath(asked, folder))?.version, undefined);
  });

  it("is not looked for when it cannot be asked for its version", async () => {
    const folder = temporaryFolder();
    program(folder, "source-controller", "v1.2.3");
    assert.equal(await findOnPath(part("source-controller"), folder), undefined);
  });
});
