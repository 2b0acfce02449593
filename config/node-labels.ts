import type { NodeSettings } from "./settings";

/** What the kubelet sets by itself. */
const KUBELET_OWNED = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/arch",
  "kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/os",
]);

/** Labels in Kubernetes' own namespaces that NodeRestriction lets a kubelet set on its node. */
const ALLOWED = new Set([
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
]);
const ALLOWED_NAMESPACES = ["kubelet.kubernetes.io", "node.kubernetes.io"];

/**
 * Why a node cannot have this label, or undefined when it can. Talos labels a worker with the kubelet's own credentials,
 * so NodeRestriction decides; a control plane is labelled with an administrator's, and only what the kubelet owns is out.
 */
export function labelProblem(role: NodeSettings["role"], key: string): string | undefined {
  if (KUBELET_OWNED.has(key)) return "the kubelet sets this label itself";
  if (role === "controlplane") return undefined;
  const [namespace = "", name] = key.split("/");
  if (name === undefined || ALLOWED.has(key)) return undefined;
  if (inNamespace(namespace, "node-restriction.kubernetes.io")) return "NodeRestriction keeps this namespace from kubelets";
  if (!inNamespace(namespace, "kubernetes.io") && !inNamespace(namespace, "k8s.io")) return undefined;
  if (ALLOWED_NAMESPACES.some((allowed) => inNamespace(namespace, allowed))) return undefined;
  return "NodeRestriction lets no kubelet set labels under kubernetes.io and k8s.io, but for node.kubernetes.io, kubelet.kubernetes.io and topology";
}

function inNamespace(namespace: string, parent: string): boolean {
  return namespace === parent || namespace.endsWith(`.${parent}`);
}
