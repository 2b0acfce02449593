import { z } from "zod";
import { defineApp } from "../kit/app";
import { CHARTS } from "../versions";

/** Restarts pods when a ConfigMap or Secret that they read changes. Apps opt in by the annotation `reloader.stakater.com/auto`. */
export const reloader = defineApp({
  name: "reloader",
  summary: "Restarts workloads whose ConfigMap or Secret changed",
  namespace: { name: "reloader", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({}),
  chart: { ...CHARTS.reloader, rights: "cluster" },
  values: ({ facts }) => ({
    reloader: {
      // The other strategy adds variables to the pod template, which Helm takes away again at its next upgrade.
      reloadStrategy: "annotations",
      readOnlyRootFileSystem: true,
      enableHA: facts.replicas > 1,
      deployment: {
        replicas: facts.replicas,
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    },
  }),
  alerts: () => [
    {
      alert: "ReloaderFails",
      expr: 'increase(reloader_reload_executed_total{success="false"}[15m]) > 0',
      severity: "warning",
      summary: "Reloader could not restart a workload whose configuration changed",
    },
  ],
  monitors: () => [
    {
      kind: "PodMonitor",
      name: "reloader",
      selector: { "app.kubernetes.io/name": "reloader" },
      port: "http",
      containerPort: 9090,
    },
  ],
  network: () => ({ to: [{ peer: "kube-apiserver", ports: [6443] }] }),
});
