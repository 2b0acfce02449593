import type { PlatformFacts } from "../kit/facts";

/** Where spans, log lines and samples go. The names are those of the apps' Services. */
export function observabilityFacts(enabled: ReadonlySet<string>): Pick<PlatformFacts, "metrics" | "metricsUrl" | "logs" | "tracing"> {
  return {
    metrics: enabled.has("kube-prometheus-stack"),
    ...(enabled.has("kube-prometheus-stack")
      ? { metricsUrl: "http://kube-prometheus-stack-prometheus.monitoring.svc.cluster.local:9090" }
      : {}),
    ...(enabled.has("loki")
      ? {
          logs: {
            writeUrl: "http://loki-in.loki.svc.cluster.local:3100",
            readUrl: "http://loki-out.loki.svc.cluster.local:3100",
            port: 3100,
          },
        }
      : {}),
    ...(enabled.has("tempo") ? { tracing: { host: "tempo.tempo.svc.cluster.local", grpcPort: 4317, httpPort: 4318 } } : {}),
  };
}
