import { backupAlerts } from "../database/alerts";
import { BACKUP_APP, backupOptions } from "../database/backup-policy";
import { barmanPluginObjects } from "../database/barman-plugin";
import { CNPG_NAMESPACE } from "../database/operator";
import { defineApp } from "../kit/app";
import { KEEP } from "../kit/objects";
import { EXTERNAL_S3 } from "../storage/external-s3";

/** With it every database archives its write-ahead log and makes base backups, wherever there is a store for backups. */
export const barmanCloud = defineApp({
  name: BACKUP_APP,
  summary: "Backups of every PostgreSQL database to an object store",
  namespace: { name: CNPG_NAMESPACE, podSecurity: "restricted" },
  presence: "chosen",
  needs: ["cert-manager", "cloudnative-pg"],
  after: [],
  options: backupOptions,
  vendored: [{ folder: "barman-cloud", annotations: KEEP }],
  objects: () => barmanPluginObjects(),
  alerts: ({ options }) => backupAlerts(options.maximumAgeHours),
  network: () => ({ to: [{ peer: "kube-apiserver" }] }),
  problems: ({ facts }) =>
    facts.backupStore === undefined
      ? [
          {
            path: [],
            message: "there is no object store for backups",
            fix: "add external-s3 or rustfs, or take barman-cloud out",
            needs: EXTERNAL_S3,
          },
        ]
      : [],
});
