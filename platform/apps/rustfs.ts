import { z } from "zod";
import type { IService, IServiceAccount } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { TALOS_BACKUP } from "../backup/etcd";
import { VOLSYNC } from "../backup/volumes";
import { BACKUP_APP } from "../database/backup-policy";
import { defineApp } from "../kit/app";
import { exposedHost, exposure } from "../kit/exposure";
import { typed } from "../kit/typed";
import { RUSTFS, RUSTFS_ADMIN, RUSTFS_PORTS } from "../storage/rustfs";
import { RUSTFS_HEADLESS, RUSTFS_LABELS, rustfsServer } from "../storage/rustfs-server";

/** Object storage in the cluster. Apps ask for buckets; each gets a key that reaches only its own. */
export const rustfs = defineApp({
  name: RUSTFS,
  summary: "S3 object storage in the cluster",
  namespace: { name: RUSTFS, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  timeout: "10m",
  options: z.strictObject({
    /** Pods, each with one volume: 1, or 4 to 16 that share data and parity. Cannot be changed later: buckets do not move. */
    replicas: z
      .int()
      .min(1)
      .max(16)
      .refine((count) => count === 1 || count >= 4, "must be 1, or 4 to 16: with 2 or 3 no volume could be lost")
      .default(1)
      .describe("pods, each with one volume: 1, or 4 to 16 that share data and parity; cannot be changed later, since buckets do not move"),
    /** GiB of each pod's volume. Cannot be changed later. */
    sizeGiB: z.int().min(1).max(65536).default(50).describe("GiB of each pod's volume; cannot be changed later"),
    /** MiB of memory that each pod may use. */
    memoryMiB: z.int().min(256).max(65536).default(1024).describe("MiB of memory that each pod may use"),
    /** What becomes of the volumes when the app goes. */
    data: z.enum(["keep", "delete"]).default("keep").describe("what becomes of the volumes when the app goes"),
    ...exposure({ subdomain: "rustfs", gateway: "internal", protection: "browser" }),
  }),
  objects: ({ options, enabled, facts }) => [
    typed<IServiceAccount>({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: RUSTFS, labels: RUSTFS_LABELS },
      automountServiceAccountToken: false,
    }),
    service(RUSTFS, {}),
    // Pods find each other by name before any of them is ready.
    service(RUSTFS_HEADLESS, { clusterIP: "None", publishNotReadyAddresses: true }),
    rustfsServer({ ...options, storageClass: facts.storageClass, metrics: enabled.has("alloy"), tracing: facts.tracing }),
  ],
  secrets: () => [
    {
      name: RUSTFS_ADMIN.secret,
      data: {
        [RUSTFS_ADMIN.accessKey]: { from: "generated", length: 20, alphabet: "alphanumeric" },
        [RUSTFS_ADMIN.secretKey]: { from: "generated", length: 40, alphabet: "alphanumeric" },
      },
    },
  ],
  hosts: ({ options, facts }) => [
    exposedHost(options, facts, { service: RUSTFS, port: RUSTFS_PORTS.console }, { app: "the console asks for an access key of RustFS" }),
  ],
  network: ({ enabled, facts }) => ({
    to: [
      ...(enabled.has("alloy") ? [{ peer: { app: "alloy" }, ports: [OTLP_HTTP_PORT] }] : []),
      ...(facts.tracing === undefined || !enabled.has("tempo") ? [] : [{ peer: { app: "tempo" }, ports: [facts.tracing.httpPort] }]),
    ],
  }),
  warnings: ({ options, enabled, facts }) => [
    ...(options.replicas === 1 ? ["one pod with one volume; a lost volume loses every bucket"] : []),
    ...(facts.backupStore?.app === RUSTFS && BACKUPS.some((name) => enabled.has(name))
      ? ["backups are in the cluster that they are of, and lost with it; add external-s3"]
      : []),
  ],
});

/** Apps that make copies for a bad day. */
const BACKUPS: readonly string[] = [BACKUP_APP, TALOS_BACKUP, VOLSYNC];

/** Where Alloy takes metrics by OTLP over HTTP. */
const OTLP_HTTP_PORT = 4318;

function service(name: string, spec: NonNullable<IService["spec"]>): ReturnType<typeof typed> {
  return typed<IService>({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels: RUSTFS_LABELS },
    spec: {
      ...spec,
      selector: RUSTFS_LABELS,
      ports: [
        { name: "s3", port: RUSTFS_PORTS.s3, targetPort: "s3" },
        { name: "console", port: RUSTFS_PORTS.console, targetPort: "console" },
      ],
    },
  });
}
