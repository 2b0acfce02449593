/** What the rules say of the objects that Flux applies; fixtures are of what Pulumi makes. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../platform/kit/objects";
import type { Context } from "../../policy/rule";
import { RULES } from "../../policy/rules";

const SOURCE = "source.toolkit.fluxcd.io/v1";

/** What is in the tree, the rule that refuses it, and what is nearly the same and right. */
const CASES: readonly { readonly what: string; readonly rule: string; readonly wrong: KubeObject; readonly right: KubeObject }[] = [
  {
    what: "a Secret with a value",
    rule: "no-secret-in-clear",
    wrong: object("v1", "Secret", { stringData: { password: "hunter2" } }),
    right: object("v1", "Secret", { type: "kubernetes.io/service-account-token", data: {} }),
  },
  {
    what: "a ConfigMap with a private key in base64",
    rule: "no-secret-in-clear",
    wrong: object("v1", "ConfigMap", { binaryData: { key: base64(`-----BEGIN ${"PRIVATE"} KEY-----\nMHcCAQEEIE\n`) } }),
    right: object("v1", "ConfigMap", { binaryData: { key: base64("-----BEGIN PUBLIC KEY-----\nMHcCAQEEIE\n") } }),
  },
  {
    what: "a chart by a range of versions",
    rule: "images-pinned",
    wrong: object(SOURCE, "OCIRepository", { spec: { ref: { semver: ">=0.0.0" } } }),
    right: object(SOURCE, "OCIRepository", { spec: { ref: { semver: "1.2.3" } } }),
  },
  {
    what: "a network policy for everybody",
    rule: "no-open-world",
    wrong: object("cilium.io/v2", "CiliumNetworkPolicy", { spec: { ingress: [{ fromCIDR: ["10.0.0.0/0"] }] } }),
    right: object("cilium.io/v2", "CiliumNetworkPolicy", { spec: { ingress: [{ fromCIDR: ["10.0.0.0/8"] }] } }),
  },
  {
    what: "a role with every right",
    rule: "no-cluster-admin",
    wrong: object("rbac.authorization.k8s.io/v1", "ClusterRole", { rules: [{ apiGroups: ["*"], resources: ["*/*"], verbs: ["patch"] }] }),
    right: object("rbac.authorization.k8s.io/v1", "ClusterRole", { rules: [{ apiGroups: ["*"], resources: ["*/*"], verbs: ["get"] }] }),
  },
  {
    what: "a pod that is root on its node",
    rule: "pods-unprivileged",
    wrong: pod({ hostPID: true }),
    right: pod({ hostPID: false }),
  },
];

describe("the policy pack on the rendered tree", () => {
  for (const { what, rule, wrong, right } of CASES) {
    it(`refuses ${what}, by ${rule} alone, and lets pass what is nearly the same`, () => {
      assert.deepEqual(refusing(wrong), [rule]);
      assert.deepEqual(refusing(right), []);
    });
  }
});

/** The rules that have anything to say of a tree of one object. */
function refusing(only: KubeObject): readonly string[] {
  const context: Context = { tree: () => [only] };
  return RULES.filter((rule) => rule.stack([], context).length > 0).map(({ id }) => id);
}

function object(apiVersion: string, kind: string, fields: Readonly<Record<string, unknown>>): KubeObject {
  return { apiVersion, kind, metadata: { name: "thing", namespace: "apps" }, ...fields };
}

function pod(spec: Readonly<Record<string, unknown>>): KubeObject {
  return object("v1", "Pod", { spec: { containers: [{ name: "main", image: "ghcr.io/example/app:1.2.3" }], ...spec } });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
