import type { IPersistentVolumeClaim, IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { z } from "zod";
import { claimSpec } from "../kit/volume";
import { defineApp } from "../kit/app";
import { KEEP, type KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { REDIS, REDIS_PORTS } from "../redis/names";
import { EVICTIONS, REDIS_CLAIM, REDIS_LABELS, redisServer } from "../redis/server";
import { DEFAULT, EXPORTER, usersSecret } from "../redis/users";

/** One Redis for sessions, limits and queues of other apps: what it holds may be lost with its volume. */
export const redis = defineApp({
  name: REDIS,
  summary: "Key-value store for sessions, rate limits and queues",
  namespace: { name: REDIS, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({
    /** MiB that keys may take; the pod may use twice as much while it rewrites its log. */
    memoryMiB: z
      .int()
      .min(16)
      .max(65536)
      .default(128)
      .describe("MiB that keys may take; the pod may use twice as much while it rewrites its log"),
    /** What becomes of writes when memory is full: `noeviction` refuses them, the others let older keys go. */
    eviction: z
      .enum(EVICTIONS)
      .default("noeviction")
      .describe("what becomes of writes when memory is full: `noeviction` refuses them, the others let older keys go"),
    /** `aof`: every write goes to a log, synced each second; `snapshots`: a copy now and then; `none`: memory only, without a volume. */
    persistence: z
      .enum(["aof", "snapshots", "none"])
      .default("aof")
      .describe(
        "`aof`: every write goes to a log, synced each second; `snapshots`: a copy now and then; `none`: memory only, without a volume",
      ),
    /** GiB of the volume; can grow where the storage class lets it. */
    sizeGiB: z.int().min(1).max(1024).default(5).describe("GiB of the volume; can grow where the storage class lets it"),
    /** Users besides `default`, each with the patterns of the keys that it reaches; passwords are in the Secret redis-users. */
    users: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case letters, digits and dashes"),
        z.strictObject({
          /** Patterns such as `sessions:*`. */
          keys: z
            .array(z.string().regex(/^[^\s~"'$]+$/, "must be a pattern without spaces, quotes, ~ and $"))
            .min(1)
            .describe("patterns such as `sessions:*`"),
        }),
      )
      .default({})
      .describe("users besides `default`, each with the patterns of the keys that it reaches; passwords are in the Secret redis-users"),
    /** What becomes of the volume when the app goes. */
    data: z.enum(["keep", "delete"]).default("keep").describe("what becomes of the volume when the app goes"),
  }),
  objects: ({ options, facts }) => [
    ...(options.persistence === "none" ? [] : [volume(options, facts.storageClass)]),
    redisServer(options),
    typed<IService>({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: REDIS, labels: REDIS_LABELS },
      spec: { selector: REDIS_LABELS, ports: [{ name: "redis", port: REDIS_PORTS.redis, targetPort: "redis" }] },
    }),
  ],
  secrets: ({ options }) => [usersSecret(options.users)],
  problems: ({ options }) =>
    [DEFAULT, EXPORTER]
      .filter((name) => Object.hasOwn(options.users, name))
      .map((name) => ({ path: ["users", name], message: `${name} is a user of Redis' own`, fix: "choose another name" })),
  monitors: () => [{ kind: "PodMonitor", name: REDIS, selector: REDIS_LABELS, port: "metrics", containerPort: REDIS_PORTS.metrics }],
  alerts: () => [
    {
      alert: "RedisDown",
      expr: "redis_up == 0",
      for: "5m",
      severity: "critical",
      summary: "Redis does not answer its exporter",
    },
    {
      alert: "RedisMemoryFull",
      expr: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9",
      for: "10m",
      severity: "warning",
      summary: "Redis uses more than nine tenths of the memory that its keys may take",
    },
    {
      alert: "RedisNotPersisted",
      expr: "redis_aof_last_write_status == 0 or redis_rdb_last_bgsave_status == 0",
      for: "5m",
      severity: "critical",
      summary: "Redis could not write to its volume",
    },
  ],
});

/**
 * Beside the pod rather than before it: most classes bind a volume only once a pod wants it. Not a template of the
 * StatefulSet either, which could never grow.
 */
function volume(options: { readonly sizeGiB: number; readonly data: "keep" | "delete" }, storageClass: string | undefined): KubeObject {
  return typed<IPersistentVolumeClaim>({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: REDIS_CLAIM, labels: REDIS_LABELS, ...(options.data === "keep" ? { annotations: KEEP } : {}) },
    spec: claimSpec(options.sizeGiB, storageClass),
  });
}
