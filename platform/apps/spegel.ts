import { z } from "zod";
import { defineApp } from "../kit/app";
import { CHARTS } from "../versions";

/** Port of the registry inside the pods. */
const REGISTRY_PORT = 5000;

/**
 * Nodes take image layers from each other before they ask a registry. Containerd keeps its layers packed for that: the
 * machine configs say so.
 */
export const spegel = defineApp({
  name: "spegel",
  summary: "Nodes share container images with each other",
  namespace: { name: "spegel", podSecurity: "privileged" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({
    /** `auto`: where there is more than one node; a single node has nobody to share with. */
    mode: z
      .enum(["auto", "always", "never"])
      .default("auto")
      .describe("`auto`: where there is more than one node; a single node has nobody to share with."),
  }),
  active: ({ settings, options }) => options.mode === "always" || (options.mode === "auto" && settings.nodes.length > 1),
  chart: { ...CHARTS.spegel, rights: "cluster" },
  values: ({ settings }) => ({
    service: { registry: { hostPort: 29999 } },
    spegel: {
      containerdSock: "/run/containerd/containerd.sock",
      containerdRegistryConfigPath: "/etc/cri/conf.d/hosts",
      // Talos writes the nodes' own mirrors into the same folder: they stay, behind Spegel.
      prependExisting: settings.nodes.some(({ registryMirrors }) => Object.keys(registryMirrors).length > 0),
    },
    resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  }),
  monitors: () => [
    {
      kind: "ServiceMonitor",
      name: "spegel",
      selector: { "app.kubernetes.io/name": "spegel", "app.kubernetes.io/component": "metrics" },
      port: "metrics",
      containerPort: 9090,
    },
  ],
  // Containerd asks from the node; pods find each other inside the namespace.
  network: () => ({ from: [{ peer: "nodes", ports: [REGISTRY_PORT] }] }),
});
