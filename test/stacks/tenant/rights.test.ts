import assert from "node:assert/strict";
import { tenantPlan } from "../../../stacks/tenant/plan";
import { rightsIn } from "../../../stacks/tenant/plan/rights";
import { node, tenantOf } from "./fixture";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rulesOf = (more: Readonly<Record<string, unknown>> = {}): readonly Rule[] => {
  const { role } = rightsIn("shop", tenantOf(more));
  return role["rules"] as readonly Rule[]; // what a Role holds
};

/** `<verb> <group>/<resource>` of every right. */
const rightsOf = (more: Readonly<Record<string, unknown>> = {}): readonly string[] =>
  rulesOf(more).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((g) => resources.flatMap((r) => verbs.map((v) => `${v} ${g}/${r}`))),
  );

const WRITES = /^(create|update|patch|delete|deletecollection) /;

describe("the rights of a tenant", () => {
  it("are a Role and a RoleBinding in each of its namespaces, for its one service account", () => {
    const plan = tenantPlan(tenantOf({ namespaces: { shop: {}, "shop-jobs": {} } }), [node()]);
    assert.deepEqual([plan.account.kind, plan.account.metadata], ["ServiceAccount", { name: "shop", namespace: "shop" }]);
    assert.deepEqual(
      plan.namespaces.map(({ role, binding }) => [
        role.kind,
        role.metadata.namespace,
        binding.kind,
        binding.metadata.namespace,
        binding.roleRef.kind,
      ]),
      ["shop", "shop-jobs"].map((name) => ["Role", name, "RoleBinding", name, "Role"]),
    );
    for (const { binding } of plan.namespaces) {
      assert.deepEqual(binding.subjects, [{ kind: "ServiceAccount", name: "shop", namespace: "shop" }]);
      assert.equal(binding.roleRef.name, "shop");
    }
  });

  it("name every group, resource and verb, and never what raises rights", () => {
    for (const rights of ["edit", "admin"]) {
      const all = rulesOf({ rights }).flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
      for (const word of [
        "*",
        "bind",
        "escalate",
        "impersonate",
        "clusterroles",
        "nodes",
        "serviceaccounts/token",
        "pods/proxy",
        "services/proxy",
      ]) {
        assert.ok(!all.includes(word), word);
      }
    }
  });

  it("take in what a team works with, and leave its fences to be looked at", () => {
    const edit = rightsOf();
    for (const right of ["create apps/deployments", "delete /secrets", "create /pods/exec", "patch helm.toolkit.fluxcd.io/helmreleases"]) {
      assert.ok(edit.includes(right), right);
    }
    const written = edit.filter((right) => WRITES.test(right));
    for (const fence of [
      "resourcequotas",
      "limitranges",
      "networkpolicies",
      "ciliumnetworkpolicies",
      "namespaces",
      "roles",
      "rolebindings",
    ]) {
      assert.deepEqual(
        written.filter((right) => right.endsWith(`/${fence}`)),
        [],
        fence,
      );
    }
  });

  it("let an admin write roles, and nothing else that edit may not", () => {
    const edit = new Set(rightsOf());
    const more = rightsOf({ rights: "admin" }).filter((right) => !edit.has(right));
    assert.ok(
      more.length > 0 && more.every((right) => /^\w+ rbac\.authorization\.k8s\.io\/(roles|rolebindings)$/.test(right)),
      more.join(),
    );
  });

  it("have added what the settings add", () => {
    const also = [{ group: "external-secrets.io", resources: ["externalsecrets"], verbs: ["create"] }];
    assert.ok(rightsOf({ also }).includes("create external-secrets.io/externalsecrets"));
  });
});
