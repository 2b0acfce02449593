import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IClusterRole, IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1" with {
  "resolution-mode": "import",
};
import type { IConfigMap, IService, IServiceAccount } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { z } from "zod";
import { corefile, DNS_PORT } from "../edge/corefile";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../edge/restricted";
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";

const NAME = "k8s-gateway";
const LABELS = { "app.kubernetes.io/name": NAME };

const options = z.strictObject({
  /** Name servers for what the cluster does not serve, by public address: a server at home may ask this one back. */
  fallback: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .default(["1.1.1.1", "1.0.0.1"])
    .describe("Name servers for what the cluster does not serve, by public address: a server at home may ask this one back."),
  /** Seconds for which others may keep an answer. */
  ttl: z.int().min(0).max(3600).default(1).describe("Seconds for which others may keep an answer."),
});

/**
 * Split DNS: a name server for the home network that answers for every route with its gateway's address. The home's
 * router forwards the domains to it. Plain objects: the plugin needs no more than a Deployment.
 */
export const k8sGateway = defineApp({
  name: NAME,
  summary: "Name server for the home network that answers for every route",
  namespace: { name: NAME, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  objects: ({ options, settings, facts }) => {
    const config = corefile({ domains: settings.cluster.domains, apex: `${NAME}.${NAME}`, ...options });
    return [
      typed<IConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: NAME }, data: { Corefile: config } }),
      deployment(config, facts.replicas),
      service(settings.network.addresses.dns),
      ...rights(),
    ];
  },
  monitors: () => [{ kind: "PodMonitor", name: NAME, selector: LABELS, port: "metrics", containerPort: 9153 }],
  alerts: () => [
    {
      alert: "SplitDnsDown",
      expr: `absent(coredns_build_info{namespace="${NAME}"})`,
      for: "5m",
      severity: "critical",
      summary: "The name server for the home network does not answer.",
    },
  ],
  network: () => ({
    from: [
      { peer: "world", ports: [DNS_PORT], protocol: "ANY" },
      { peer: "nodes", ports: [DNS_PORT, 8080, 8181], protocol: "ANY" },
    ],
    to: [{ peer: "kube-apiserver" }, { peer: "world", ports: [53], protocol: "ANY" }],
  }),
  problems: ({ options }) =>
    options.fallback.flatMap((address, index) =>
      ipaddr.parse(address).range() === "unicast"
        ? []
        : [
            {
              path: ["fallback", index],
              message: `${address} is no public address: a name server at home may forward the question back, round and round`,
              fix: "name a public server, such as 1.1.1.1",
            },
          ],
    ),
});

function deployment(config: string, replicas: number): KubeObject {
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      replicas,
      selector: { matchLabels: LABELS },
      template: {
        // A new configuration is read by new pods only.
        metadata: { labels: LABELS, annotations: { "hearth/config": createHash("sha256").update(config).digest("hex").slice(0, 12) } },
        spec: {
          serviceAccountName: NAME,
          // The cluster's DNS is not asked: it might forward to a server that asks here.
          dnsPolicy: "Default",
          securityContext: RESTRICTED_POD,
          containers: [
            {
              name: NAME,
              image: IMAGES.k8sGateway,
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [
                { name: "dns-udp", containerPort: DNS_PORT, protocol: "UDP" },
                { name: "dns-tcp", containerPort: DNS_PORT, protocol: "TCP" },
                { name: "metrics", containerPort: 9153 },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: 8181 } },
              livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 10 },
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
              securityContext: RESTRICTED_CONTAINER,
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: NAME } }],
        },
      },
    },
  });
}

function service(address: string): KubeObject {
  return typed<IService>({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: NAME, labels: LABELS, annotations: { "lbipam.cilium.io/ips": address } },
    spec: {
      type: "LoadBalancer",
      selector: LABELS,
      ports: [
        { name: "dns-udp", port: 53, protocol: "UDP", targetPort: "dns-udp" },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
      ],
    },
  });
}

/** What the plugin watches; source: its chart's cluster role. */
function rights(): readonly KubeObject[] {
  const watch = ["list", "watch"];
  return [
    typed<IServiceAccount>({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME } }),
    typed<IClusterRole>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: NAME },
      rules: [
        { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: ["get", ...watch] },
        { apiGroups: [""], resources: ["services", "namespaces"], verbs: watch },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: watch },
        {
          apiGroups: ["gateway.networking.k8s.io"],
          resources: ["gateways", "listenersets", "httproutes", "grpcroutes", "tlsroutes"],
          verbs: watch,
        },
      ],
    }),
    typed<IClusterRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: NAME },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: NAME }],
    }),
  ];
}
