import type { EngineEvent } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { UserError } from "../../../config";
import { holdToPolicies, POLICY_PACK, policyLine } from "../../../lab/cli/policies";
import type { Session } from "../../../lab/session";

/** The engine says `advisory`, which the SDK's types call `warning`. */
const violation = (level: "mandatory" | "advisory"): EngineEvent => ({
  sequence: 1,
  timestamp: 0,
  policyEvent: {
    resourceUrn: "urn:pulumi:lab::hearth::proxmoxve:index/vmLegacy:VmLegacy::cp-1",
    message: "<{%reset%}>Machines have none. It went wrong.\nit has one: take it out\n<{%reset%}>",
    color: "never",
    policyName: "machine-none",
    policyPackName: "hearth",
    policyPackVersion: "0.1.0",
    policyPackVersionTag: "0.1.0",
    enforcementLevel: level === "mandatory" ? level : "warning",
  },
});

/** A stack whose previews say these things, and fail or not. */
function stack(events: readonly EngineEvent[], error?: Error): { readonly session: Pick<Session, "stack">; readonly packs: unknown[] } {
  const packs: unknown[] = [];
  const preview = (options: { readonly onEvent: (event: EngineEvent) => void; readonly policyPacks: string[] }): Promise<void> => {
    packs.push(...options.policyPacks);
    events.forEach(options.onEvent);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
  return { session: { stack: { preview } } as unknown as Pick<Session, "stack">, packs }; // all that is called of a stack
}

describe("the policies of the lab", () => {
  it("names rule, resource and what is wrong in one line", () => {
    assert.equal(policyLine(violation("mandatory")), "machine-none: cp-1: it has one: take it out");
    assert.equal(policyLine({ sequence: 1, timestamp: 0 }), undefined);
  });

  it("are a program that can be started", () => assert.doesNotThrow(() => accessSync(POLICY_PACK, constants.X_OK)));

  it("stop with one line when a mandatory one is broken", async () => {
    const { session, packs } = stack([violation("advisory"), violation("mandatory")], new Error("code: 1, a long transcript"));
    const heard: EngineEvent[] = [];
    await assert.rejects(
      holdToPolicies(session, (event) => heard.push(event)),
      (error: unknown) => error instanceof UserError && /nothing was made: machine-none$/.test(error.message),
    );
    assert.deepEqual([heard.length, packs], [2, [POLICY_PACK]]);
  });

  it("go on when only an advisory one is, and hand on what else went wrong", async () => {
    await holdToPolicies(stack([violation("advisory")]).session, () => undefined);
    await assert.rejects(
      holdToPolicies(stack([], new Error("no network")).session, () => undefined),
      /no network/,
    );
  });
});
