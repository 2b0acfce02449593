import { z } from "zod";
import { claimSpec, retention } from "../kit/volume";
import type { Settings } from "../../config/settings";
import { defineApp } from "../kit/app";
import type { PlatformFacts } from "../kit/facts";
import { KEEP } from "../kit/objects";
import { ALERTMANAGER_CONFIG, alertmanagerConfig, hasReceiver, receiverSecrets, receiversSchema } from "../observability/alertmanager";
import { FOLDER_ANNOTATION } from "../provide/monitoring";
import { CHARTS } from "../versions";

/** Share of its volume that Prometheus fills with blocks; the rest is for the write-ahead log and compaction. */
const FILLED = 0.85;

/** Ports on which a Talos control plane serves metrics; etcd's without TLS, as the machine config says. */
const CONTROL_PLANE_PORTS = { etcd: 2381, controllerManager: 10257, scheduler: 10259 } as const;

const options = z.strictObject({
  /** Days that samples are kept. */
  retentionDays: z.int().min(1).max(3650).default(15).describe("Days that samples are kept"),
  /** GiB of Prometheus' volume; the oldest samples go early when it is nearly full. */
  storageGiB: z.int().min(1).default(50).describe("GiB of Prometheus' volume; the oldest samples go early when it is nearly full"),
  /** Seconds between two readings of each target. */
  scrapeSeconds: z.int().min(5).max(300).default(30).describe("Seconds between two readings of each target"),
  /** MiB of memory that Prometheus may take. */
  memoryMiB: z.int().min(512).default(3072).describe("MiB of memory that Prometheus may take"),
  /** Where alerts go; each receiver that is set gets every alert. */
  receivers: receiversSchema.prefault({}).describe("Where alerts go; each receiver that is set gets every alert"),
  /** Calls the URL of the config secret `dead-man-url` as long as alerts can be sent at all, e.g. a check of healthchecks.io. */
  deadManSwitch: z
    .strictObject({
      /** Minutes between two calls. */
      everyMinutes: z.int().min(1).max(60).default(5).describe("Minutes between two calls"),
    })
    .optional()
    .describe("Calls the URL of the config secret `dead-man-url` as long as alerts can be sent at all, e.g. a check of healthchecks.io"),
  /** `keep`: the volumes stay when the app goes. */
  data: z.enum(["keep", "delete"]).default("keep").describe("`keep`: the volumes stay when the app goes"),
});

/** Prometheus, its operator, Alertmanager and the exporters of nodes and Kubernetes objects, with their rules. */
export const kubePrometheusStack = defineApp({
  name: "kube-prometheus-stack",
  summary: "Metrics and alerts: Prometheus, Alertmanager, node and Kubernetes exporters",
  // node-exporter looks at the node: host network, host processes, host paths.
  namespace: { name: "monitoring", podSecurity: "privileged" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  timeout: "15m",
  chart: { ...CHARTS.kubePrometheusStack, rights: "cluster", timeout: "15m" },
  vendored: [{ folder: "prometheus-operator-stack", annotations: KEEP }],
  values: ({ options: given, settings, facts }) => ({
    // They come from the tree, before anything of their kinds.
    crds: { enabled: false },
    // Rules are checked by promtool before they are pushed; a webhook would only add a way to block every apply.
    prometheusOperator: {
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      resources: memory(64, 256),
      prometheusConfigReloader: { resources: memory(32, 64) },
    },
    // The app grafana shows the chart's dashboards.
    grafana: {
      enabled: false,
      forceDeployDashboards: true,
      sidecar: { dashboards: { annotations: { [FOLDER_ANNOTATION]: "Kubernetes" } } },
    },
    ...controlPlane(settings),
    defaultRules: { rules: { kubeProxy: false, windows: false } },
    nodeExporter: { operatingSystems: { aix: { enabled: false }, darwin: { enabled: false } } },
    prometheus: { prometheusSpec: prometheusSpec(given, settings, facts) },
    alertmanager: {
      alertmanagerSpec: {
        alertmanagerConfiguration: { name: ALERTMANAGER_CONFIG },
        storage: volume(1, facts),
        persistentVolumeClaimRetentionPolicy: retention(given.data),
        resources: memory(64, 256),
      },
    },
  }),
  configuration: ({ options: { receivers, deadManSwitch } }) => [alertmanagerConfig(receivers, deadManSwitch)],
  secrets: ({ options: { receivers, deadManSwitch } }) => receiverSecrets(receivers, deadManSwitch),
  network: ({ enabled }) => ({
    from: ["grafana", "tempo", "alloy"].filter((name) => enabled.has(name)).map((app) => ({ peer: { app }, ports: [9090] })),
    to: [
      { peer: "kube-apiserver" },
      { peer: "nodes", ports: [9100, 10250, ...Object.values(CONTROL_PLANE_PORTS)] },
      // CoreDNS, whose monitor is the chart's own.
      { peer: { namespace: "kube-system" }, ports: [9153] },
      // Receivers of alerts are wherever the settings say.
      { peer: "world" },
    ],
  }),
  warnings: ({ options: { receivers, deadManSwitch } }) => [
    ...(hasReceiver(receivers) ? [] : ["nobody hears of an alert; set one of receivers (ntfy, discord, slack, email, webhook)"]),
    ...(deadManSwitch === undefined ? ["nobody notices when alerting itself is down; set deadManSwitch"] : []),
  ],
});

type Values = Readonly<Record<string, unknown>>;

function memory(requestMiB: number, limitMiB: number): Values {
  return { requests: { cpu: "10m", memory: `${requestMiB}Mi` }, limits: { memory: `${limitMiB}Mi` } };
}

function volume(gib: number, { storageClass }: Pick<PlatformFacts, "storageClass">): Values {
  return { volumeClaimTemplate: { spec: claimSpec(gib, storageClass) } };
}

function prometheusSpec(given: z.output<typeof options>, { cluster }: Settings, facts: PlatformFacts): Values {
  return {
    retention: `${given.retentionDays}d`,
    retentionSize: `${Math.floor(given.storageGiB * 1024 * FILLED)}MB`,
    scrapeInterval: `${given.scrapeSeconds}s`,
    evaluationInterval: `${given.scrapeSeconds}s`,
    storageSpec: volume(given.storageGiB, facts),
    persistentVolumeClaimRetentionPolicy: retention(given.data),
    resources: { requests: { cpu: "100m", memory: `${Math.floor(given.memoryMiB / 3)}Mi` }, limits: { memory: `${given.memoryMiB}Mi` } },
    externalLabels: { cluster: cluster.name },
    // Tempo and Alloy send theirs, with pointers from samples to spans.
    enableRemoteWriteReceiver: true,
    enableFeatures: ["exemplar-storage"],
    // Whatever stands in the cluster counts; by default only what the chart itself made.
    ...Object.fromEntries(
      ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"].map((kind) => [`${kind}SelectorNilUsesHelmValues`, false]),
    ),
  };
}

/** Talos runs the control plane outside of Kubernetes' sight, so the targets are node addresses. Cilium is the proxy. */
function controlPlane({ nodes }: Settings): Values {
  const endpoints = nodes.filter(({ role }) => role === "controlplane").map(({ address }) => address.ipv4);
  const serving = (port: number): Values => ({ endpoints, service: { port, targetPort: port } });
  // Their certificates are their own, for localhost.
  const https = { serviceMonitor: { https: true, insecureSkipVerify: true } };
  return {
    kubeProxy: { enabled: false },
    kubeEtcd: serving(CONTROL_PLANE_PORTS.etcd),
    kubeControllerManager: { ...serving(CONTROL_PLANE_PORTS.controllerManager), ...https },
    kubeScheduler: { ...serving(CONTROL_PLANE_PORTS.scheduler), ...https },
  };
}
