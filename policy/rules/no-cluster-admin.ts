import { z } from "zod";
import { objectOf, type ClusterObject } from "../kubernetes";
import { subjectsOf, waysToEverything } from "../rbac";
import { defineRule } from "../rule";
import { CLUSTER_ADMINS } from "../reasons";
import { at, textAt } from "../values";

/** Who may do everything is written down. */
export const noClusterAdmin = defineRule({
  id: "no-cluster-admin",
  says: "Only the bindings of a list with reasons give `cluster-admin`, each to whom the list says, and no role gives every right or a way to it.",
  reason: "One token of such an account is the whole cluster, every Secret of every namespace included.",
  level: "mandatory",
  config: z.strictObject({
    allowed: z
      .record(z.string(), z.string().min(10))
      .default({})
      .describe(
        "Further bindings, such as `ops to Group ops` or `thing to ServiceAccount apps/thing`, and roles by name -> why they need it.",
      ),
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
  const what = `${textAt(object, "kind")} ${name}`;
  switch (object["kind"]) {
    case "ClusterRoleBinding":
    case "RoleBinding":
      return at(object, "roleRef", "name") !== "cluster-admin"
        ? []
        : subjectsOf(object)
            .filter((subject) => ![CLUSTER_ADMINS, allowed].some((list) => Object.hasOwn(list, `${name} to ${subject}`)))
            .map((subject) => `${what} gives cluster-admin to ${subject}`);
    case "ClusterRole":
    case "Role":
      return Object.hasOwn(allowed, name) ? [] : waysToEverything(object).map((way) => `${what} gives ${way}`);
    default:
      return [];
  }
}
