import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import { RESTRICTED } from "../kit/restricted";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { REDIS, REDIS_PORTS } from "./names";
import { DEFAULT, EXPORTER, USERS_FILE, USERS_SECRET } from "./users";

export const REDIS_LABELS = { "app.kubernetes.io/name": REDIS };

/** Claim of the volume. */
export const REDIS_CLAIM = "redis-data";

/** `aof`: every write goes to a log, synced each second; `snapshots`: a copy now and then; `none`: memory only. */
export type Persistence = "aof" | "snapshots" | "none";

/** What becomes of writes when memory is full: an error, or older keys make room. */
export const EVICTIONS = ["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"] as const;

/** How the server is run. */
export interface RedisPlan {
  readonly persistence: Persistence;
  readonly memoryMiB: number;
  readonly eviction: (typeof EVICTIONS)[number];
}

/** Users of the images. */
const [REDIS_USER, REDIS_GROUP, EXPORTER_USER] = [999, 1000, 59000];

type PodSpec = NonNullable<NonNullable<IStatefulSet["spec"]>["template"]["spec"]>;

/** One pod with its exporter; a StatefulSet never runs two of them on one volume. */
export function redisServer(plan: RedisPlan): KubeObject {
  return typed<IStatefulSet>({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: REDIS, labels: REDIS_LABELS, annotations: { "reloader.stakater.com/auto": "true" } },
    spec: {
      replicas: 1,
      serviceName: REDIS,
      selector: { matchLabels: REDIS_LABELS },
      template: {
        metadata: { labels: REDIS_LABELS },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 60,
          securityContext: {
            runAsNonRoot: true,
            fsGroup: REDIS_GROUP,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [server(plan), exporter()],
          volumes: [
            { name: "users", secret: { secretName: USERS_SECRET, items: [{ key: USERS_FILE, path: USERS_FILE }] } },
            plan.persistence === "none"
              ? { name: "data", emptyDir: { sizeLimit: `${plan.memoryMiB}Mi` } }
              : { name: "data", persistentVolumeClaim: { claimName: REDIS_CLAIM } },
          ],
        },
      },
    },
  });
}

function server(plan: RedisPlan): PodSpec["containers"][number] {
  const probe = { exec: { command: ["sh", "-c", "redis-cli ping | grep -q PONG"] }, timeoutSeconds: 5 };
  return {
    name: REDIS,
    image: IMAGES.redis,
    command: ["redis-server", `/etc/redis/${USERS_FILE}`, ...settings(plan)],
    // For the probes: redis-cli takes the password from here.
    env: [{ name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: USERS_SECRET, key: DEFAULT } } }],
    ports: [{ name: "redis", containerPort: REDIS_PORTS.redis }],
    // Reading a large log takes a while, in which the server answers that it is loading.
    startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...probe, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 20, failureThreshold: 5 },
    // A rewrite of the log forks: pages that change meanwhile are there twice.
    resources: { requests: { cpu: "20m", memory: `${plan.memoryMiB}Mi` }, limits: { memory: `${plan.memoryMiB * 2 + 64}Mi` } },
    securityContext: { ...RESTRICTED, runAsUser: REDIS_USER, runAsGroup: REDIS_GROUP },
    volumeMounts: [
      { name: "users", mountPath: "/etc/redis", readOnly: true },
      { name: "data", mountPath: "/data" },
    ],
  };
}

/** As arguments rather than in a ConfigMap: a change of any of them starts the pod anew. */
function settings({ persistence, memoryMiB, eviction }: RedisPlan): string[] {
  return [
    ...["--dir", "/data"],
    ...["--maxmemory", `${memoryMiB}mb`],
    ...["--maxmemory-policy", eviction],
    ...["--appendonly", persistence === "aof" ? "yes" : "no"],
    ...(persistence === "aof" ? ["--appendfsync", "everysec"] : []),
    // After so many seconds, if so many keys changed.
    ...["--save", ...(persistence === "snapshots" ? ["900", "1", "300", "10", "60", "10000"] : [""])],
  ];
}

function exporter(): PodSpec["containers"][number] {
  const probe = { httpGet: { path: "/health", port: "metrics" } };
  return {
    name: "exporter",
    image: IMAGES.redisExporter,
    env: [
      { name: "REDIS_ADDR", value: `redis://localhost:${REDIS_PORTS.redis}` },
      { name: "REDIS_USER", value: EXPORTER },
      { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: USERS_SECRET, key: EXPORTER } } },
    ],
    ports: [{ name: "metrics", containerPort: REDIS_PORTS.metrics }],
    readinessProbe: probe,
    livenessProbe: probe,
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext: { ...RESTRICTED, runAsUser: EXPORTER_USER, runAsGroup: EXPORTER_USER },
  };
}
