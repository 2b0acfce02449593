import type { ICronJob } from "kubernetes-models/batch/v1" with { "resolution-mode": "import" };
import { RESTRICTED } from "../kit/restricted";
import { bucketIn, type ObjectStoreFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";

/** App, and namespace, that copies etcd; Talos lets this namespace ask for a certificate (`components/talos/patches`). */
export const TALOS_BACKUP = "talos-backup";

/** Bucket of the copies, before the store's prefix. */
export const ETCD_BUCKET = "etcd-backups";

/** Secret with the bucket's key. */
export const ETCD_BUCKET_SECRET = "talos-backup-s3";

/** Talos writes its certificate into a Secret of its ServiceAccount's name: no seeded Secret may be called so. */
const TALOS_ACCESS = "talos-backup-access";

const LABELS = { "app.kubernetes.io/name": TALOS_BACKUP };

/** What a copy needs to know. */
export interface EtcdBackup {
  readonly cluster: string;
  readonly schedule: string;
  /** Public age key that copies are encrypted to. */
  readonly recipient: string;
  readonly store: ObjectStoreFacts;
}

/** Certificate for the Talos API with the one right to copy etcd, and the job that does it. */
export function etcdBackupObjects(backup: EtcdBackup): readonly KubeObject[] {
  return [
    { apiVersion: "talos.dev/v1alpha1", kind: "ServiceAccount", metadata: { name: TALOS_ACCESS }, spec: { roles: ["os:etcd:backup"] } },
    cronJob(backup),
  ];
}

/** Names as talos-backup v0.1.0-beta.3 reads them in pkg/config/service.go; any other name is ignored and AWS is called. */
function environment({ cluster, recipient, store }: EtcdBackup): { readonly name: string; readonly value: string }[] {
  return [
    { name: "CUSTOM_S3_ENDPOINT", value: store.url },
    { name: "AWS_REGION", value: store.region },
    { name: "BUCKET", value: bucketIn(store, ETCD_BUCKET) },
    { name: "S3_PREFIX", value: cluster },
    { name: "CLUSTER_NAME", value: cluster },
    { name: "AGE_X25519_PUBLIC_KEY", value: recipient },
    // Upside down in this version: "false" switches path style on.
    { name: "USE_PATH_STYLE", value: store.pathStyle ? "false" : "true" },
    { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
    { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
  ];
}

function cronJob(backup: EtcdBackup): KubeObject {
  const controlPlane = "node-role.kubernetes.io/control-plane";
  return typed<ICronJob>({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: TALOS_BACKUP, labels: LABELS },
    spec: {
      schedule: backup.schedule,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 1800,
          template: {
            metadata: { labels: LABELS },
            spec: {
              restartPolicy: "Never",
              automountServiceAccountToken: false,
              nodeSelector: { [controlPlane]: "" },
              tolerations: [{ key: controlPlane, operator: "Exists", effect: "NoSchedule" }],
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 1000,
                runAsGroup: 1000,
                fsGroup: 1000,
                seccompProfile: { type: "RuntimeDefault" },
              },
              containers: [
                {
                  name: TALOS_BACKUP,
                  image: IMAGES.talosBackup,
                  // It writes the copy into its working folder before it sends it.
                  workingDir: "/tmp",
                  env: environment(backup),
                  envFrom: [{ secretRef: { name: ETCD_BUCKET_SECRET } }],
                  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "512Mi" } },
                  securityContext: RESTRICTED,
                  volumeMounts: [
                    { name: "tmp", mountPath: "/tmp" },
                    { name: "talos", mountPath: "/var/run/secrets/talos.dev", readOnly: true },
                  ],
                },
              ],
              volumes: [
                // etcd holds 2 GiB at most; the encrypted copy stands beside the plain one.
                { name: "tmp", emptyDir: { sizeLimit: "5Gi" } },
                { name: "talos", secret: { secretName: TALOS_ACCESS } },
              ],
            },
          },
        },
      },
    },
  });
}

/** How a person brings etcd back. */
export function etcdRestoreText({ cluster, store }: Pick<EtcdBackup, "cluster" | "store">, controlPlane: string): string {
  return `# Bringing etcd of ${cluster} back

For the day on which etcd has lost its quorum for good. Flux does not read this file.

1. Fetch the newest object below \`s3://${bucketIn(store, ETCD_BUCKET)}/${cluster}/\` from ${store.url}.
2. \`age --decrypt --identity KEY.txt --output etcd.snapshot FETCHED\` with the private half of the recipient.
3. On every control plane: \`talosctl --nodes NODE reset --graceful=false --reboot --system-labels-to-wipe EPHEMERAL\`.
   Wait until \`talosctl --nodes NODE service etcd\` says Preparing.
4. \`talosctl --nodes ${controlPlane} bootstrap --recover-from=etcd.snapshot\`: on one control plane, once.
5. \`kubectl get nodes\`; Flux goes on by itself.
`;
}
