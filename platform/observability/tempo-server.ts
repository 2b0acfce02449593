import { createHash } from "node:crypto";
import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IConfigMap, IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { owningVolumesAs, RESTRICTED } from "../kit/restricted";
import { dataClaim, retention } from "../kit/volume";
import { bucketIn, type ObjectStoreFacts, type PlatformFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { canonicalJson } from "../kit/yaml";
import { IMAGES } from "../versions";

/** Bucket of the blocks. */
export const TEMPO_BUCKET = { name: "tempo", secret: "tempo-bucket" } as const;

/** Ports of the one process: its API and metrics, and OTLP. */
export const TEMPO_PORTS = { http: 3200, otlpGrpc: 4317, otlpHttp: 4318 } as const;

export const TEMPO_LABELS = { "app.kubernetes.io/name": "tempo" };

/** User of the image. */
const USER = 10001;

/** What the server depends on besides the platform. */
export interface TempoPlan {
  readonly retentionDays: number;
  readonly storageGiB: number;
  readonly memoryMiB: number;
  readonly data: "keep" | "delete";
}

type Facts = Pick<PlatformFacts, "dataStore" | "storageClass" | "metricsUrl">;
type Config = Readonly<Record<string, unknown>>;

/** Tempo as one process with one volume: Service, config and StatefulSet. */
export function tempoServer(plan: TempoPlan, facts: Facts): readonly KubeObject[] {
  // JSON is YAML, too.
  const config = canonicalJson(tempoConfig(plan, facts));
  return [
    typed<IConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "tempo" }, data: { "tempo.yaml": config } }),
    service(),
    statefulSet(plan, facts, config),
  ];
}

/** Tempo 2's configuration (grafana.com/docs/tempo/v2.9.x/configuration). */
function tempoConfig({ retentionDays }: Pick<TempoPlan, "retentionDays">, { dataStore, metricsUrl }: Omit<Facts, "storageClass">): Config {
  const endpoint = (port: number): Config => ({ endpoint: `0.0.0.0:${port}` });
  return {
    server: { http_listen_port: TEMPO_PORTS.http, log_level: "warn" },
    usage_report: { reporting_enabled: false },
    distributor: {
      receivers: { otlp: { protocols: { grpc: endpoint(TEMPO_PORTS.otlpGrpc), http: endpoint(TEMPO_PORTS.otlpHttp) } } },
    },
    compactor: { compaction: { block_retention: `${retentionDays * 24}h` } },
    storage: { trace: { wal: { path: "/var/tempo/wal" }, ...backend(dataStore) } },
    ...(metricsUrl === undefined ? {} : generator(metricsUrl)),
  };
}

function backend(store: ObjectStoreFacts | undefined): Config {
  if (store === undefined) return { backend: "local", local: { path: "/var/tempo/blocks" } };
  return {
    backend: "s3",
    // No keys: the client takes them from its environment.
    s3: {
      bucket: bucketIn(store, TEMPO_BUCKET.name),
      endpoint: store.hostPort,
      region: store.region,
      forcepathstyle: store.pathStyle,
      insecure: store.insecure,
    },
  };
}

/** Rates, errors and durations out of spans, and who calls whom: Grafana draws its service graph of them. */
function generator(metricsUrl: string): Config {
  return {
    metrics_generator: {
      storage: { path: "/var/tempo/generator/wal", remote_write: [{ url: `${metricsUrl}/api/v1/write`, send_exemplars: true }] },
    },
    // Without processors the generator makes nothing.
    overrides: { defaults: { metrics_generator: { processors: ["service-graphs", "span-metrics"] } } },
  };
}

function service(): KubeObject {
  return typed<IService>({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "tempo", labels: TEMPO_LABELS },
    spec: {
      selector: TEMPO_LABELS,
      ports: [
        { name: "http", port: TEMPO_PORTS.http, targetPort: "http" },
        { name: "otlp-grpc", port: TEMPO_PORTS.otlpGrpc, targetPort: "otlp-grpc" },
        { name: "otlp-http", port: TEMPO_PORTS.otlpHttp, targetPort: "otlp-http" },
      ],
    },
  });
}

type Spec = NonNullable<IStatefulSet["spec"]>;
type Container = NonNullable<Spec["template"]["spec"]>["containers"][number];

function statefulSet(plan: TempoPlan, facts: Facts, config: string): KubeObject {
  return typed<IStatefulSet>({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "tempo", labels: TEMPO_LABELS },
    spec: {
      replicas: 1,
      serviceName: "tempo",
      persistentVolumeClaimRetentionPolicy: retention(plan.data),
      selector: { matchLabels: TEMPO_LABELS },
      template: {
        metadata: {
          labels: TEMPO_LABELS,
          // Tempo reads its config once; Reloader, where it is on, sees to new keys of the bucket.
          annotations: { "hearth/config": createHash("sha256").update(config).digest("hex"), "reloader.stakater.com/auto": "true" },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // Time to write what is in memory to the bucket.
          terminationGracePeriodSeconds: 120,
          securityContext: owningVolumesAs(USER),
          containers: [container(plan, facts)],
          volumes: [
            { name: "config", configMap: { name: "tempo" } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: [dataClaim(plan.storageGiB, facts.storageClass)],
    },
  });
}

function container({ memoryMiB }: TempoPlan, { dataStore }: Facts): Container {
  return {
    name: "tempo",
    image: IMAGES.tempo,
    args: ["-config.file=/etc/tempo/tempo.yaml"],
    ...(dataStore === undefined ? {} : { envFrom: [{ secretRef: { name: TEMPO_BUCKET.secret } }] }),
    ports: [
      { name: "http", containerPort: TEMPO_PORTS.http },
      { name: "otlp-grpc", containerPort: TEMPO_PORTS.otlpGrpc },
      { name: "otlp-http", containerPort: TEMPO_PORTS.otlpHttp },
    ],
    // Not ready before its ring has settled, some fifteen seconds after the start.
    startupProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: "/status/version", port: "http" }, periodSeconds: 20, failureThreshold: 6 },
    resources: { requests: { cpu: "50m", memory: `${Math.ceil(memoryMiB / 4)}Mi` }, limits: { memory: `${memoryMiB}Mi` } },
    securityContext: RESTRICTED,
    volumeMounts: [
      { name: "config", mountPath: "/etc/tempo", readOnly: true },
      { name: "data", mountPath: "/var/tempo" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
