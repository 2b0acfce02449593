import type { KubeObject } from "../../../platform/kit/objects";
import type { TenantSettings } from "../settings/settings";

/** One rule of a Role. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A RoleBinding with what it says. */
export interface Binding extends KubeObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

const READ = ["get", "list", "watch"] as const;
const ALL = [...READ, "create", "update", "patch", "delete", "deletecollection"] as const;

const rule = (group: string, resources: readonly string[], verbs: readonly string[]): Rule => ({ apiGroups: [group], resources, verbs });

/**
 * What a team needs for its workloads. Not the built-in `edit`: that one writes NetworkPolicies, which would open what is
 * fenced, and takes in whatever an operator adds to it, such as every secret that a ClusterSecretStore can read.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
const EDIT: readonly Rule[] = [
  rule("", ["configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "secrets", "serviceaccounts", "services"], ALL),
  rule("", ["pods/attach", "pods/exec", "pods/portforward"], ["get", "create"]),
  rule("", ["pods/eviction"], ["create"]),
  rule("", ["endpoints", "events", "limitranges", "pods/log", "pods/status", "resourcequotas"], READ),
  rule("", ["namespaces"], ["get"]),
  rule("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"], ALL),
  rule("apps", ["deployments/scale", "replicasets/scale", "statefulsets/scale"], ["get", "update", "patch"]),
  rule("apps", ["controllerrevisions"], READ),
  rule("autoscaling", ["horizontalpodautoscalers"], ALL),
  rule("batch", ["cronjobs", "jobs"], ALL),
  rule("coordination.k8s.io", ["leases"], ALL),
  rule("discovery.k8s.io", ["endpointslices"], READ),
  rule("policy", ["poddisruptionbudgets"], ALL),
  // Its fences, to look at.
  rule("networking.k8s.io", ["networkpolicies"], READ),
  rule("cilium.io", ["ciliumnetworkpolicies"], READ),
  rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], READ),
  // Safe under the lock-down: no reference leaves a namespace, and what names no service account has no rights.
  rule("helm.toolkit.fluxcd.io", ["helmreleases"], ALL),
  rule("kustomize.toolkit.fluxcd.io", ["kustomizations"], ALL),
  rule("source.toolkit.fluxcd.io", ["gitrepositories", "helmcharts", "helmrepositories", "ocirepositories"], ALL),
];

/** Roles of its own: the API server lets nobody hand out what he has not got, without `bind` and `escalate`. */
const ADMIN: readonly Rule[] = [...EDIT, rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], ALL)];

/** Who a tenant is to the API server. */
export function accountOf({ name, home }: Pick<TenantSettings, "name" | "home">): KubeObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: home }, automountServiceAccountToken: false };
}

/** What the tenant's service account may do in one of its namespaces: nothing is bound outside of them. */
export function rightsIn(
  namespace: string,
  { name, home, rights, also }: Pick<TenantSettings, "name" | "home" | "rights" | "also">,
): { readonly role: KubeObject; readonly binding: Binding } {
  const metadata = { name, namespace };
  const further = also.map(({ group, resources, verbs }) => rule(group, resources, verbs));
  const rbac = "rbac.authorization.k8s.io";
  return {
    role: { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: [...(rights === "admin" ? ADMIN : EDIT), ...further] },
    binding: {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: home }],
    },
  };
}
