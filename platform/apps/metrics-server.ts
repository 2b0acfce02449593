import { z } from "zod";
import { defineApp } from "../kit/app";
import { CHARTS } from "../versions";

/** Port of the pods; kube-apiserver calls it for `metrics.k8s.io`, Prometheus for what it says of itself. */
const PORT = 10250;

/**
 * Serves `kubectl top` and autoscalers. kube-apiserver reaches its pods by address, since the machine configs turn
 * aggregator routing on.
 */
export const metricsServer = defineApp({
  name: "metrics-server",
  summary: "CPU and memory of nodes and pods, for kubectl top and autoscalers",
  namespace: { name: "kube-system" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({
    /** Seconds between two readings of every kubelet. */
    resolution: z.int().min(10).max(300).default(15).describe("Seconds between two readings of every kubelet."),
  }),
  chart: { ...CHARTS.metricsServer, rights: "cluster" },
  values: ({ options, facts }) => ({
    replicas: facts.replicas,
    defaultArgs: [
      "--cert-dir=/tmp",
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      "--kubelet-use-node-status-port",
      `--metric-resolution=${options.resolution}s`,
      // Talos' kubelets sign their own serving certificates unless something in the cluster approves requests.
      "--kubelet-insecure-tls",
    ],
    podDisruptionBudget: { enabled: facts.replicas > 1, maxUnavailable: 1 },
    resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "512Mi" } },
    // Its metrics are HTTPS with a certificate of its own, which the chart's monitor knows.
    metrics: { enabled: true },
    serviceMonitor: { enabled: true },
  }),
  network: () => ({
    from: [
      { peer: "kube-apiserver", ports: [PORT] },
      { peer: "prometheus", ports: [PORT] },
    ],
    to: [{ peer: "nodes", ports: [10250] }],
  }),
});
