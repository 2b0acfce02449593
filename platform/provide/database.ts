import { backupBucket, backupObjects } from "../database/backups";
import { BACKUP_APP, backupPolicy, type BackupPolicy } from "../database/backup-policy";
import { databaseCluster, databaseExtensions, instanceLabels, RELOAD } from "../database/cluster";
import { restoreFile } from "../database/restore";
import type { DeclaredApp } from "../kit/app";
import type { ObjectStoreFacts } from "../kit/facts";
import type { Platform, Provider } from "../kit/provider";
import type { DatabaseRequest } from "../kit/requests";
import type { AppSecret } from "../kit/secrets";

/** App that serves databases. */
const OPERATOR_APP = "cloudnative-pg";

/** Port of an instance's metrics, named `metrics` on its pods. */
const METRICS_PORT = 9187;

/** Where backups go, and by which policy they are made. */
interface Backups {
  readonly store: ObjectStoreFacts;
  readonly policy: BackupPolicy;
}

/** Undefined while there is nowhere to put backups, or nobody to make them. */
function backupsOf({ settings, facts }: Platform): Backups | undefined {
  const policy = backupPolicy(settings);
  return facts.backupStore === undefined || policy === undefined ? undefined : { store: facts.backupStore, policy };
}

/**
 * A PostgreSQL cluster in the asking app's namespace for each database, with its account's Secret, its metrics and,
 * where there is a store for backups and the backup app is on, its archive, base backups and the file that restores it.
 */
export const databases: Provider = {
  name: "databases",
  needs: (app) => (app.databases.length === 0 ? [] : [{ oneOf: [OPERATOR_APP], what: "asks for a database" }]),
  derive: (app, platform) => ({
    buckets: backupsOf(platform) === undefined ? [] : app.databases.map((request) => backupBucket(app.name, request)),
    monitors: app.databases.map(({ name }) => ({
      kind: "PodMonitor",
      name,
      selector: instanceLabels(name),
      port: "metrics",
      containerPort: METRICS_PORT,
    })),
  }),
  provide(app, platform) {
    if (app.databases.length === 0) return {};
    const backups = backupsOf(platform);
    return {
      dependsOn: [OPERATOR_APP, ...(backups === undefined ? [] : [BACKUP_APP])],
      data: app.databases.flatMap((request) => [
        databaseCluster(request, app.namespace.name, platform.facts, backups !== undefined),
        ...databaseExtensions(request, app.namespace.name),
        ...(backups === undefined ? [] : backupObjects(app.name, request, app.namespace.name, backups.store, backups.policy)),
      ]),
      secrets: app.databases.map(accountSecret),
      documents:
        backups === undefined
          ? {}
          : Object.assign({}, ...app.databases.map((request) => restoreFile(app.name, request, app.namespace.name, platform.facts))),
      warnings: app.databases.flatMap((request) => [
        ...(backups === undefined ? [notBackedUp(app, request, platform)] : []),
        ...withoutImageVolumes(app, request, platform),
      ]),
    };
  },
};

/** CloudNativePG takes an account's password from a Secret of this type only; the type cannot be changed later. */
function accountSecret({ secret, owner }: DatabaseRequest): AppSecret {
  return {
    name: secret,
    type: "kubernetes.io/basic-auth",
    labels: RELOAD,
    data: { username: { from: "plain", value: owner }, password: { from: "generated", length: 32, alphabet: "alphanumeric" } },
  };
}

function notBackedUp(app: DeclaredApp, { name }: DatabaseRequest, { facts }: Platform): string {
  const missing = facts.backupStore === undefined ? "there is no object store for backups" : `${BACKUP_APP} is off`;
  return `the database ${name} of ${app.name} is not backed up: ${missing}`;
}

/** First Kubernetes minor whose kubelets mount images as volumes unless told otherwise. */
const IMAGE_VOLUMES_SINCE = 35;

function withoutImageVolumes(app: DeclaredApp, { name, extensions = [] }: DatabaseRequest, { settings }: Platform): readonly string[] {
  const { kubernetes } = settings.cluster.installed;
  const minor = Number(kubernetes.split(".")[1]);
  if (extensions.length === 0 || minor >= IMAGE_VOLUMES_SINCE) return [];
  return [
    `the database ${name} of ${app.name} gets ${extensions.join(", ")} as an image volume, which Kubernetes ${kubernetes} has switched off`,
  ];
}
