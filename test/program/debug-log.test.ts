import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { keepValuesOutOfDebugLog, withoutValues } from "../../stacks/debug-log";

describe("the debug log of Pulumi's SDK", () => {
  it("says which call was made and how it ended, not with which values", () => {
    for (const [said, kept] of [
      [
        "RegisterResource RPC finished: resource:a[t]; err: null, resp: urn:a,\nkey,secret",
        "RegisterResource RPC finished: resource:a[t]; err: null, ",
      ],
      ['Invoke RPC prepared: tok=t:i:f, obj={"key":"secret"}', "Invoke RPC prepared: tok=t:i:f, "],
    ] as const) {
      const left = withoutValues(said);
      assert.ok(left.startsWith(kept), left);
      assert.doesNotMatch(left, /secret"|,secret|urn:a/);
    }
    assert.equal(
      withoutValues("RegisterResource RPC finished: resource:a[t]; err: refused"),
      "RegisterResource RPC finished: resource:a[t]; err: refused",
    );
  });

  it("is guarded once, however often the program runs in a process", () => {
    keepValuesOutOfDebugLog();
    const { debug } = pulumi.log;
    keepValuesOutOfDebugLog();
    assert.equal(pulumi.log.debug, debug);
  });
});
