import { z } from "zod";

/** Name of the app, here because the platform's facts are computed before any app is asked. */
export const EXTERNAL_S3 = "external-s3";

/** Secrets of the settings that hold the key for the store elsewhere. */
export const EXTERNAL_S3_SECRETS = { accessKey: "external-s3-access-key", secretKey: "external-s3-secret-key" } as const;

/** Options of an object store that somebody else runs. */
export const externalS3Options = z.strictObject({
  /** URL of the S3 API without a path, such as `https://s3.eu-central-003.backblazeb2.com`. */
  endpoint: z
    .string()
    .regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/, "must be a URL of scheme and host, without a path")
    .default("https://s3.us-east-1.amazonaws.com")
    .describe("URL of the S3 API without a path, such as `https://s3.eu-central-003.backblazeb2.com`"),
  /** Region that requests are signed for. */
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, "must be a region such as us-east-1")
    .default("us-east-1")
    .describe("region that requests are signed for"),
  /** Whether the bucket is part of the path rather than of the host name. */
  pathStyle: z.boolean().default(true).describe("whether the bucket is part of the path rather than of the host name"),
  /** Stands before the name of every bucket, since names there are shared with others. The buckets must exist. */
  bucketPrefix: z
    .string()
    .regex(/^([a-z0-9][a-z0-9.-]{0,30})?$/, "must be lower-case letters, digits, dots and dashes, 31 at most")
    .default("")
    .describe("stands before the name of every bucket, since names there are shared with others; the buckets must exist"),
});
