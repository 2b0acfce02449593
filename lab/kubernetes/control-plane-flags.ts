import type { MachineFacts } from "../contracts";
import { type Flags, mergeFlags, type MergeRules } from "./flags";

/** Where the lab's control plane listens; everything on 127.0.0.1. */
export interface ControlPlanePorts {
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}

/** Resolves a name in the directory of certificates and configuration files. */
export type PkiPath = (file: string) => string;

/**
 * Where the lab departs from Talos, and why. These win over the machine config, since without them nothing would run on
 * one loopback address without a container engine.
 */
const API_SERVER_IN_LAB: Flags = {
  "bind-address": "127.0.0.1",
  // A documentation address: loopback is refused in EndpointSlices, so the API server writes none for itself.
  "advertise-address": "192.0.2.10",
  "endpoint-reconciler-type": "none",
  // A stop of the lab shall not wait for clients.
  "shutdown-delay-duration": "0s",
  "shutdown-send-retry-after": "false",
  // Less memory: one user, few objects.
  "max-requests-inflight": "200",
  "max-mutating-requests-inflight": "100",
};

/** No pod answers, so a webhook with `failurePolicy: Fail` would refuse everything. */
const WEBHOOK_PLUGINS = "MutatingAdmissionWebhook,ValidatingAdmissionWebhook";

/** One process of each kind: an election only costs the time until an old lease ends. */
const NO_ELECTION: Flags = { "leader-elect": "false" };

const API_SERVER_RULES: MergeRules = {
  additive: ["enable-admission-plugins", "disable-admission-plugins", "feature-gates", "authorization-mode", "tls-cipher-suites"],
  denied: [
    "etcd-servers", "client-ca-file", "requestheader-client-ca-file", "proxy-client-cert-file", "proxy-client-key-file",
    "encryption-provider-config", "etcd-cafile", "etcd-certfile", "etcd-keyfile", "kubelet-client-certificate", "kubelet-client-key",
    "service-account-key-file", "service-account-signing-key-file", "tls-cert-file", "tls-private-key-file", "authorization-config",
  ],
};

const CONTROLLER_MANAGER_RULES: MergeRules = {
  additive: ["service-cluster-ip-range", "controllers"],
  denied: [
    "cluster-signing-cert-file", "cluster-signing-key-file", "authentication-kubeconfig", "authorization-kubeconfig", "root-ca-file",
    "service-account-private-key-file",
  ],
};

const SCHEDULER_RULES: MergeRules = { additive: [], denied: ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig", "config"] };

/** Flags of kube-apiserver for a control plane's machine config. @throws Error when an extra argument is one that Talos refuses. */
export function apiServerFlags(facts: MachineFacts, ports: ControlPlanePorts, pki: PkiPath): Flags {
  const talos: Flags = {
    "admission-control-config-file": pki("admission-control-config.yaml"),
    "allow-privileged": "true",
    "anonymous-auth": "false",
    "api-audiences": facts.endpoint,
    "authorization-mode": "Node,RBAC",
    "client-ca-file": pki("k8s-ca.crt"),
    "enable-admission-plugins": "NodeRestriction",
    "enable-bootstrap-token-auth": "true",
    "encryption-provider-config": pki("encryption-config.yaml"),
    "etcd-cafile": pki("etcd-ca.crt"),
    "etcd-certfile": pki("etcd-client.crt"),
    "etcd-keyfile": pki("etcd-client.key"),
    "etcd-servers": `https://127.0.0.1:${ports.etcdClient}`,
    "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
    "kubelet-client-key": pki("apiserver-kubelet-client.key"),
    "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
    profiling: "false",
    "proxy-client-cert-file": pki("front-proxy-client.crt"),
    "proxy-client-key-file": pki("front-proxy-client.key"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-client-ca-file": pki("k8sAggregator-ca.crt"),
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "service-account-issuer": facts.endpoint,
    "service-account-key-file": pki("service-account.pub"),
    "service-account-signing-key-file": pki("service-account.key"),
    "service-cluster-ip-range": facts.serviceSubnets.join(","),
    "tls-cert-file": pki("apiserver.crt"),
    "tls-min-version": "VersionTLS12",
    "tls-private-key-file": pki("apiserver.key"),
  };
  const merged = mergeFlags(talos, facts.apiServerExtraArgs, API_SERVER_RULES);
  const lab = { ...merged, ...API_SERVER_IN_LAB, "secure-port": String(ports.apiServer) };
  return mergeFlags(lab, { "disable-admission-plugins": WEBHOOK_PLUGINS }, API_SERVER_RULES);
}

/** Flags of kube-controller-manager. @throws Error when an extra argument is one that Talos refuses. */
export function controllerManagerFlags(facts: MachineFacts, ports: ControlPlanePorts, pki: PkiPath): Flags {
  const access = pki("controller-manager.kubeconfig");
  const talos: Flags = {
    "allocate-node-cidrs": "true",
    "authentication-kubeconfig": access,
    "authorization-kubeconfig": access,
    "bind-address": "127.0.0.1",
    "cluster-cidr": facts.podSubnets.join(","),
    "cluster-signing-cert-file": pki("k8s-ca.crt"),
    "cluster-signing-key-file": pki("k8s-ca.key"),
    "configure-cloud-routes": "false",
    controllers: "*,tokencleaner",
    kubeconfig: access,
    profiling: "false",
    "root-ca-file": pki("k8s-ca.crt"),
    "service-account-private-key-file": pki("service-account.key"),
    "service-cluster-ip-range": facts.serviceSubnets.join(","),
    "tls-min-version": "VersionTLS13",
    "use-service-account-credentials": "true",
  };
  const merged = mergeFlags(talos, facts.controllerManagerExtraArgs, CONTROLLER_MANAGER_RULES);
  // A look at the nodes every 5 s would hold back their first pods by as much.
  const soon = { "node-monitor-period": "1s" };
  return { ...merged, ...NO_ELECTION, ...soon, "bind-address": "127.0.0.1", "secure-port": String(ports.controllerManager) };
}

/** Flags of kube-scheduler. @throws Error when an extra argument is one that Talos refuses. */
export function schedulerFlags(facts: MachineFacts, ports: ControlPlanePorts, pki: PkiPath): Flags {
  const access = pki("scheduler.kubeconfig");
  const talos: Flags = {
    "authentication-kubeconfig": access,
    "authentication-tolerate-lookup-failure": "false",
    "authorization-kubeconfig": access,
    config: pki("scheduler-config.yaml"),
    profiling: "false",
    "tls-min-version": "VersionTLS13",
  };
  const merged = mergeFlags(talos, facts.schedulerExtraArgs, SCHEDULER_RULES);
  return { ...merged, ...NO_ELECTION, "bind-address": "127.0.0.1", "secure-port": String(ports.scheduler) };
}

/** Flags of the lab's only etcd member: what the config says about tuning, with the lab's addresses and without fsync. */
export function etcdFlags(facts: MachineFacts, ports: ControlPlanePorts, pki: PkiPath, dataDir: string): Flags {
  const client = `https://127.0.0.1:${ports.etcdClient}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  return {
    ...facts.etcdExtraArgs,
    name: "lab",
    "data-dir": dataDir,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `lab=${peer}`,
    "listen-metrics-urls": "",
    "cert-file": pki("etcd-server.crt"),
    "key-file": pki("etcd-server.key"),
    "trusted-ca-file": pki("etcd-ca.crt"),
    "client-cert-auth": "true",
    "peer-cert-file": pki("etcd-server.crt"),
    "peer-key-file": pki("etcd-server.key"),
    "peer-trusted-ca-file": pki("etcd-ca.crt"),
    "peer-client-cert-auth": "true",
    "auto-compaction-mode": "revision",
    "auto-compaction-retention": "1000",
    "unsafe-no-fsync": "true",
    "log-level": "warn",
  };
}
