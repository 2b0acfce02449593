import assert from "node:assert/strict";
import { versionFindings, writtenVersions, type VersionFacts } from "../../plan/versions";

const facts = (talos: string, kubernetes: string, installed?: readonly [string, string], contract = "v1.13"): VersionFacts => ({
  versions: { talos, kubernetes },
  installed: installed === undefined ? { talos, kubernetes } : { talos: installed[0], kubernetes: installed[1] },
  contract,
});

const FROM = facts("1.13.7", "1.35.2");
const kept = ["1.13.7", "1.35.2"] as const;
const rules = (after: VersionFacts, before: VersionFacts = FROM) =>
  versionFindings(before, after).map(({ rule, subject }) => `${rule} ${subject}`);

describe("steps from one set of versions to the next", () => {
  it("lets Talos or Kubernetes go up by a patch or by one minor", () => {
    for (const after of [FROM, facts("1.13.9", "1.35.2", kept), facts("1.14.0", "1.35.2", kept), facts("1.13.7", "1.36.0", kept)]) {
      assert.deepEqual(rules(after), []);
    }
  });

  it("refuses a skipped minor and says where to go first", () => {
    const [found] = versionFindings(FROM, facts("1.13.7", "1.38.1", kept));
    assert.equal(found?.level, "mandatory");
    assert.match(found.message, /Kubernetes 1\.35\.2 → 1\.38\.1 skips 1\.36 and later/);
    assert.equal(found.fix, "go to 1.36 first");
    assert.match(versionFindings(FROM, facts("1.15.0", "1.35.2", kept))[0]?.message ?? "", /skips 1\.14$/);
  });

  it("refuses to go down, by a patch too, and to another major", () => {
    assert.deepEqual(rules(facts("1.13.6", "1.35.2", kept)), ["versions.step cluster.versions.talos"]);
    assert.deepEqual(rules(facts("1.13.7", "1.34.9", kept)), ["versions.step cluster.versions.kubernetes"]);
    assert.deepEqual(rules(facts("2.0.0", "1.35.2", kept)), ["versions.step cluster.versions.talos"]);
  });

  it("compares numbers, not texts", () => {
    assert.deepEqual(rules(facts("1.10.0", "1.35.2", ["1.9.3", "1.35.2"]), facts("1.9.3", "1.35.2")), []);
  });

  it("refuses both at once where no order keeps them apart, and lets them where every pair in between runs", () => {
    assert.deepEqual(rules(facts("1.14.0", "1.36.0", kept)), []);
    const before = facts("1.13.7", "1.36.3");
    const [found] = versionFindings(before, facts("1.14.0", "1.37.0", ["1.13.7", "1.36.3"]));
    assert.equal(found?.rule, "versions.together");
    assert.match(found.fix ?? "", /raise Talos in this change and Kubernetes in the next one/);
  });

  it("refuses to call installed what was not even wanted before, also when it follows `versions` unwritten", () => {
    assert.deepEqual(rules(facts("1.13.9", "1.35.2", ["1.13.9", "1.35.2"])), ["versions.installed-later cluster.installed.talos"]);
    const unwritten = (talos: string) => writtenVersions({ cluster: { versions: { talos, kubernetes: "1.35.2" } } });
    assert.deepEqual(rules(unwritten("1.13.9"), unwritten("1.13.7")), ["versions.installed-later cluster.installed.talos"]);
  });

  it("lets `installed` follow what was wanted before", () => {
    const wanted = facts("1.13.9", "1.35.2", kept);
    assert.deepEqual(rules(facts("1.13.9", "1.35.2", ["1.13.9", "1.35.2"]), wanted), []);
  });

  it("refuses another contract", () => {
    assert.deepEqual(rules(facts("1.13.7", "1.35.2", undefined, "v1.12")), ["versions.contract-kept cluster.contract"]);
  });

  it("has nothing to say of a stack that was not there, or of what is no version", () => {
    assert.deepEqual(rules(FROM, writtenVersions({})), []);
    assert.deepEqual(rules(writtenVersions({ cluster: { versions: { talos: 1.13, kubernetes: "latest" } } })), []);
  });
});
