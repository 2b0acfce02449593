import assert from "node:assert/strict";
import { describeShape } from "./describe-shape";
import type { Shape } from "./shape";

const SHAPE: Shape = {
  stack: "one-node",
  nodes: { "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.21.0.11"] } },
  edge: "none",
  downloads: ["pve1"],
  schematics: 1,
  pool: ["127.21.0.192/26"],
  announcedBy: "l2",
};

describeShape("one node on one host", SHAPE, {
  whileUp: (cameUp) => {
    it("carries workloads on its only node: no pod waits for another one", async () => {
      const pods = await cameUp().client.list("/api/v1/pods");
      assert.ok(pods.some(({ metadata }) => metadata.namespace === "echo"));
      assert.deepEqual(
        pods.flatMap(({ metadata, status }) => (isSettled(status) ? [] : [metadata.name])),
        [],
      );
    });
  },
});

function isSettled(status: unknown): boolean {
  return typeof status === "object" && status !== null && "phase" in status && (status.phase === "Running" || status.phase === "Succeeded");
}
