import { bucketIn, type ObjectStoreFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import type { BucketRequest, DatabaseRequest } from "../kit/requests";
import type { BackupPolicy } from "./backup-policy";
import { BARMAN_PLUGIN } from "./barman-plugin";

const KEYS = { accessKey: "AWS_ACCESS_KEY_ID", secretKey: "AWS_SECRET_ACCESS_KEY" } as const;

/** The bucket that a database's backups go to, with a key that reaches only this bucket. */
export function backupBucket(app: string, { name }: Pick<DatabaseRequest, "name">): BucketRequest {
  return { name: `postgres-${app}-${name}`, purpose: "backup", secret: `${name}-backup-s3`, keys: KEYS };
}

/** Where a database's backups go, and when they are made. */
export function backupObjects(
  app: string,
  request: Pick<DatabaseRequest, "name">,
  namespace: string,
  store: ObjectStoreFacts,
  policy: BackupPolicy,
): readonly KubeObject[] {
  const { name } = request;
  return [
    objectStore(name, namespace, backupBucket(app, request), store, policy),
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ScheduledBackup",
      metadata: { name, namespace },
      spec: {
        cluster: { name },
        schedule: policy.schedule,
        // Without a base backup the archived write-ahead log restores nothing.
        immediate: true,
        backupOwnerReference: "self",
        method: "plugin",
        pluginConfiguration: { name: BARMAN_PLUGIN },
      },
    },
  ];
}

function objectStore(name: string, namespace: string, bucket: BucketRequest, store: ObjectStoreFacts, policy: BackupPolicy): KubeObject {
  const credential = (key: string): object => ({ name: bucket.secret, key });
  return {
    apiVersion: "barmancloud.cnpg.io/v1",
    kind: "ObjectStore",
    metadata: { name, namespace },
    spec: {
      // Of the ObjectStore, not of its configuration, where it would be ignored.
      retentionPolicy: `${policy.retentionDays}d`,
      configuration: {
        destinationPath: `s3://${bucketIn(store, bucket.name)}/`,
        endpointURL: store.url,
        s3Credentials: { accessKeyId: credential(KEYS.accessKey), secretAccessKey: credential(KEYS.secretKey) },
        wal: { compression: "gzip", maxParallel: 2 },
        data: { compression: "gzip" },
      },
      instanceSidecarConfiguration: {
        env: [
          { name: "AWS_DEFAULT_REGION", value: store.region },
          // boto3 since 1.36 sends checksums that S3's imitations refuse, unless told otherwise.
          { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
          { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
        ],
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
      },
    },
  };
}
