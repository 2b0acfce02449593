/**
 * The seams of the lab: what each part promises the others. Types only.
 * world (model) <- providers (adapters) ; world -> kubernetes (real control plane) ; all use talos-helper.
 */

/** Base64 PEM pair, as Talos writes it. */
export interface CertKey {
  readonly cert: string;
  readonly key: string;
}

/** The secrets bundle in the shape of the talos provider's `machine.Secrets.machineSecrets`. */
export interface MachineSecrets {
  readonly certs: {
    readonly etcd: CertKey;
    readonly k8s: CertKey;
    readonly k8sAggregator: CertKey;
    readonly k8sServiceaccount: { readonly key: string };
    readonly os: CertKey;
  };
  readonly cluster: { readonly id: string; readonly secret: string };
  readonly secrets: {
    readonly bootstrapToken: string;
    readonly secretboxEncryptionSecret: string;
    readonly aescbcEncryptionSecret?: string;
  };
  readonly trustdinfo: { readonly token: string };
}

/** Base64 PEMs. */
export interface ClientConfiguration {
  readonly caCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** What Talos would derive from one machine config; answer of the helper's `inspect`. */
export interface MachineFacts {
  readonly hostname: string;
  readonly machineType: "controlplane" | "worker";
  readonly clusterName: string;
  readonly endpoint: string;
  /** Static addresses of the first link, CIDR form. */
  readonly addresses: readonly string[];
  readonly vip?: string;
  readonly podSubnets: readonly string[];
  readonly serviceSubnets: readonly string[];
  readonly cniName: string;
  readonly proxyDisabled: boolean;
  readonly coreDnsDisabled: boolean;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly nodeAnnotations: Readonly<Record<string, string>>;
  /** `key: "value:Effect"`, as machine.nodeTaints and kubelet's register-with-taints say, plus Talos' own control-plane taint. */
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly installImage: string;
  readonly installDisk: string;
  readonly kubeletImage: string;
  readonly apiServerImage: string;
  readonly apiServerCertSans: readonly string[];
  readonly apiServerExtraArgs: Readonly<Record<string, string>>;
  readonly controllerManagerExtraArgs: Readonly<Record<string, string>>;
  readonly schedulerExtraArgs: Readonly<Record<string, string>>;
  readonly etcdExtraArgs: Readonly<Record<string, string>>;
  readonly etcdAdvertisedSubnets: readonly string[];
  readonly kubeletExtraArgs: Readonly<Record<string, string>>;
  readonly kubeletValidSubnets: readonly string[];
  /** Content for kube-apiserver's --admission-control-config-file plugins, in order; empty when removed. */
  readonly admissionControl: readonly { readonly name: string; readonly configuration: unknown }[];
  readonly kubePrismPort?: number;
  /** machine.features.kubernetesTalosAPIAccess is on: Talos then installs the CRD of its service accounts. */
  readonly kubernetesTalosApiAccess: boolean;
  readonly allowSchedulingOnControlPlanes: boolean;
  readonly secretboxEncryptionSecret?: string;
  readonly aescbcEncryptionSecret?: string;
  /** CAs and keys that this config carries (workers carry less). */
  readonly ca: {
    readonly os?: Partial<CertKey>;
    readonly k8s?: Partial<CertKey>;
    readonly k8sAggregator?: Partial<CertKey>;
    readonly etcd?: Partial<CertKey>;
    readonly serviceAccountKey?: string;
  };
}

/** Where a machine config is for: `cloud` (disk images such as nocloud; the helper's default) or `metal`, which must install. */
export type RuntimeMode = "cloud" | "metal";

/** Talos' own library behind a line protocol; every method is one request. */
export interface TalosHelper {
  secrets(args: { contract?: string }): Promise<{ machineSecrets: MachineSecrets; clientConfiguration: ClientConfiguration }>;
  /** A fresh admin client certificate for given secrets. */
  clientConfiguration(args: { machineSecrets: MachineSecrets; ttlHours?: number }): Promise<{ clientConfiguration: ClientConfiguration }>;
  /** Rejects with Talos' own words when a patch or the result is invalid. */
  config(args: {
    clusterName: string;
    clusterEndpoint: string;
    machineType: "controlplane" | "worker";
    machineSecrets: MachineSecrets;
    configPatches: readonly string[];
    kubernetesVersion: string;
    contract: string;
    docs?: boolean;
    examples?: boolean;
    mode?: RuntimeMode;
  }): Promise<{ machineConfiguration: string; warnings: readonly string[] }>;
  /** Applies patches by Talos' own rules, validates in the given mode, and hashes the result. */
  patch(args: {
    config: string;
    patches: readonly string[];
    mode?: RuntimeMode;
  }): Promise<{ config: string; hash: string; warnings: readonly string[] }>;
  inspect(args: { config: string }): Promise<MachineFacts>;
  talosconfig(args: {
    clusterName: string;
    clientConfiguration: ClientConfiguration;
    endpoints: readonly string[];
    nodes: readonly string[];
  }): Promise<{ talosConfig: string }>;
  /** Admin kubeconfig as Talos' machine API would hand out. */
  kubeconfig(args: {
    machineSecrets: Pick<MachineSecrets, "certs">;
    clusterName: string;
    endpoint: string;
    ttlHours: number;
  }): Promise<{ kubeconfig: string; host: string; caCertificate: string; clientCertificate: string; clientKey: string; notAfter: string }>;
  /** Any leaf certificate; base64 PEM in and out. */
  issue(args: {
    ca: CertKey;
    commonName: string;
    organizations?: readonly string[];
    dnsNames?: readonly string[];
    ips?: readonly string[];
    usages: readonly ("client" | "server")[];
    ttlHours: number;
  }): Promise<CertKey>;
  /** A self-signed certificate, such as a node in maintenance shows. */
  selfSigned(args: { commonName: string; ips: readonly string[]; ttlHours: number }): Promise<CertKey>;
  /** The id that the Image Factory's own library gives to a schematic, and its canonical YAML. */
  schematic(args: { yaml: string }): Promise<{ id: string; canonical: string }>;
  close(): void;
}

/** Paths of the toolchain's parts, by name. */
export type ToolName =
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "kube" // multi-call: `kube apiserver|controller-manager|scheduler|etcd ...`
  | "kwok"
  | "source-controller"
  | "kustomize-controller"
  | "helm-controller"
  | "notification-controller"
  | "flux-operator"
  | "talos-helper"
  | "actionlint" // for the tests of the workflows only
  | "kubectl" // for the test of the wait that ends the workflow up
  | "gitleaks" // for the tests of the pre-commit hook only
  | "promtool"; // for the tests of the alerts only

export interface Toolchain {
  /** Absolute path of a part. */
  path(tool: ToolName): string;
  /** Folder of a pinned Go module's sources (charts, CRDs, KWOK stages, flux-operator data). */
  moduleDir(module: string): string;
  /** What differs from the pinned versions, one line each. */
  readonly remarks: readonly string[];
}

/** What bootstrap hands to the real control plane. */
export interface ControlPlaneSpec {
  readonly facts: MachineFacts;
  /** Every control plane's node address; the API server's certificate carries all of them and the SANs. */
  readonly controlPlanes: readonly { readonly name: string; readonly address: string }[];
}

/** The real Kubernetes behind the stand-in nodes; implemented by `lab/kubernetes`. */
export interface KubernetesRuntime {
  /** Starts etcd, kube-apiserver, controller-manager, scheduler, KWOK and applies Talos' bootstrap manifests. Idempotent. */
  start(spec: ControlPlaneSpec): Promise<void>;
  /** 127.0.0.1:port of kube-apiserver; node and VIP listeners forward to it. Undefined until started. */
  readonly apiServer: { readonly host: string; readonly port: number } | undefined;
  /** A kubelet comes up: registers the Node by its own credentials, with labels, taints and addresses from its config. Idempotent; a later call updates what a kubelet may update. */
  registerNode(node: {
    readonly facts: MachineFacts;
    readonly address: string;
    readonly addressIpv6?: string;
    /** Where the machine is and its VM id, for who plays the cloud controller. */ readonly place?: {
      readonly region: string;
      readonly zone: string;
      readonly vmId: number;
    };
    /** What the machine has; a nominal size when absent. */ readonly capacity?: { readonly cores: number; readonly memoryMib: number };
  }): Promise<void>;
  /** The machine stopped or went away: its kubelet no longer renews its lease; the Node object stays, as in real life. */
  nodeStopped(name: string): Promise<void>;
  /** Whether kube-apiserver answers /readyz. */
  healthy(): Promise<boolean>;
  /** Stops every process, API server before etcd; `wipe` also removes etcd's data. */
  stop(options: { readonly wipe: boolean }): Promise<void>;
}
