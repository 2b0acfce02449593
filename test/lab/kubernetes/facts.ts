import type { MachineFacts } from "../../../lab/contracts";

/** Facts of a plain control plane; only what a test is about is given. */
export function machineFacts(changes: Partial<MachineFacts> = {}): MachineFacts {
  return {
    hostname: "cp-1",
    machineType: "controlplane",
    clusterName: "lab",
    endpoint: "https://127.10.0.10:6443",
    addresses: ["127.10.0.11/24"],
    vip: "127.10.0.10",
    podSubnets: ["10.244.0.0/16"],
    serviceSubnets: ["10.96.0.0/12"],
    cniName: "none",
    proxyDisabled: true,
    coreDnsDisabled: false,
    nodeLabels: {},
    nodeAnnotations: {},
    taints: [],
    installImage: "factory.talos.dev/nocloud-installer/abc:v1.13.7",
    installDisk: "/dev/sda",
    kubeletImage: "ghcr.io/siderolabs/kubelet:v1.36.3",
    apiServerImage: "registry.k8s.io/kube-apiserver:v1.36.3",
    apiServerCertSans: [],
    apiServerExtraArgs: {},
    controllerManagerExtraArgs: {},
    schedulerExtraArgs: {},
    etcdExtraArgs: {},
    etcdAdvertisedSubnets: [],
    kubeletExtraArgs: {},
    kubeletValidSubnets: [],
    admissionControl: [],
    kubernetesTalosApiAccess: false,
    allowSchedulingOnControlPlanes: true,
    ca: {},
    ...changes,
  };
}
