import assert from "node:assert/strict";
import { join } from "node:path";
import { refuseProtectedState, refuseWhileProtected } from "../../cli/protection";
import { settingsFromFile, UserError } from "../../config";

const ROOT = join(__dirname, "../..");
const refusal = (words: RegExp) => (error: unknown) =>
  error instanceof UserError && words.test(error.message) && !error.message.includes("\n");

describe("protection against deletion", () => {
  it("refuses in one line while the settings have it on, and says how to turn it off", () => {
    const home = settingsFromFile(join(ROOT, "Pulumi.home.yaml"));
    assert.throws(
      () => refuseWhileProtected("home", home),
      refusal(/stack home is protected.*deletionProtection to false and run up once/),
    );
  });

  it("lets a stack go whose settings have it off", () => {
    refuseWhileProtected("lab", settingsFromFile(join(ROOT, "Pulumi.lab.yaml")));
  });

  it("refuses when the state still has it on, naming what is protected", () => {
    const state = {
      deployment: { resources: [{ urn: "urn:pulumi:a::hearth::t::cp-1", protect: true }, { urn: "urn:pulumi:a::hearth::t::cp-2" }] },
    };
    assert.throws(() => refuseProtectedState("home", state), refusal(/since its last up \(cp-1\)/));
  });

  it("lets a state go that has nothing protected, or nothing at all", () => {
    refuseProtectedState("home", { deployment: { resources: [{ urn: "u", protect: false }] } });
    refuseProtectedState("home", {});
  });
});
