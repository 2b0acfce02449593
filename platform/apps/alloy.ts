import { z } from "zod";
import { RESTRICTED } from "../kit/restricted";
import { defineApp } from "../kit/app";
import type { AlertRule } from "../kit/requests";
import { alloyConfig, OTLP_PORTS } from "../observability/alloy-config";
import { collectsTalosLogs, TALOS_LOG_PORT } from "../observability/talos-logs";
import { CHARTS } from "../versions";

/** Where positions in the log files are kept, so that a restart repeats nothing. */
const STATE = "/var/lib/alloy";

const HTTP_PORT = 12345;

/** Apps that send what they know by OTLP to one address. */
const SENDERS = ["rustfs"];

/** One collector per node: log lines to Loki, and OTLP to whoever keeps the signal. */
export const alloy = defineApp({
  name: "alloy",
  summary: "Collector on every node: pods' and Talos' logs, OTLP",
  // Reads the node's log files and keeps its place in them on the node.
  namespace: { name: "alloy", podSecurity: "privileged" },
  presence: "chosen",
  needs: [],
  after: ["loki", "tempo"],
  timeout: "10m",
  options: z.strictObject({
    /** Take the nodes' own logs: changes the machine config of every node. Turns on Alloy's experimental features. */
    talosLogs: z
      .boolean()
      .default(true)
      .describe("Take the nodes' own logs: changes the machine config of every node, and turns on Alloy's experimental features"),
    /** MiB of memory that each pod may take. */
    memoryMiB: z.int().min(128).default(384).describe("MiB of memory that each pod may take"),
  }),
  chart: { ...CHARTS.alloy, rights: "cluster" },
  values: ({ options, settings, facts }) => {
    const talosLogs = collectsTalosLogs(settings);
    const content = alloyConfig({
      cluster: settings.cluster.name,
      talosLogs,
      logs: facts.logs,
      tracing: facts.tracing,
      metricsUrl: facts.metricsUrl,
    });
    return {
      crds: { create: false },
      alloy: {
        configMap: { content },
        enableReporting: false,
        // The listener that takes a line as it is, for Talos, is one of them.
        stabilityLevel: talosLogs ? "experimental" : "generally-available",
        storagePath: STATE,
        mounts: {
          varlog: true,
          extra: [
            { name: "state", mountPath: STATE },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
        extraPorts: [
          { name: "otlp-grpc", port: OTLP_PORTS.grpc, targetPort: OTLP_PORTS.grpc },
          { name: "otlp-http", port: OTLP_PORTS.http, targetPort: OTLP_PORTS.http },
          ...(talosLogs ? [{ name: "talos-logs", port: TALOS_LOG_PORT, targetPort: TALOS_LOG_PORT, hostPort: TALOS_LOG_PORT }] : []),
        ],
        // Root, since the files are root's; nothing else of it is left.
        securityContext: {
          runAsUser: 0,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
          seccompProfile: { type: "RuntimeDefault" },
        },
        resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: `${options.memoryMiB}Mi` } },
      },
      // The chart's list reaches Secrets; finding this node's pods takes one rule, its own metrics another.
      rbac: {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
        clusterRules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
      },
      controller: {
        tolerations: [{ operator: "Exists" }],
        volumes: {
          extra: [
            { name: "state", hostPath: { path: STATE, type: "DirectoryOrCreate" } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
      configReloader: {
        resources: { requests: { cpu: "5m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        securityContext: RESTRICTED,
      },
    };
  },
  monitors: () => [
    { kind: "PodMonitor", name: "alloy", selector: { "app.kubernetes.io/name": "alloy" }, port: "http-metrics", containerPort: HTTP_PORT },
  ],
  alerts: () => ALERTS,
  network: () => ({
    from: [{ peer: "nodes", ports: [TALOS_LOG_PORT] }, ...SENDERS.map((app) => ({ peer: { app }, ports: Object.values(OTLP_PORTS) }))],
    to: [
      { peer: "kube-apiserver" },
      { peer: { app: "loki" }, ports: [3100] },
      { peer: { app: "tempo" }, ports: [4317] },
      { peer: { app: "kube-prometheus-stack" }, ports: [9090] },
    ],
  }),
  warnings: ({ facts }) =>
    facts.logs === undefined && facts.tracing === undefined && facts.metricsUrl === undefined
      ? ["there is nowhere to send anything; add loki, tempo or kube-prometheus-stack"]
      : facts.logs === undefined
        ? ["log lines have nowhere to go; add loki"]
        : [],
});

/** Metrics as in Alloy's sources (internal/component/common/loki/client/metrics.go, internal/static/config/instrumentation). */
const ALERTS: readonly AlertRule[] = [
  {
    alert: "AlloyLosesLogLines",
    expr: `sum by (pod, reason) (rate(loki_write_dropped_entries_total{namespace="alloy"}[5m])) > 0`,
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.pod }} throws log lines away: {{ $labels.reason }}",
  },
  {
    alert: "AlloyConfigRefused",
    expr: `alloy_config_last_load_successful{namespace="alloy"} == 0`,
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} runs with an old configuration, since it could not load the new one",
  },
];
