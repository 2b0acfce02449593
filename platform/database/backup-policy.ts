import { z } from "zod";
import type { Settings } from "../../config/settings";

/** App that brings the backups of databases. */
export const BACKUP_APP = "barman-cloud";

/** Options of the backup app: one policy for every database of the platform. */
export const backupOptions = z.strictObject({
  /** When base backups are made: seconds, minutes, hours, day of month, month, day of week, in UTC. */
  schedule: z
    .string()
    .regex(/^\S+( \S+){5}$/, "must have six fields, seconds first")
    .default("0 30 2 * * *")
    .describe("When base backups are made: seconds, minutes, hours, day of month, month, day of week, in UTC."),
  /** Days into the past to which a database can be restored. */
  retentionDays: z.int().min(1).max(3650).default(14).describe("Days into the past to which a database can be restored."),
  /** Hours after which the newest base backup counts as too old. */
  maximumAgeHours: z.int().min(1).max(8760).default(36).describe("Hours after which the newest base backup counts as too old."),
});

export type BackupPolicy = z.output<typeof backupOptions>;

/** The policy of these settings; undefined while the backup app is off. @throws ZodError when its options are wrong */
export function backupPolicy(settings: Pick<Settings, "platform">): BackupPolicy | undefined {
  return Object.hasOwn(settings.platform, BACKUP_APP) ? backupOptions.parse(settings.platform[BACKUP_APP] ?? {}) : undefined;
}
