import assert from "node:assert/strict";
import { UserError } from "../../../config/user-error";
import { goFailure } from "../../../lab/toolchain/go";

describe("a failure of the Go tool", () => {
  function message(...complaints: string[]): string {
    const error = goFailure("build kube", { complaints });
    assert.ok(error instanceof UserError);
    return error.message;
  }

  it("is one line that says what to install when Go is too old", () => {
    const text = message("go: go.mod requires go >= 1.26.5 (running go 1.22.0; GOTOOLCHAIN=local)");
    assert.match(text, /Go 1\.26\.5 or newer: install it/);
    assert.equal(text.split("\n").length, 1);
  });

  it("is one line about the network when a module cannot be fetched", () => {
    const text = message('go: example.org/x@v1.0.0: Get "https://modules.example/x": dial tcp: lookup modules.example: no such host');
    assert.match(text, /Cannot build kube: the network is needed once/);
    assert.equal(text.split("\n").length, 1);
  });

  it("is what the compiler said otherwise", () => {
    assert.match(message("# example/kube", "kube/main.go:3:1: syntax error"), /syntax error/);
  });
});
