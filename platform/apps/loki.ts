import type { IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { z } from "zod";
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import type { AlertRule } from "../kit/requests";
import { typed } from "../kit/typed";
import { LOKI_BUCKET, LOKI_PORT, lokiComponents, lokiValues } from "../observability/loki-values";
import { CHARTS } from "../versions";

const LABELS = { "app.kubernetes.io/name": "loki", "app.kubernetes.io/instance": "loki" };

/** Log lines of every pod and node, on a volume of its own or, where there is an object store, in a bucket. */
export const loki = defineApp({
  name: "loki",
  summary: "Logs: kept for a while and searched by label",
  namespace: { name: "loki", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  timeout: "15m",
  options: z.strictObject({
    /** Days that lines are kept. */
    retentionDays: z.int().min(1).max(3650).default(30).describe("Days that lines are kept"),
    /** GiB of each volume: of all lines, or, with an object store, of what is not in the bucket yet. Cannot be changed later. */
    storageGiB: z
      .int()
      .min(1)
      .default(20)
      .describe("GiB of each volume: of all lines, or, with an object store, of what is not in the bucket yet; cannot be changed later"),
    /** MiB of memory that each pod may take. */
    memoryMiB: z.int().min(256).default(1024).describe("MiB of memory that each pod may take"),
    /** What becomes of the volumes when the app goes. */
    data: z.enum(["keep", "delete"]).default("keep").describe("What becomes of the volumes when the app goes"),
  }),
  chart: { ...CHARTS.loki, rights: "namespace", timeout: "15m" },
  values: ({ options, facts }) => lokiValues(options, facts),
  objects: ({ facts }) => {
    const { write, read } = lokiComponents(facts);
    return [entry("loki-in", write), entry("loki-out", read)];
  },
  buckets: ({ facts }) => (facts.dataStore === undefined ? [] : [{ name: LOKI_BUCKET.name, purpose: "data", secret: LOKI_BUCKET.secret }]),
  monitors: () => [{ kind: "PodMonitor", name: "loki", selector: LABELS, port: "http-metrics", containerPort: LOKI_PORT }],
  alerts: () => ALERTS,
  network: () => ({
    from: ["alloy", "grafana"].map((app) => ({ peer: { app }, ports: [LOKI_PORT] })),
  }),
});

/** One name for whoever writes and one for whoever reads, in either mode of the chart. */
function entry(name: string, component: string): KubeObject {
  return typed<IService>({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      selector: { ...LABELS, "app.kubernetes.io/component": component },
      ports: [{ name: "http", port: LOKI_PORT, targetPort: "http-metrics" }],
    },
  });
}

/** Metrics as in Loki's own mixin (production/loki-mixin) and pkg/compactor/metrics.go. */
const ALERTS: readonly AlertRule[] = [
  {
    alert: "LokiRequestErrors",
    expr: `sum by (route) (rate(loki_request_duration_seconds_count{namespace="loki",status_code=~"5.."}[5m])) / sum by (route) (rate(loki_request_duration_seconds_count{namespace="loki"}[5m])) > 0.1`,
    for: "15m",
    severity: "critical",
    summary: "Loki answers more than a tenth of the calls of {{ $labels.route }} with an error",
  },
  {
    alert: "LokiPanics",
    expr: `sum(increase(loki_panic_total{namespace="loki"}[10m])) > 0`,
    severity: "warning",
    summary: "Loki's code fails on some requests",
  },
  {
    alert: "LokiRetentionStopped",
    expr: `min(time() - (loki_compactor_apply_retention_last_successful_run_timestamp_seconds{namespace="loki"} > 0)) > 10800`,
    for: "1h",
    severity: "warning",
    summary: "Loki has deleted no old lines for three hours: its storage will fill up",
  },
];
