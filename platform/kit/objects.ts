/** A Kubernetes object as plain data. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Annotation of what Flux never prunes: deleting a CRD deletes everything of its kind. */
export const KEEP = { "kustomize.toolkit.fluxcd.io/prune": "disabled" } as const;

/** Kinds without a namespace, as `group/Kind`. Every other object gets its app's namespace when it names none. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "/Namespace",
  "/PersistentVolume",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "apiregistration.k8s.io/APIService",
  "cert-manager.io/ClusterIssuer",
  "cilium.io/CiliumBGPAdvertisement",
  "cilium.io/CiliumBGPClusterConfig",
  "cilium.io/CiliumBGPPeerConfig",
  "cilium.io/CiliumClusterwideNetworkPolicy",
  "cilium.io/CiliumL2AnnouncementPolicy",
  "cilium.io/CiliumLoadBalancerIPPool",
  "external-secrets.io/ClusterExternalSecret",
  "external-secrets.io/ClusterSecretStore",
  "gateway.networking.k8s.io/GatewayClass",
  "node.k8s.io/RuntimeClass",
  "postgresql.cnpg.io/ClusterImageCatalog",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "snapshot.storage.k8s.io/VolumeSnapshotClass",
  "storage.k8s.io/CSIDriver",
  "storage.k8s.io/StorageClass",
  "tuppr.home-operations.com/KubernetesUpgrade",
  "tuppr.home-operations.com/TalosUpgrade",
]);

/** Whether objects of this kind live outside namespaces. */
export function isClusterScoped(object: Pick<KubeObject, "apiVersion" | "kind">): boolean {
  const [group, version] = object.apiVersion.split("/");
  return CLUSTER_SCOPED.has(`${version === undefined ? "" : group}/${object.kind}`);
}

/** The object with its app's namespace where it names none and its kind has one. */
export function withNamespace(object: KubeObject, namespace: string): KubeObject {
  if (isClusterScoped(object) || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** File name of an object inside its app's folder: `deployment-echo.yaml`. */
export function fileNameOf(object: KubeObject): string {
  return `${object.kind}-${object.metadata.name}`.toLowerCase().replace(/[^a-z0-9.-]/g, "-") + ".yaml";
}
