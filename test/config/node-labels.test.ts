import assert from "node:assert/strict";
import { labelProblem } from "../../config/node-labels";
import type { NodeSettings } from "../../config/settings";

describe("a node's label", () => {
  const cases: readonly [NodeSettings["role"], string, boolean][] = [
    ["worker", "example.com/rack", true],
    ["worker", "rack", true],
    ["worker", "topology.kubernetes.io/zone", true],
    ["worker", "node.kubernetes.io/anything", true],
    ["worker", "sub.node.kubernetes.io/anything", true],
    ["worker", "kubelet.kubernetes.io/anything", true],
    ["worker", "node-role.kubernetes.io/worker", false],
    ["worker", "node-restriction.kubernetes.io/tenant", false],
    ["worker", "example.k8s.io/x", false],
    ["worker", "failure-domain.kubernetes.io/zone", false],
    ["worker", "failure-domain.beta.kubernetes.io/zone", true],
    ["worker", "notkubernetes.io/x", true],
    ["worker", "kubernetes.io/hostname", false],
    ["controlplane", "kubernetes.io/hostname", false],
    ["controlplane", "node-role.kubernetes.io/storage", true],
  ];
  for (const [role, key, allowed] of cases) {
    it(`${key} is ${allowed ? "taken" : "refused"} on a ${role}`, () => assert.equal(labelProblem(role, key) === undefined, allowed));
  }
});
