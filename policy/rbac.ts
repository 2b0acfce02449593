/** What a role gives beyond its own words; source: kubernetes.io, Role Based Access Control Good Practices. */
import { at, listAt, textAt, textsAt } from "./values";

const RBAC_GROUP = "rbac.authorization.k8s.io";
const ROLES = ["roles", "clusterroles"];
const RBAC_KINDS = [...ROLES, "rolebindings", "clusterrolebindings"];
const WHOS = ["users", "groups", "serviceaccounts"];
/** With these, on everything, an account makes itself whatever it lacks. */
const MAKING = ["create", "update", "patch"];
/** Label of the roles that every cluster has, `cluster-admin` among them. */
const BUILT_IN = "kubernetes.io/bootstrapping";

/** Names, as messages and lists of reasons write them, of who a binding is for: `ServiceAccount apps/thing`, `Group admins`. */
export function subjectsOf(binding: unknown): readonly string[] {
  return listAt(binding, "subjects").map((subject) => {
    const namespace =
      textAt(subject, "namespace") || (textAt(subject, "kind") === "ServiceAccount" ? textAt(binding, "metadata", "namespace") : "");
    return `${textAt(subject, "kind")} ${namespace === "" ? "" : `${namespace}/`}${textAt(subject, "name")}`;
  });
}

/** How a role gives every right, one way or another; empty when it does not. */
export function waysToEverything(role: unknown): readonly string[] {
  const ways = listAt(role, "rules").flatMap((rule) => [
    ...(isEverything(rule) ? ["every right on everything"] : []),
    ...(givesRoles(rule) ? ["rights that it need not have itself (escalate, bind)"] : []),
    ...(actsAsAnyone(rule) ? ["the rights of everybody (impersonate)"] : []),
  ]);
  const isCollected = listAt(role, "aggregationRule", "clusterRoleSelectors").some(selectsAll);
  return [...new Set([...ways, ...(isCollected ? ["the rights of every role (aggregationRule)"] : [])])];
}

function isEverything(rule: unknown): boolean {
  const isOnAll = has(rule, "apiGroups", []) && textsAt(rule, "resources").some((each) => each === "*" || each === "*/*");
  return isOnAll && has(rule, "verbs", MAKING);
}

/** A role to be bound may be named: `bind` on `view` alone gives nothing else. To edit a role of one's own gives all. */
function givesRoles(rule: unknown): boolean {
  if (!has(rule, "apiGroups", [RBAC_GROUP])) return false;
  const named = textsAt(rule, "resourceNames");
  const binds = has(rule, "resources", ROLES) && textsAt(rule, "verbs").includes("bind");
  const isAnyVerb = has(rule, "resources", RBAC_KINDS) && has(rule, "verbs", []);
  return (
    isAnyVerb ||
    (has(rule, "resources", ROLES) && textsAt(rule, "verbs").includes("escalate")) ||
    (binds && (named.length === 0 || named.includes("cluster-admin")))
  );
}

function actsAsAnyone(rule: unknown): boolean {
  const named = textsAt(rule, "resourceNames");
  const isAnyone = has(rule, "apiGroups", [""]) && has(rule, "resources", WHOS) && textsAt(rule, "verbs").includes("impersonate");
  return isAnyone && (named.length === 0 || named.includes("system:masters"));
}

/** Whether a field of a rule has one of the words, or the one for all. */
function has(rule: unknown, field: string, words: readonly string[]): boolean {
  return textsAt(rule, field).some((each) => each === "*" || words.includes(each));
}

/** A selector that asks for nothing, only for what is not there, or for what is on Kubernetes' own roles. */
function selectsAll(selector: unknown): boolean {
  const labels = Object.keys(Object(at(selector, "matchLabels") ?? {}) as object);
  const expressions = listAt(selector, "matchExpressions");
  const asked = [
    ...labels,
    ...expressions.filter((each) => /^(In|Exists)$/.test(textAt(each, "operator"))).map((each) => textAt(each, "key")),
  ];
  return asked.every((key) => key === BUILT_IN);
}
