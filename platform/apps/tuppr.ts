import { z } from "zod";
import type { Settings } from "../../config/settings";
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import { CHARTS } from "../versions";

const API = "tuppr.home-operations.com/v1alpha1";

/** Ports of the API server, of Talos' API on every node, and of the controller's metrics. */
const [KUBERNETES_API, TALOS_API, METRICS] = [6443, 50000, 8080];

/**
 * Rolls the nodes to the versions that the settings want, one node at a time. It speaks to Talos' API by the access that
 * the machine configs give its namespace, and keeps each node's own installer image, so that extensions stay.
 */
export const tuppr = defineApp({
  name: "tuppr",
  summary: "Upgrades Talos and Kubernetes to the versions of the settings, node by node",
  namespace: { name: "system-upgrade", podSecurity: "privileged" },
  presence: "chosen",
  // Its webhook server does not start without a certificate.
  needs: ["cert-manager"],
  after: [],
  options: z.strictObject({
    /** How a node restarts after its upgrade: `powercycle` where a plain reboot hangs. */
    rebootMode: z
      .enum(["default", "powercycle"])
      .default("default")
      .describe("How a node restarts after its upgrade: `powercycle` where a plain reboot hangs."),
    /** Where the Job that upgrades a node runs: `hard` never on that node, `soft` there if nowhere else. */
    placement: z
      .enum(["hard", "soft"])
      .default("soft")
      .describe("Where the Job that upgrades a node runs: `hard` never on that node, `soft` there if nowhere else."),
    /** Minutes that every node has to be Ready before the next one is touched. */
    healthTimeoutMinutes: z
      .int()
      .min(1)
      .max(120)
      .default(10)
      .describe("Minutes that every node has to be Ready before the next one is touched."),
    /** Minutes that the upgrade of one node may take. */
    talosTimeoutMinutes: z.int().min(5).max(240).default(30).describe("Minutes that the upgrade of one node may take."),
  }),
  // Its CRDs are AGPL, so they are not copied into this project.
  chart: { ...CHARTS.tuppr, rights: "cluster", crds: "chart" },
  values: () => ({
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  }),
  configuration: ({ settings, options }) => [
    upgrade("TalosUpgrade", options, {
      talos: { version: tag(settings.cluster.versions.talos) },
      policy: {
        debug: false,
        force: false,
        placement: options.placement,
        rebootMode: options.rebootMode,
        timeout: `${options.talosTimeoutMinutes}m`,
      },
    }),
    upgrade("KubernetesUpgrade", options, { kubernetes: { version: tag(settings.cluster.versions.kubernetes) } }),
  ],
  alerts: () =>
    (["talos", "kubernetes"] as const).map((what) => ({
      alert: what === "talos" ? "TalosUpgradeFailed" : "KubernetesUpgradeFailed",
      expr: `tuppr_${what}_upgrade_phase{phase="Failed"} == 3`,
      severity: "critical" as const,
      summary: `The upgrade of ${what === "talos" ? "Talos" : "Kubernetes"} has failed and goes no further by itself`,
    })),
  monitors: () => [
    {
      kind: "ServiceMonitor",
      name: "tuppr",
      selector: { "app.kubernetes.io/name": "tuppr" },
      port: "metrics",
      containerPort: METRICS,
    },
  ],
  network: ({ settings }) => ({
    to: [
      { peer: "nodes", ports: [TALOS_API] },
      // talosctl calls the API server where the kubeconfig says; to Cilium the shared address belongs to no node.
      ...sharedAddress(settings).map((cidr) => ({ peer: { cidr }, ports: [KUBERNETES_API] })),
    ],
  }),
});

/** With exactly one "v", as the CRDs want it. */
function tag(version: string): string {
  return `v${version.replace(/^v+/, "")}`;
}

function upgrade(kind: string, options: { readonly healthTimeoutMinutes: number }, spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: API,
    kind,
    // Its controller wants one object of each kind.
    metadata: { name: "cluster" },
    spec: {
      ...spec,
      healthChecks: [
        {
          apiVersion: "v1",
          kind: "Node",
          description: "every node is Ready",
          expr: "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
          timeout: `${options.healthTimeoutMinutes}m`,
        },
      ],
    },
  };
}

function sharedAddress({ network }: Settings): readonly string[] {
  if (network.vip === undefined) return [];
  return [`${network.vip}/${network.vip.includes(":") ? 128 : 32}`];
}
