import { z } from "zod";
import { defineApp } from "../kit/app";
import type { AlertRule } from "../kit/requests";
import { TEMPO_BUCKET, TEMPO_LABELS, TEMPO_PORTS, tempoServer } from "../observability/tempo-server";

/** Apps that send spans by themselves; the gateways' proxies do, too. */
const SENDERS = ["alloy", "envoy-ai-gateway", "envoy-gateway", "grafana", "keycloak", "rustfs"];

/** Spans by OTLP, on a volume or in a bucket; what they say of rates and durations goes to Prometheus. */
export const tempo = defineApp({
  name: "tempo",
  summary: "Traces: takes OTLP, finds a trace again, draws who calls whom",
  namespace: { name: "tempo", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  timeout: "10m",
  options: z.strictObject({
    /** Days that traces are kept. */
    retentionDays: z.int().min(1).max(3650).default(14).describe("Days that traces are kept"),
    /** GiB of the volume: of all traces, or, with an object store, of what is not in the bucket yet. Cannot be changed later. */
    storageGiB: z
      .int()
      .min(1)
      .default(10)
      .describe("GiB of the volume: of all traces, or, with an object store, of what is not in the bucket yet; cannot be changed later"),
    /** MiB of memory that it may take. */
    memoryMiB: z.int().min(256).default(1024).describe("MiB of memory that it may take"),
    /** What becomes of the volume when the app goes. */
    data: z.enum(["keep", "delete"]).default("keep").describe("What becomes of the volume when the app goes"),
  }),
  objects: ({ options, facts }) => tempoServer(options, facts),
  buckets: ({ facts }) =>
    facts.dataStore === undefined ? [] : [{ name: TEMPO_BUCKET.name, purpose: "data", secret: TEMPO_BUCKET.secret }],
  monitors: () => [{ kind: "ServiceMonitor", name: "tempo", selector: TEMPO_LABELS, port: "http", containerPort: TEMPO_PORTS.http }],
  alerts: () => ALERTS,
  network: () => ({
    from: [
      ...[{ app: "grafana" }].map((peer) => ({ peer, ports: [TEMPO_PORTS.http] })),
      ...(["gateways", ...SENDERS.map((app) => ({ app }))] as const).map((peer) => ({
        peer,
        ports: [TEMPO_PORTS.otlpGrpc, TEMPO_PORTS.otlpHttp],
      })),
    ],
    to: [{ peer: { app: "kube-prometheus-stack" }, ports: [9090] }],
  }),
});

/** Metrics as in Tempo's own mixin (operations/tempo-mixin/alerts.libsonnet). */
const ALERTS: readonly AlertRule[] = [
  {
    alert: "TempoFlushesFailing",
    expr: `sum(increase(tempo_ingester_failed_flushes_total{namespace="tempo"}[1h])) > 2 and sum(increase(tempo_ingester_failed_flushes_total{namespace="tempo"}[5m])) > 0`,
    for: "5m",
    severity: "critical",
    summary: "Tempo cannot write traces to its storage",
  },
  {
    alert: "TempoCompactionsFailing",
    expr: `sum(increase(tempodb_compaction_errors_total{namespace="tempo"}[1h])) > 2 and sum(increase(tempodb_compaction_errors_total{namespace="tempo"}[5m])) > 0`,
    for: "1h",
    severity: "warning",
    summary: "Tempo cannot compact or delete old traces: its storage will fill up",
  },
  {
    alert: "TempoSpansDiscarded",
    expr: `sum by (reason) (rate(tempo_discarded_spans_total{namespace="tempo"}[5m])) > 0`,
    for: "15m",
    severity: "warning",
    summary: "Tempo throws spans away: {{ $labels.reason }}",
  },
];
