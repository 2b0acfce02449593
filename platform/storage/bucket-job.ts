import type { IJob } from "kubernetes-models/batch/v1" with { "resolution-mode": "import" };
import { RESTRICTED, runningAs } from "../kit/restricted";
import { jobSuffix, UNTIL_DONE } from "../kit/job";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { canonicalJson } from "../kit/yaml";
import { IMAGES } from "../versions";
import { RUSTFS, RUSTFS_ADMIN, RUSTFS_HOST, RUSTFS_PORTS } from "./rustfs";

/** Keys of the Secret in RustFS' namespace that holds a bucket's own key. */
export const BUCKET_KEYS = { accessKey: "access-key", secretKey: "secret-key" } as const;

/** Secret in RustFS' namespace with the key of one bucket; the asking app has the same text in a Secret of its own. */
export function bucketSecret(bucket: string): string {
  return `bucket-${bucket}`;
}

/**
 * Every step sets what shall be, so that a second run changes nothing: RustFS' add-user and add-canned-policy overwrite,
 * and set-user-or-group-policy replaces (its handlers user.rs and policies.rs; `rc` sends exactly these requests).
 */
const SCRIPT = `set -eu
rc mb --ignore-existing "rustfs/$BUCKET"
printf '%s' "$POLICY" > /tmp/policy.json
rc admin policy create rustfs "$BUCKET" /tmp/policy.json
rc admin user add rustfs "$KEY_ID" "$KEY_SECRET"
rc admin policy attach rustfs "$BUCKET" --user "$KEY_ID"
`;

/** For a bucket whose content goes by itself: an import replaces every rule of before (`rc`'s ilm/rule.rs). */
const LIFECYCLE_SCRIPT = `printf '%s' "$LIFECYCLE" > /tmp/lifecycle.json
rc ilm rule import "rustfs/$BUCKET" /tmp/lifecycle.json
`;

/** As `rc` reads it (its core/src/lifecycle.rs). Uploads that were never finished go, too. */
function lifecycle(keepDays: number): Readonly<Record<string, unknown>> {
  return { rules: [{ id: "keep", status: "Enabled", expiration: { days: keepDays }, abortIncompleteMultipartUploadDays: 1 }] };
}

/** Rights on one bucket and on what lies in it; no other bucket can even be listed. */
function bucketPolicy(bucket: string): Readonly<Record<string, unknown>> {
  const arn = `arn:aws:s3:::${bucket}`;
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"], Resource: [arn] },
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: [`${arn}/*`],
      },
    ],
  };
}

/**
 * Makes a bucket and the key that reaches only this bucket, in one pass: the key's text is there before, in Secrets on
 * both sides. It runs beside RustFS, so the administrator's key stays in that namespace. Its name follows its content,
 * because a Job cannot change.
 */
export function bucketJob(bucket: string, keepDays?: number): KubeObject {
  const spec = jobSpec(bucket, keepDays);
  const hash = jobSuffix(spec);
  return typed<IJob>({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `bucket-${bucket.slice(0, 40)}-${hash}`, namespace: RUSTFS, labels: LABELS },
    spec,
  });
}

const LABELS = { "app.kubernetes.io/name": "bucket", "app.kubernetes.io/component": "setup" };

type JobSpec = NonNullable<IJob["spec"]>;

function jobSpec(bucket: string, keepDays: number | undefined): JobSpec {
  return {
    backoffLimit: UNTIL_DONE,
    template: {
      metadata: { labels: LABELS },
      spec: {
        restartPolicy: "OnFailure",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: runningAs(65534),
        containers: [container(bucket, keepDays)],
        volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } }],
      },
    },
  };
}

function container(
  bucket: string,
  keepDays: number | undefined,
): JobSpec["template"]["spec"] extends { containers: (infer Container)[] } | undefined ? Container : never {
  const from = (
    name: string,
    secret: string,
    key: string,
  ): { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } } => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  return {
    name: "bucket",
    image: IMAGES.rustfsClient,
    command: ["sh", "-c", keepDays === undefined ? SCRIPT : SCRIPT + LIFECYCLE_SCRIPT],
    env: [
      { name: "BUCKET", value: bucket },
      { name: "POLICY", value: canonicalJson(bucketPolicy(bucket)) },
      ...(keepDays === undefined ? [] : [{ name: "LIFECYCLE", value: canonicalJson(lifecycle(keepDays)) }]),
      from("KEY_ID", bucketSecret(bucket), BUCKET_KEYS.accessKey),
      from("KEY_SECRET", bucketSecret(bucket), BUCKET_KEYS.secretKey),
      from("ADMIN_ID", RUSTFS_ADMIN.secret, RUSTFS_ADMIN.accessKey),
      from("ADMIN_SECRET", RUSTFS_ADMIN.secret, RUSTFS_ADMIN.secretKey),
      // An alias without a file: `rc` reads RC_HOST_<alias> (its alias.rs). The kubelet puts the two values in.
      { name: "RC_HOST_rustfs", value: `http://$(ADMIN_ID):$(ADMIN_SECRET)@${RUSTFS_HOST}:${RUSTFS_PORTS.s3}` },
      { name: "RC_CONFIG_DIR", value: "/tmp" },
      { name: "HOME", value: "/tmp" },
    ],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}
