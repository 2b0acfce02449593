import type { DeclaredApp } from "../kit/app";
import { bucketIn, type ObjectStoreFacts, type PlatformFacts } from "../kit/facts";
import type { Provided, Provider } from "../kit/provider";
import type { BucketRequest } from "../kit/requests";
import type { AppSecret, GeneratedSecret, SecretRequest } from "../kit/secrets";
import { BUCKET_KEYS, bucketJob, bucketSecret } from "../storage/bucket-job";
import { EXTERNAL_S3, EXTERNAL_S3_SECRETS } from "../storage/external-s3";
import { RUSTFS } from "../storage/rustfs";

/** Keys of the app's Secret where the request names none: what every S3 client reads by itself. */
const DEFAULT_KEYS = { accessKey: "AWS_ACCESS_KEY_ID", secretKey: "AWS_SECRET_ACCESS_KEY" } as const;

/**
 * Buckets. In RustFS a Job makes the bucket and a key for it, in the asking app's data stage; in a store elsewhere the
 * bucket must exist, and the app gets the key of the settings.
 */
export const buckets: Provider = {
  name: "buckets",
  needs: (app) => (app.buckets.length === 0 ? [] : [{ oneOf: [RUSTFS, EXTERNAL_S3], what: "asks for a bucket" }]),
  provide: (app, { facts }) => {
    const made = app.buckets.map((request) => makeBucket(request, app, facts));
    return {
      dependsOn: made.flatMap(({ dependsOn = [] }) => dependsOn),
      data: made.flatMap(({ data = [] }) => data),
      secrets: made.flatMap(({ secrets = [] }) => secrets),
      documents: bucketsElsewhere(app, facts),
    };
  },
};

/** Whoever owns a store elsewhere makes the buckets there, before Flux starts, and must know their names. */
function bucketsElsewhere(
  app: Pick<DeclaredApp, "name" | "buckets">,
  facts: Pick<PlatformFacts, "dataStore" | "backupStore">,
): Readonly<Record<string, string>> {
  const there = app.buckets
    .map((request) => ({ request, store: storeOf(request, facts) }))
    .filter(({ store }) => store.app === EXTERNAL_S3);
  if (there.length === 0) return {};
  const lines = there.map(
    ({ request: { name, keepDays }, store }) =>
      `- \`${bucketIn(store, name)}\` at ${store.url}${keepDays === undefined ? "" : `; delete what is older than ${keepDays} days by a life cycle rule`}`,
  );
  const text = [
    `# Buckets of ${app.name}`,
    "",
    "Make them before the app comes up, without versions, and let the key in the settings list them, read, write and delete. Flux does not read this file.",
    "",
    ...lines,
    "",
  ];
  return { [`buckets/${app.name}.md`]: text.join("\n") };
}

/** The store of a request. @throws Error when there is none; a provider's needs find that first. */
function storeOf({ purpose }: Pick<BucketRequest, "purpose">, facts: Pick<PlatformFacts, "dataStore" | "backupStore">): ObjectStoreFacts {
  const store = purpose === "backup" ? facts.backupStore : facts.dataStore;
  if (store === undefined) throw new Error("a bucket is asked for while no object store is on; validation should have said so");
  return store;
}

/** Everything that comes of one request: pure, for providers whose own requests lead to buckets. */
function makeBucket(
  request: BucketRequest,
  app: Pick<DeclaredApp, "namespace">,
  facts: Pick<PlatformFacts, "dataStore" | "backupStore">,
): Provided {
  const store = storeOf(request, facts);
  const bucket = bucketIn(store, request.name);
  const key = store.app === RUSTFS ? ownKey(bucket) : givenKey();
  const names = request.keys ?? DEFAULT_KEYS;
  const forApp: AppSecret = {
    name: request.secret,
    namespace: app.namespace.name,
    data: { ...request.also, [names.accessKey]: key.accessKey, [names.secretKey]: key.secretKey },
  };
  if (store.app !== RUSTFS) return { dependsOn: [store.app], secrets: [forApp] };
  const forJob: AppSecret = {
    name: bucketSecret(bucket),
    namespace: RUSTFS,
    data: { [BUCKET_KEYS.accessKey]: key.accessKey, [BUCKET_KEYS.secretKey]: key.secretKey },
  };
  return { dependsOn: [RUSTFS], data: [bucketJob(bucket, request.keepDays)], secrets: [forApp, forJob] };
}

interface Key {
  readonly accessKey: SecretRequest;
  readonly secretKey: SecretRequest;
}

/** The id is the bucket's name, so that a later key takes the place of an earlier one; 40 characters as RustFS' own keys. */
function ownKey(bucket: string): Key {
  const secret: GeneratedSecret = { from: "generated", length: 40, alphabet: "alphanumeric", shared: `bucket/${bucket}` };
  return { accessKey: { from: "plain", value: bucket }, secretKey: secret };
}

function givenKey(): Key {
  const { accessKey, secretKey } = EXTERNAL_S3_SECRETS;
  return { accessKey: { from: "config", secret: accessKey }, secretKey: { from: "config", secret: secretKey } };
}
