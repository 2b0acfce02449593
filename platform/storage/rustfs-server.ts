import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import { owningVolumesAs, RESTRICTED } from "../kit/restricted";
import { dataClaim, retention } from "../kit/volume";
import type { DataPolicy } from "../kit/app";
import type { TracingFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { RUSTFS, RUSTFS_ADMIN, RUSTFS_PORTS, RUSTFS_REGION } from "./rustfs";

/** Service by which the pods find each other. */
export const RUSTFS_HEADLESS = "rustfs-headless";

/** Labels of the pods. */
export const RUSTFS_LABELS = { "app.kubernetes.io/name": RUSTFS };

/** User that the image makes (its Dockerfile). */
const USER = 10001;

/** How the server is run. */
export interface ServerPlan {
  readonly replicas: number;
  readonly sizeGiB: number;
  readonly memoryMiB: number;
  readonly data: DataPolicy;
  readonly storageClass?: string | undefined;
  /** Whether Alloy takes metrics: the server only pushes them, it has no page to scrape. */
  readonly metrics: boolean;
  readonly tracing?: TracingFacts | undefined;
}

/**
 * The pods with their volumes. One pod keeps its data in one folder; four or more name each other, and each object is
 * spread over all of them with parity (RUSTFS_VOLUMES as in the project's own chart).
 */
export function rustfsServer(plan: ServerPlan): KubeObject {
  return typed<IStatefulSet>({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: RUSTFS, labels: RUSTFS_LABELS },
    spec: {
      replicas: plan.replicas,
      serviceName: RUSTFS_HEADLESS,
      podManagementPolicy: "Parallel",
      // With `data: keep` the volumes outlive the StatefulSet that made them.
      persistentVolumeClaimRetentionPolicy: retention(plan.data),
      selector: { matchLabels: RUSTFS_LABELS },
      template: {
        metadata: { labels: RUSTFS_LABELS, annotations: { "reloader.stakater.com/auto": "true" } },
        spec: {
          serviceAccountName: RUSTFS,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 60,
          securityContext: owningVolumesAs(USER),
          affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart()] } },
          containers: [server(plan)],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
      volumeClaimTemplates: [dataClaim(plan.sizeGiB, plan.storageClass)],
    },
  });
}

type PodSpec = NonNullable<NonNullable<IStatefulSet["spec"]>["template"]["spec"]>;

/** Two pods on one node would be lost together. */
function apart(): { weight: number; podAffinityTerm: { labelSelector: { matchLabels: typeof RUSTFS_LABELS }; topologyKey: string } } {
  return { weight: 100, podAffinityTerm: { labelSelector: { matchLabels: RUSTFS_LABELS }, topologyKey: "kubernetes.io/hostname" } };
}

function server(plan: ServerPlan): PodSpec["containers"][number] {
  return {
    name: RUSTFS,
    image: IMAGES.rustfs,
    command: ["/usr/bin/rustfs"],
    envFrom: [{ secretRef: { name: RUSTFS_ADMIN.secret } }],
    env: [...environment(plan), ...telemetry(plan)],
    ports: [
      { name: "s3", containerPort: RUSTFS_PORTS.s3 },
      { name: "console", containerPort: RUSTFS_PORTS.console },
    ],
    startupProbe: { httpGet: { path: "/health", port: "s3" }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/health/ready", port: "s3" }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/health", port: "s3" }, periodSeconds: 10 },
    resources: { requests: { cpu: "50m", memory: `${Math.ceil(plan.memoryMiB / 4)}Mi` }, limits: { memory: `${plan.memoryMiB}Mi` } },
    securityContext: RESTRICTED,
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

/** Names as in RustFS' crates/config. */
function environment({ replicas }: ServerPlan): Variable[] {
  const peers = `${RUSTFS_HEADLESS}.${RUSTFS}.svc.cluster.local`;
  const spread: Variable[] = [
    { name: "RUSTFS_VOLUMES", value: `http://${RUSTFS}-{0...${replicas - 1}}.${peers}:${RUSTFS_PORTS.s3}/data` },
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "RUSTFS_LOCAL_ENDPOINT_HOST", value: `$(POD_NAME).${peers}` },
  ];
  return [
    { name: "RUSTFS_ADDRESS", value: `:${RUSTFS_PORTS.s3}` },
    { name: "RUSTFS_CONSOLE_ADDRESS", value: `:${RUSTFS_PORTS.console}` },
    { name: "RUSTFS_CONSOLE_ENABLE", value: "true" },
    { name: "RUSTFS_REGION", value: RUSTFS_REGION },
    // Logs to the pod's output: the image would write files, which nobody reads.
    { name: "RUSTFS_OBS_LOG_DIRECTORY", value: "" },
    { name: "RUSTFS_OBS_LOG_STDOUT_ENABLED", value: "true" },
    { name: "RUSTFS_OBS_LOGGER_LEVEL", value: "warn" },
    { name: "RUSTFS_CHECK_UPDATE", value: "false" },
    ...(replicas === 1 ? [{ name: "RUSTFS_VOLUMES", value: "/data" }] : spread),
  ];
}

/** OTLP over HTTP; each signal goes only where somebody takes it. */
function telemetry({ metrics, tracing }: ServerPlan): Variable[] {
  if (!metrics && tracing === undefined) return [];
  const alloy = "http://alloy.alloy.svc.cluster.local:4318";
  const traces = tracing === undefined ? undefined : `http://${tracing.host}:${tracing.httpPort}`;
  return [
    { name: "RUSTFS_OBS_ENDPOINT", value: metrics ? alloy : (traces ?? "") },
    { name: "RUSTFS_OBS_METRICS_EXPORT_ENABLED", value: String(metrics) },
    { name: "RUSTFS_OBS_TRACES_EXPORT_ENABLED", value: String(traces !== undefined) },
    { name: "RUSTFS_OBS_LOGS_EXPORT_ENABLED", value: "false" },
    ...(traces === undefined ? [] : [{ name: "RUSTFS_OBS_TRACE_ENDPOINT", value: `${traces}/v1/traces` }]),
  ];
}
