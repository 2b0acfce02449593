import assert from "node:assert/strict";
import { UserError } from "../../../config/user-error";
import { parseAnswers, readPins, verifyModules } from "../../../lab/toolchain/source-modules";

const PIN = { module: "example.org/charts", version: "v1.0.0", sum: "h1:right" };
const ANSWER = { Path: PIN.module, Version: PIN.version, Dir: "/modules/charts", Sum: PIN.sum };

describe("a module of sources", () => {
  it("is taken when its sum is the recorded one", () => {
    assert.deepEqual(Object.values(verifyModules([PIN], [ANSWER])), ["/modules/charts"]);
  });

  it("is refused, with both sums, when its sum is another", () => {
    assert.throws(
      () => verifyModules([PIN], [{ ...ANSWER, Sum: "h1:wrong" }]),
      (error) => error instanceof UserError && /charts@v1\.0\.0 .*h1:wrong.*h1:right/.test(error.message),
    );
  });

  it("is refused when Go has another version than the pinned one", () => {
    assert.throws(() => verifyModules([PIN], [{ ...ANSWER, Version: "v1.0.1" }]), UserError);
  });

  it("that cannot be fetched is named with Go's reason", () => {
    assert.throws(
      () => verifyModules([PIN], [{ Path: PIN.module, Version: PIN.version, Error: "not found" }]),
      /example\.org\/charts@v1\.0\.0: not found/,
    );
  });

  it("is read from Go's answer, which is one object after the other", () => {
    const text = `${JSON.stringify(ANSWER, null, "\t")}\n${JSON.stringify({ ...ANSWER, Path: "example.org/crds" }, null, "\t")}\n`;
    assert.deepEqual(
      parseAnswers(text).map(({ Path }) => Path),
      ["example.org/charts", "example.org/crds"],
    );
  });

  it("is pinned once, by version and sum, in the list that the lab uses", () => {
    const modules = readPins().map(({ module }) => module);
    assert.deepEqual(modules, [...new Set(modules)]);
    for (const needed of ["github.com/cilium/cilium", "sigs.k8s.io/kwok", "github.com/controlplaneio-fluxcd/flux-operator"]) {
      assert.ok(modules.includes(needed), `${needed} is missing`);
    }
  });
});
