import { bucketIn, type ObjectStoreFacts, type PlatformFacts } from "../kit/facts";

type Values = Readonly<Record<string, unknown>>;

/** Bucket of the chunks and their index. */
export const LOKI_BUCKET = { name: "loki", secret: "loki-bucket" } as const;

/** Port of Loki's API on every pod. */
export const LOKI_PORT = 3100;

/** Which component of the chart takes lines, and which answers queries. */
export function lokiComponents({ dataStore }: Pick<PlatformFacts, "dataStore">): { readonly write: string; readonly read: string } {
  return dataStore === undefined ? { write: "single-binary", read: "single-binary" } : { write: "write", read: "read" };
}

/** What the values depend on besides the platform. */
export interface LokiPlan {
  readonly retentionDays: number;
  readonly storageGiB: number;
  readonly memoryMiB: number;
  readonly data: "keep" | "delete";
}

/**
 * One process on a volume, or, with an object store, three targets (write, read, backend) on a bucket. Keys as in the
 * chart's values file; `bucketNames` is there as a comment only.
 */
export function lokiValues(plan: LokiPlan, facts: Pick<PlatformFacts, "dataStore" | "storageClass" | "replicas">): Values {
  return {
    deploymentMode: facts.dataStore === undefined ? "SingleBinary" : "SimpleScalable",
    loki: {
      // One tenant: everybody who reaches it is inside the cluster.
      auth_enabled: false,
      podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
      podAnnotations: { "reloader.stakater.com/auto": "true" },
      commonConfig: { replication_factor: 1 },
      schemaConfig: {
        configs: [
          {
            // A text, not a date: a reader that makes a time of it makes Loki fail.
            from: "2024-04-01",
            store: "tsdb",
            object_store: storeName(facts.dataStore),
            schema: "v13",
            index: { prefix: "index_", period: "24h" },
          },
        ],
      },
      storage: storage(facts.dataStore),
      limits_config: { retention_period: `${plan.retentionDays * 24}h` },
      // Without it retention_period deletes nothing.
      compactor: { retention_enabled: true, delete_request_store: storeName(facts.dataStore) },
      analytics: { reporting_enabled: false },
    },
    ...(facts.dataStore === undefined ? single(plan, facts) : scalable(plan, facts)),
    ...OFF,
    rbac: { namespaced: true },
    serviceAccount: { automountServiceAccountToken: false },
  };
}

/** What a small platform does without: caches of gigabytes, a proxy, checks that only test the installation. */
const OFF: Values = {
  chunksCache: { enabled: false },
  resultsCache: { enabled: false },
  gateway: { enabled: false },
  lokiCanary: { enabled: false },
  test: { enabled: false },
  ruler: { enabled: false },
  minio: { enabled: false },
  // Reads ConfigMaps and Secrets of the whole cluster.
  sidecar: { rules: { enabled: false } },
  monitoring: { selfMonitoring: { enabled: false }, serviceMonitor: { enabled: false } },
};

function storeName(store: ObjectStoreFacts | undefined): "filesystem" | "s3" {
  return store === undefined ? "filesystem" : "s3";
}

function storage(store: ObjectStoreFacts | undefined): Values {
  if (store === undefined) return { type: "filesystem" };
  const bucket = bucketIn(store, LOKI_BUCKET.name);
  return {
    type: "s3",
    bucketNames: { chunks: bucket, ruler: bucket },
    // No keys: the client takes them from its environment.
    s3: { endpoint: store.hostPort, region: store.region, s3ForcePathStyle: store.pathStyle, insecure: store.insecure },
  };
}

function single(plan: LokiPlan, facts: Pick<PlatformFacts, "storageClass">): Values {
  const keep = plan.data === "keep" ? "Retain" : "Delete";
  return {
    singleBinary: {
      replicas: 1,
      resources: resources(plan),
      persistence: { ...volume(plan, facts), enableStatefulSetAutoDeletePVC: true, whenDeleted: keep, whenScaled: keep },
    },
    write: { replicas: 0 },
    read: { replicas: 0 },
    backend: { replicas: 0 },
  };
}

function scalable(plan: LokiPlan, facts: Pick<PlatformFacts, "storageClass" | "replicas">): Values {
  const target = { replicas: facts.replicas, resources: resources(plan), extraEnvFrom: [{ secretRef: { name: LOKI_BUCKET.secret } }] };
  const persistence = { ...volume(plan, facts), enableStatefulSetAutoDeletePVC: plan.data === "delete" };
  return {
    singleBinary: { replicas: 0 },
    write: { ...target, persistence },
    // One compactor, or two delete what the other reads.
    backend: { ...target, replicas: 1, persistence },
    read: target,
  };
}

function resources({ memoryMiB }: LokiPlan): Values {
  return { requests: { cpu: "50m", memory: `${Math.ceil(memoryMiB / 4)}Mi` }, limits: { memory: `${memoryMiB}Mi` } };
}

function volume({ storageGiB }: LokiPlan, { storageClass }: Pick<PlatformFacts, "storageClass">): Values {
  return { size: `${storageGiB}Gi`, ...(storageClass === undefined ? {} : { storageClass }) };
}
