import assert from "node:assert/strict";
import { waitForSync } from "../../../lab/flux/wait-for-sync";
import type { KubeObject } from "../../../lab/kubernetes/objects";

function client(...states: readonly (Record<string, unknown> | undefined)[]): Parameters<typeof waitForSync>[0] {
  let asked = 0;
  const find = async <T extends KubeObject>(): Promise<T | undefined> => {
    const status = states[Math.min(asked, states.length - 1)];
    asked += 1;
    const object: KubeObject | undefined = status && { apiVersion: "v1", kind: "Kustomization", metadata: { name: "flux-system" }, status };
    return object as T | undefined; // of the kind that is asked for
  };
  return { find };
}

const at = (commit: string, ready: string): Record<string, unknown> => ({
  lastAppliedRevision: `refs/heads/main@sha1:${commit}`,
  conditions: [{ type: "Ready", status: ready, message: "because" }],
});

describe("waiting for a sync", () => {
  it("ends when the commit is applied and Ready, not before", async () => {
    assert.ok((await waitForSync(client(undefined, at("old", "True"), at("new", "Unknown"), at("new", "True")), "new", 5_000)) >= 100);
  });

  it("says at its deadline what was applied instead, and why", async () => {
    await assert.rejects(
      waitForSync(client(at("old", "False")), "new", 100),
      /commit new is not synced after 0.1 s; applied is .*old: because/,
    );
    await assert.rejects(waitForSync(client(undefined), "new", 100), /no Kustomization flux-system/);
  });
});
