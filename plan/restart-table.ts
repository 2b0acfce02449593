/**
 * What an applied change of a field does to the node, as data. An apply in mode `auto` restarts a node unless everything that
 * differs is in a list of fields that Talos takes over while it runs, and that list looks at the main config only.
 */
import type { Path } from "../config/path";

/** `restart`: the node reboots; `service`: a service or a static pod on it does; `none`: it goes on as it is. */
export type Effect = "restart" | "service" | "none";

/** What is known of a field and everything below it. */
export interface FieldEffect {
  /** Steps from the top: `machine.kubelet`, or the kind of a document. */
  readonly field: string;
  readonly effect: Effect;
  /** What does restart, or when the change counts. */
  readonly what: string;
  /** The same for a control plane, where it is another. */
  readonly onControlPlanes?: Pick<FieldEffect, "effect" | "what">;
  readonly source: string;
}

/** `CanApplyImmediate` in siderolabs/talos, internal/app/machined/pkg/runtime/v1alpha1/v1alpha1_runtime.go. */
const IN_PLACE = "Talos v1.13.7, CanApplyImmediate: copied over before the comparison";
const COMPARED = "Talos v1.13.7, CanApplyImmediate: not among the fields that are copied over";
/** It compares `RawV1Alpha1()`, of which documents with a kind are no part. */
const OTHER_DOCUMENT = "Talos v1.13.7, CanApplyImmediate: looks at the v1alpha1 document only";
const GENERATED = "Talos v1.13.7, pkg/machinery/config/generate: where the input ends up";

const STATIC_PODS = "Talos v1.13.7, controllers/k8s/control_plane.go and kubelet_config.go: whose arguments are made of it";
/** The service networks are in the kubelet's DNS server and in two static pods; so is whether there is a cloud controller, as `--cloud-provider`. */
const PODS_AND_KUBELET: Omit<FieldEffect, "field"> = {
  effect: "service",
  what: "kubelet",
  onControlPlanes: { effect: "service", what: "kubelet, kube-apiserver, kube-controller-manager" },
  source: STATIC_PODS,
};

/** Nothing else is set of Talos' own volumes. A node that stays is refused another one: plan/node-findings.ts. */
const ENCRYPTION = "encryption of a volume that is made anew; one that is there is not opened with it";

/** The longest field that fits decides. What is not here counts as a restart. */
export const FIELD_EFFECTS: readonly FieldEffect[] = [
  { field: "machine.certSANs", effect: "none", what: "a new certificate of the Talos API", source: IN_PLACE },
  { field: "machine.install", effect: "none", what: "counts at the next upgrade or installation", source: IN_PLACE },
  { field: "machine.kubelet", effect: "service", what: "kubelet", source: IN_PLACE },
  { field: "machine.nodeLabels", effect: "none", what: "the Node object", source: IN_PLACE },
  { field: "machine.nodeTaints", effect: "none", what: "the Node object", source: IN_PLACE },
  { field: "machine.sysctls", effect: "none", what: "kernel settings", source: IN_PLACE },
  { field: "machine.kernel", effect: "none", what: "kernel modules; one that is loaded stays so until a restart", source: IN_PLACE },
  { field: "machine.logging", effect: "none", what: "where logs go", source: IN_PLACE },
  { field: "machine.files", effect: "restart", what: "files are written at boot", source: COMPARED },
  { field: "machine.features.kubernetesTalosAPIAccess", effect: "none", what: "access to the Talos API from pods", source: IN_PLACE },
  { field: "machine.features.kubePrism", effect: "none", what: "KubePrism", source: IN_PLACE },
  { field: "machine.features.hostDNS", effect: "none", what: "host DNS", source: IN_PLACE },
  { field: "cluster.apiServer", effect: "service", what: "kube-apiserver", source: IN_PLACE },
  { field: "cluster.controllerManager", effect: "service", what: "kube-controller-manager", source: IN_PLACE },
  { field: "cluster.scheduler", effect: "service", what: "kube-scheduler", source: IN_PLACE },
  { field: "cluster.etcd", effect: "none", what: "counts when etcd next starts", source: IN_PLACE },
  { field: "cluster.proxy", effect: "none", what: "whether Talos makes kube-proxy", source: IN_PLACE },
  { field: "cluster.discovery", effect: "none", what: "how members find each other", source: IN_PLACE },
  { field: "cluster.allowSchedulingOnControlPlanes", effect: "none", what: "the Node object", source: IN_PLACE },
  { field: "cluster.externalCloudProvider", ...PODS_AND_KUBELET },
  { field: "cluster.network", ...PODS_AND_KUBELET },
  {
    field: "cluster.network.podSubnets",
    effect: "none",
    what: "networks of pods",
    onControlPlanes: { effect: "service", what: "kube-controller-manager" },
    source: STATIC_PODS,
  },
  { field: "KmsgLogConfig", effect: "none", what: "where the kernel's log goes", source: OTHER_DOCUMENT },
  { field: "HostnameConfig", effect: "none", what: "the node's name", source: OTHER_DOCUMENT },
  { field: "LinkAliasConfig", effect: "none", what: "which link is the node's", source: OTHER_DOCUMENT },
  { field: "LinkConfig", effect: "none", what: "the node's addresses and routes", source: OTHER_DOCUMENT },
  { field: "Layer2VIPConfig", effect: "none", what: "the shared address", source: OTHER_DOCUMENT },
  { field: "ResolverConfig", effect: "none", what: "resolvers", source: OTHER_DOCUMENT },
  { field: "TimeSyncConfig", effect: "none", what: "time servers", source: OTHER_DOCUMENT },
  { field: "RegistryMirrorConfig", effect: "none", what: "registry mirrors", source: OTHER_DOCUMENT },
  { field: "ExtensionServiceConfig", effect: "service", what: "the extension's service", source: OTHER_DOCUMENT },
  { field: "VolumeConfig", effect: "none", what: ENCRYPTION, source: OTHER_DOCUMENT },
  { field: "UserVolumeConfig", effect: "none", what: "data disks", source: OTHER_DOCUMENT },
  { field: "UserVolumeConfig.encryption", effect: "none", what: ENCRYPTION, source: OTHER_DOCUMENT },
  {
    field: "generated.kubernetesVersion",
    effect: "service",
    what: "kubelet and control plane pods, at another version",
    source: GENERATED,
  },
  { field: "generated.machineType", effect: "restart", what: "the services of the other role run from the next boot on", source: COMPARED },
  { field: "generated.clusterEndpoint", effect: "service", what: "kubelet, by its kubeconfig", source: GENERATED },
];

const UNKNOWN: Omit<FieldEffect, "field"> = { effect: "restart", what: "not in the table of fields", source: "caution" };

/** What a change at this path does. `LinkConfig/uplink` is looked up as `LinkConfig`. */
export function effectOf(path: Path, table: readonly FieldEffect[] = FIELD_EFFECTS): FieldEffect {
  const steps = path.map((step, index) => (index === 0 ? String(step).split("/")[0] : String(step)));
  const fitting = table.filter(({ field }) => field.split(".").every((step, index) => step === steps[index]));
  const [longest] = [...fitting].sort((a, b) => b.field.length - a.field.length);
  return longest ?? { field: steps.join("."), ...UNKNOWN };
}

/**
 * Inputs of a machine that Proxmox takes over at its next start only: the provider would restart the machine for them, and
 * `rebootAfterUpdate` is off. Source: bpg/proxmox, proxmoxtf/resource/vm, where `rebootRequired` is set; the nocloud drive is read at boot.
 */
export const COUNTS_AFTER_START: readonly string[] = [
  "bios",
  "cpu",
  "efiDisk",
  "hostpcis",
  "initialization",
  "machine",
  "memory",
  "scsiHardware",
  "serialDevices",
  "tpmState",
];
