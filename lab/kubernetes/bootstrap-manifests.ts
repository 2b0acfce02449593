import type { MachineFacts } from "../contracts";
import type { KubeClient } from "./client";
import type { KubeObject } from "./objects";
import { serviceAddress } from "./service-address";

const STAND_IN = { "lab.hearth.dev/stand-in": "Talos' bootstrap manifests; no container runs" };
const COREDNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.4";
const RBAC = "rbac.authorization.k8s.io";

/** What Talos applies itself once the API server answers: cluster DNS and the rights of nodes. Field manager `talos`. */
export async function applyBootstrapManifests(client: KubeClient, facts: MachineFacts): Promise<void> {
  for (const manifest of bootstrapManifests(facts)) await client.apply(manifest, { manager: "talos", onConflict: "force" });
}

/** What Talos adds while it runs, once a config lets pods call its API: the kind of their service accounts. */
export async function applyTalosServiceAccounts(client: KubeClient, facts: MachineFacts): Promise<void> {
  if (facts.kubernetesTalosApiAccess) await client.apply(talosServiceAccounts(), { manager: "talos", onConflict: "force" });
}

/** The manifests, in order. */
export function bootstrapManifests(facts: MachineFacts): readonly KubeObject[] {
  return [
    ...csrRights(),
    ...nodeRights(),
    kubeconfigInCluster(facts),
    ...(facts.coreDnsDisabled ? [] : coreDns(facts)),
    ...(facts.kubernetesTalosApiAccess ? [talosServiceAccounts()] : []),
  ];
}

function csrRights(): readonly KubeObject[] {
  const approve = "system:certificates.k8s.io:certificatesigningrequests";
  return [
    clusterRoleBinding("system-bootstrap-node-bootstrapper", "system:node-bootstrapper", [group("system:bootstrappers:nodes"), group("system:nodes")]),
    clusterRoleBinding("system-bootstrap-approve-node-client-csr", `${approve}:nodeclient`, [group("system:bootstrappers:nodes")]),
    clusterRoleBinding("system-bootstrap-node-renewal", `${approve}:selfnodeclient`, [group("system:nodes")]),
  ];
}

function nodeRights(): readonly KubeObject[] {
  const rules = [{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] }];
  return [clusterRole("system:talos-nodes", rules), clusterRoleBinding("system:talos-nodes", "system:talos-nodes", [group("system:nodes")])];
}

function kubeconfigInCluster({ endpoint, kubePrismPort }: MachineFacts): KubeObject {
  const server = kubePrismPort === undefined ? endpoint : `https://127.0.0.1:${kubePrismPort}`;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: inSystem("kubeconfig-in-cluster"),
    data: { kubeconfig: `apiVersion: v1\nkind: Config\nclusters:\n  - name: local\n    cluster:\n      server: ${server}\n` },
  };
}

function coreDns(facts: MachineFacts): readonly KubeObject[] {
  const subjects = [{ kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }];
  const rules = [
    { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: inSystem("coredns") },
    clusterRole("system:coredns", rules),
    clusterRoleBinding("system:coredns", "system:coredns", subjects),
    { apiVersion: "v1", kind: "ConfigMap", metadata: inSystem("coredns"), data: { Corefile: COREFILE } },
    coreDnsDeployment(),
    coreDnsService(facts.serviceSubnets.map((subnet) => serviceAddress(subnet, 10))),
  ];
}

const COREFILE = `.:53 {
    errors
    health { lameduck 5s }
    ready
    prometheus :9153
    kubernetes cluster.local in-addr.arpa ip6.arpa { pods insecure }
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`;

function coreDnsDeployment(): KubeObject {
  const labels = { "k8s-app": "kube-dns" };
  const container = {
    name: "coredns",
    image: COREDNS_IMAGE,
    args: ["-conf", "/etc/coredns/Corefile"],
    resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
    ports: [
      { name: "dns", containerPort: 53, protocol: "UDP" },
      { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
      { name: "metrics", containerPort: 9153, protocol: "TCP" },
    ],
    volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } },
  };
  const tolerations = ["node-role.kubernetes.io/control-plane", "node.cloudprovider.kubernetes.io/uninitialized"].map((key) => ({
    key,
    operator: "Exists",
    effect: "NoSchedule",
  }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: inSystem("coredns", { ...labels, "kubernetes.io/name": "CoreDNS" }),
    spec: {
      replicas: 2,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "coredns",
          priorityClassName: "system-cluster-critical",
          dnsPolicy: "Default",
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations,
          containers: [container],
          volumes: [{ name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }],
        },
      },
    },
  };
}

function coreDnsService(clusterIPs: readonly string[]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: inSystem("kube-dns", { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" }),
    spec: {
      selector: { "k8s-app": "kube-dns" },
      clusterIP: clusterIPs[0],
      clusterIPs,
      ipFamilies: clusterIPs.map((address) => (address.includes(":") ? "IPv6" : "IPv4")),
      ipFamilyPolicy: clusterIPs.length > 1 ? "RequireDualStack" : "SingleStack",
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
      ],
    },
  };
}

function talosServiceAccounts(): KubeObject {
  const roles = { type: "array", items: { type: "string" } };
  const openAPIV3Schema = {
    type: "object",
    properties: {
      spec: { type: "object", properties: { roles } },
      status: { type: "object", properties: { failureReason: { type: "string" } } },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "serviceaccounts.talos.dev", annotations: STAND_IN },
    spec: {
      group: "talos.dev",
      scope: "Namespaced",
      conversion: { strategy: "None" },
      names: { kind: "ServiceAccount", listKind: "ServiceAccountList", plural: "serviceaccounts", singular: "serviceaccount", shortNames: ["tsa"] },
      versions: [{ name: "v1alpha1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

function inSystem(name: string, labels: Readonly<Record<string, string>> = {}): KubeObject["metadata"] {
  return { name, namespace: "kube-system", labels, annotations: STAND_IN };
}

function clusterRole(name: string, rules: readonly unknown[]): KubeObject {
  const labels = { "kubernetes.io/bootstrapping": "rbac-defaults" };
  return { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name, labels, annotations: STAND_IN }, rules };
}

function clusterRoleBinding(name: string, role: string, subjects: readonly unknown[]): KubeObject {
  const roleRef = { apiGroup: RBAC, kind: "ClusterRole", name: role };
  return { apiVersion: `${RBAC}/v1`, kind: "ClusterRoleBinding", metadata: { name, annotations: STAND_IN }, roleRef, subjects };
}

function group(name: string): unknown {
  return { apiGroup: RBAC, kind: "Group", name };
}
