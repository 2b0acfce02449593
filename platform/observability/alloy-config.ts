import type { LogFacts, TracingFacts } from "../kit/facts";
import { TALOS_LOG_PORT } from "./talos-logs";

/** Ports on which Alloy takes OTLP from apps. */
export const OTLP_PORTS = { grpc: 4317, http: 4318 } as const;

/** What Alloy collects, and where it goes. */
export interface AlloyPlan {
  /** Label of everything that leaves the cluster's nodes. */
  readonly cluster: string;
  readonly talosLogs: boolean;
  readonly logs?: LogFacts | undefined;
  readonly tracing?: TracingFacts | undefined;
  readonly metricsUrl?: string | undefined;
}

/** Alloy's configuration: only what has somewhere to go. No `{{` in it: the chart runs it through its templates. */
export function alloyConfig(plan: AlloyPlan): string {
  const { logs } = plan;
  const parts = [
    LOGGING,
    ...(logs === undefined ? [] : [lokiWriter(plan.cluster, logs), POD_LOGS, ...(plan.talosLogs ? [TALOS_LOGS] : [])]),
    ...otlp(plan),
  ];
  return parts.join("\n");
}

const LOGGING = `logging {
  level  = "warn"
  format = "logfmt"
}
`;

function lokiWriter(cluster: string, { writeUrl }: LogFacts): string {
  return `loki.write "default" {
  endpoint {
    url = ${JSON.stringify(`${writeUrl}/loki/api/v1/push`)}
  }
  external_labels = { cluster = ${JSON.stringify(cluster)} }
}
`;
}

/**
 * The files of the pods of this node. Every Alloy asks for its own node's pods only, or each line would come once per
 * node. A pod that the kubelet runs from a file has its folder under the hash of that file.
 */
const POD_LOGS = `discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("K8S_NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]
    target_label  = "app"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_node_name"]
    target_label  = "node"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    target_label  = "__path__"
    replacement   = "/var/log/pods/*$1/*.log"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_annotationpresent_kubernetes_io_config_hash", "__meta_kubernetes_pod_annotation_kubernetes_io_config_hash", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    regex         = "true/(.*)"
    target_label  = "__path__"
    replacement   = "/var/log/pods/*$1/*.log"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  stage.cri { }
  stage.label_drop {
    values = ["filename"]
  }
  forward_to = [loki.write.default.receiver]
}
`;

/**
 * Talos on this node sends JSON lines, with `talos-service` where a service speaks and `facility` where the kernel does;
 * the raw format takes a line as it is.
 */
const TALOS_LOGS = `loki.source.syslog "talos" {
  listener {
    address            = "0.0.0.0:${TALOS_LOG_PORT}"
    protocol           = "tcp"
    syslog_format      = "raw"
    idle_timeout       = "24h"
    max_message_length = 65536
    labels             = { job = "talos", node = sys.env("K8S_NODE_NAME") }
  }
  forward_to = [loki.process.talos.receiver]
}

loki.process "talos" {
  stage.json {
    expressions = { level = "\\"talos-level\\"", service = "\\"talos-service\\"", facility = "facility", time = "\\"talos-time\\"" }
  }
  stage.labels {
    values = { level = "", service = "", facility = "" }
  }
  stage.timestamp {
    source = "time"
    format = "RFC3339Nano"
  }
  forward_to = [loki.write.default.receiver]
}
`;

/** OTLP of apps that know one address for everything: each signal goes to whoever keeps it. */
function otlp({ logs, tracing, metricsUrl }: AlloyPlan): readonly string[] {
  const outputs = [
    ...(metricsUrl === undefined ? [] : ["    metrics = [otelcol.exporter.prometheus.default.input]"]),
    ...(logs === undefined ? [] : ["    logs    = [otelcol.exporter.loki.default.input]"]),
    ...(tracing === undefined ? [] : ["    traces  = [otelcol.exporter.otlp.tempo.input]"]),
  ];
  if (outputs.length === 0) return [];
  return [
    `otelcol.receiver.otlp "default" {
  grpc {
    endpoint = "0.0.0.0:${OTLP_PORTS.grpc}"
  }
  http {
    endpoint = "0.0.0.0:${OTLP_PORTS.http}"
  }
  output {
    metrics = [${metricsUrl === undefined ? "" : "otelcol.processor.batch.default.input"}]
    logs    = [${logs === undefined ? "" : "otelcol.processor.batch.default.input"}]
    traces  = [${tracing === undefined ? "" : "otelcol.processor.batch.default.input"}]
  }
}

otelcol.processor.batch "default" {
  output {
${outputs.join("\n")}
  }
}
`,
    ...(metricsUrl === undefined ? [] : [prometheusWriter(metricsUrl)]),
    ...(logs === undefined ? [] : [OTLP_LOGS]),
    ...(tracing === undefined ? [] : [tempoWriter(tracing)]),
  ];
}

const OTLP_LOGS = `otelcol.exporter.loki "default" {
  forward_to = [loki.write.default.receiver]
}
`;

function prometheusWriter(url: string): string {
  return `otelcol.exporter.prometheus "default" {
  forward_to = [prometheus.remote_write.default.receiver]
}

prometheus.remote_write "default" {
  endpoint {
    url = ${JSON.stringify(`${url}/api/v1/write`)}
  }
}
`;
}

function tempoWriter({ host, grpcPort }: TracingFacts): string {
  return `otelcol.exporter.otlp "tempo" {
  client {
    endpoint = ${JSON.stringify(`${host}:${grpcPort}`)}
    tls {
      insecure = true
    }
  }
}
`;
}
