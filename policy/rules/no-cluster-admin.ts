import { z } from "zod";
import { objectOf, type ClusterObject } from "../kubernetes";
import { defineRule } from "../rule";
import { CLUSTER_ADMINS } from "../reasons";
import { at, listAt, textAt } from "../values";

/** Who may do everything is written down. */
export const noClusterAdmin = defineRule({
  id: "no-cluster-admin",
  says: "Only the bindings of a list with reasons give `cluster-admin`, and no role gives every right on everything.",
  reason: "One token of such an account is the whole cluster, every Secret of every namespace included.",
  level: "mandatory",
  config: z.strictObject({
    allowed: z.record(z.string(), z.string().min(10)).default({}).describe("Further bindings, by name -> why they need it."),
  }),
  resource: (resource, _context, { allowed }) => {
    const object = objectOf(resource);
    return object === undefined ? [] : problemsOf(object, allowed);
  },
  stack: (_resources, { tree }, { allowed }) =>
    tree().flatMap((object) => problemsOf(object, allowed).map((message) => ({ message: `${message}, in the rendered tree` }))),
});

function problemsOf(object: ClusterObject, allowed: Readonly<Record<string, string>>): readonly string[] {
  const name = textAt(object, "metadata", "name");
  const isListed = name in CLUSTER_ADMINS || name in allowed;
  switch (object["kind"]) {
    case "ClusterRoleBinding":
    case "RoleBinding":
      return at(object, "roleRef", "name") === "cluster-admin" && !isListed
        ? [`${textAt(object, "kind")} ${name} gives cluster-admin`]
        : [];
    case "ClusterRole":
    case "Role":
      return listAt(object, "rules").some(isEverything) && !isListed
        ? [`${textAt(object, "kind")} ${name} gives every right on everything`]
        : [];
    default:
      return [];
  }
}

function isEverything(rule: unknown): boolean {
  return ["apiGroups", "resources", "verbs"].every((field) => listAt(rule, field).includes("*"));
}
