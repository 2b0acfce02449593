import { z } from "zod";
import { ETCD_BUCKET, ETCD_BUCKET_SECRET, etcdBackupObjects, etcdRestoreText, TALOS_BACKUP } from "../backup/etcd";
import { defineApp, type AppContext } from "../kit/app";

const options = z.strictObject({
  /** When etcd is copied: minutes, hours, day of month, month, day of week, in UTC. */
  schedule: z
    .string()
    .regex(/^\S+( \S+){4}$/, "must have five fields")
    .default("20 */6 * * *")
    .describe("When etcd is copied: minutes, hours, day of month, month, day of week, in UTC."),
  /** Public age key that copies are encrypted to; without it, that of the escrow. */
  recipient: z
    .string()
    .regex(/^age1[02-9ac-hj-np-z]{58}$/, "must be a public age key, age1...")
    .optional()
    .describe("Public age key that copies are encrypted to; without it, that of the escrow."),
  /** Days that a copy is kept in RustFS; a store elsewhere has life cycle rules of its own. */
  keepDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe("Days that a copy is kept in RustFS; a store elsewhere has life cycle rules of its own."),
  /** Hours after which the newest copy counts as too old. */
  maximumAgeHours: z.int().min(1).max(720).default(13).describe("Hours after which the newest copy counts as too old."),
});

type Context = AppContext<z.output<typeof options>>;

const recipientOf = ({ options: { recipient }, settings }: Context): string | undefined => recipient ?? settings.escrow?.recipient;

/** Copies etcd, encrypted, to the store for backups. It deletes none itself: the bucket does, by a life cycle rule. */
export const talosBackup = defineApp({
  name: TALOS_BACKUP,
  summary: "Encrypted copies of etcd in an object store",
  namespace: { name: TALOS_BACKUP, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  objects(context) {
    const { settings, facts, options: given } = context;
    const recipient = recipientOf(context);
    if (facts.backupStore === undefined || recipient === undefined) return [];
    return etcdBackupObjects({ cluster: settings.cluster.name, schedule: given.schedule, recipient, store: facts.backupStore });
  },
  buckets: ({ options: { keepDays } }) => [{ name: ETCD_BUCKET, purpose: "backup", secret: ETCD_BUCKET_SECRET, keepDays }],
  alerts: ({ options: { maximumAgeHours } }) => [
    {
      alert: "EtcdBackupTooOld",
      // A job that never succeeded counts from its making.
      expr:
        "time() - max by (namespace, cronjob) " +
        `(kube_cronjob_status_last_successful_time{namespace="${TALOS_BACKUP}"} or kube_cronjob_created{namespace="${TALOS_BACKUP}"}) ` +
        `> ${maximumAgeHours * 3600}`,
      for: "10m",
      severity: "critical",
      summary: `etcd has not been copied for ${maximumAgeHours} hours`,
    },
  ],
  // The Talos API of the control planes.
  network: () => ({ to: [{ peer: "nodes", ports: [50000] }] }),
  documents: ({ settings, facts: { backupStore } }): Readonly<Record<string, string>> => {
    const controlPlane = settings.nodes.find(({ role }) => role === "controlplane")?.address.ipv4 ?? "NODE";
    return backupStore === undefined
      ? {}
      : { "restore/etcd.md": etcdRestoreText({ cluster: settings.cluster.name, store: backupStore }, controlPlane) };
  },
  problems: (context) =>
    recipientOf(context) === undefined
      ? [
          {
            path: ["recipient"],
            message: "copies must be encrypted to somebody",
            fix: "set it, or hearth:escrow.recipient, to a public age key",
          },
        ]
      : [],
});
