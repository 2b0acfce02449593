import assert from "node:assert/strict";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import { APPS } from "../../platform/apps";
import { defineApp, type App } from "../../platform/kit/app";
import { bucketIn } from "../../platform/kit/facts";
import type { KubeObject } from "../../platform/kit/objects";
import type { BucketRequest } from "../../platform/kit/requests";
import { platformFacts } from "../../platform/facts";
import { enabledApps, planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import { z } from "zod";
import { settings } from "./settings";

const SECRETS = { "external-s3-access-key": SecretValue.of("given-id"), "external-s3-secret-key": SecretValue.of("given-secret") };

/** An app that asks for a bucket, and its data policy. */
function asker(request: Partial<BucketRequest> = {}): App {
  return defineApp({
    name: "asker",
    summary: "asks for a bucket",
    namespace: { name: "asking", podSecurity: "restricted" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({ data: z.enum(["keep", "delete"]).default("keep") }),
    data: () => [{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "own" } }],
    objects: () => [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "own" } }],
    buckets: () => [{ name: "letters", purpose: "data", secret: "letters-s3", ...request }],
  });
}

const RECIPIENT = "age1khpnnl86pzx96ttyjmldptsl5yn2v9jgmmzcjcufvk00ttkph9zs0ytgec";

const STORES = APPS.filter(({ name }) => ["rustfs", "external-s3"].includes(name));

function on(platform: Settings["platform"], secrets: Settings["secrets"] = SECRETS): Settings {
  return settings({ platform: { asker: {}, ...platform }, secrets });
}

function stages(given: Settings, request: Partial<BucketRequest> = {}) {
  return new Map(
    planPlatform(given, [asker(request), ...STORES]).flatMap((plan) => plan.stages.map((stage) => [stage.name, stage] as const)),
  );
}

function job(given: Settings, request: Partial<BucketRequest> = {}): KubeObject | undefined {
  return stages(given, request)
    .get("asker-data")
    ?.objects.find(({ kind }) => kind === "Job");
}

const factsOf = (given: Settings) => platformFacts(given, enabledApps(given, [asker(), ...STORES]));

describe("where data and backups go", () => {
  it("is RustFS for both while nothing is elsewhere, and nowhere while neither is on", () => {
    const { dataStore, backupStore } = factsOf(on({ rustfs: {} }));
    assert.equal(dataStore?.url, "http://rustfs.rustfs.svc.cluster.local:9000");
    assert.deepEqual(backupStore, dataStore);
    assert.equal(factsOf(on({})).dataStore, undefined);
  });

  it("is RustFS for data and elsewhere for backups when both are on, and elsewhere for both without RustFS", () => {
    const external = { endpoint: "https://s3.example.org", bucketPrefix: "home-" };
    const both = factsOf(on({ rustfs: {}, "external-s3": external }));
    assert.deepEqual([both.dataStore?.app, both.backupStore?.app], ["rustfs", "external-s3"]);
    const alone = factsOf(on({ "external-s3": external }));
    assert.deepEqual(
      [alone.dataStore?.app, alone.backupStore?.hostPort, alone.backupStore?.insecure],
      ["external-s3", "s3.example.org:443", false],
    );
    assert.equal(bucketIn(alone.backupStore ?? { bucketPrefix: "" }, "letters"), "home-letters");
  });

  it("is refused as a URL with a path, which clients would take for a bucket", () => {
    const wrong = platformProblems(on({ "external-s3": { endpoint: "https://s3.example.org/backups" } }), [asker(), ...STORES]);
    assert.deepEqual(
      wrong.map(({ path }) => path),
      ["platform.external-s3.endpoint"],
    );
  });
});

describe("a bucket in RustFS", () => {
  const given = on({ rustfs: {} });

  it("is made by a Job beside RustFS, in the data stage of the app, which waits for RustFS", () => {
    const stage = stages(given).get("asker-data");
    assert.deepEqual(stage?.dependsOn, ["rustfs"]);
    assert.equal(job(given)?.metadata.namespace, "rustfs");
    assert.deepEqual(stages(given).get("asker")?.dependsOn, ["asker-data"]);
  });

  it("gets one key, seeded with the same text on both sides, so that nothing is made twice", () => {
    const found = secretsOf(given, [asker(), ...STORES]);
    const data = (name: string) => found.find((secret) => secret.name === name)?.data;
    const shared = { from: "generated", length: 40, alphabet: "alphanumeric", shared: "bucket/letters" };
    assert.deepEqual(data("letters-s3"), { AWS_ACCESS_KEY_ID: { from: "plain", value: "letters" }, AWS_SECRET_ACCESS_KEY: shared });
    assert.deepEqual(data("bucket-letters"), { "access-key": { from: "plain", value: "letters" }, "secret-key": shared });
    assert.equal(found.find(({ name }) => name === "bucket-letters")?.namespace, "rustfs");
    assert.equal(found.find(({ name }) => name === "letters-s3")?.namespace, "asking");
  });

  it("keeps the administrator's key in RustFS' namespace", () => {
    const all = [...stages(given).values()].flatMap(({ objects }) => objects);
    const readers = all.filter((object) => JSON.stringify(object).includes("rustfs-admin"));
    assert.ok(readers.length > 1);
    for (const { kind, metadata } of readers) assert.equal(metadata.namespace, "rustfs", kind);
    assert.deepEqual(
      secretsOf(given, [asker(), ...STORES])
        .filter(({ name }) => name === "rustfs-admin")
        .map(({ namespace }) => namespace),
      ["rustfs"],
    );
  });

  it("is all that its key reaches", () => {
    const text = JSON.stringify(job(given));
    assert.ok(text.includes("arn:aws:s3:::letters/*"));
    for (const wide of ['"s3:*', "s3:::*", "s3:ListAllMyBuckets", "admin:"]) assert.ok(!text.includes(wide), wide);
  });

  it("keeps what is put into it unless the request says for how long, and then by rules that replace those of before", () => {
    const text = (request: Partial<BucketRequest>) => JSON.stringify(job(given, request));
    assert.ok(!text({}).includes("rc ilm") && !text({}).includes("LIFECYCLE"));
    assert.ok(text({ keepDays: 30 }).includes("rc ilm rule import"));
    assert.notEqual(job(given, { keepDays: 30 })?.metadata.name, job(given, { keepDays: 31 })?.metadata.name);
  });

  it("is made however long RustFS is away: a Job that gave up would stay failed, since Flux makes it only once", () => {
    const spec = job(given)?.["spec"] as { readonly backoffLimit: number; readonly activeDeadlineSeconds?: number };
    // The kubelet waits five minutes between two tries at most.
    assert.ok(spec.backoffLimit * 5 > 365 * 24 * 60);
    assert.equal(spec.activeDeadlineSeconds, undefined);
  });

  it("has a Job of another name when the Job would do something else, since a Job cannot change", () => {
    const first = job(given)?.metadata.name ?? "";
    assert.match(first, /^bucket-letters-[0-9a-f]{8}$/);
    assert.equal(job(on({ rustfs: {}, "external-s3": {} }))?.metadata.name, first);
    assert.notEqual(job(given, { name: "parcels" })?.metadata.name.slice(-8), first.slice(-8));
    assert.ok((job(given, { name: "b".repeat(63) })?.metadata.name ?? "").length <= 63);
  });

  it("lets its Job go with the app, so that it runs again when the app comes back, and nothing else of the data", () => {
    const stage = stages(given).get("asker-data");
    const keeps = (object: KubeObject) => object.metadata.annotations?.["kustomize.toolkit.fluxcd.io/prune"];
    assert.equal(stage?.onRemoval, "delete");
    assert.deepEqual(stage.objects.map((object) => [object.kind, keeps(object)]).sort(), [
      ["Job", undefined],
      ["PersistentVolumeClaim", "disabled"],
    ]);
  });

  it("may be asked for with other names of the Secret's keys", () => {
    const keys = { accessKey: "id", secretKey: "key" };
    const found = secretsOf(given, [asker({ keys }), ...STORES]).find(({ name }) => name === "letters-s3");
    assert.deepEqual(Object.keys(found?.data ?? {}), ["id", "key"]);
  });
});

describe("a bucket elsewhere", () => {
  const given = on({ rustfs: {}, "external-s3": { bucketPrefix: "home-" } });

  it("is what a backup gets when there is such a place: the given key, and no Job", () => {
    const request = { purpose: "backup" } as const;
    assert.equal(job(given, request), undefined);
    const found = secretsOf(given, [asker(request), ...STORES]).filter(({ name }) => name.includes("letters"));
    assert.deepEqual(
      found.map(({ namespace, data }) => [namespace, data["AWS_ACCESS_KEY_ID"]]),
      [["asking", { from: "given", value: SECRETS["external-s3-access-key"] }]],
    );
  });

  it("is named, with who asks for it, in a file for whoever has to make it there", () => {
    const files = planPlatform(given, [asker({ purpose: "backup" }), ...STORES]).find(({ name }) => name === "asker")?.documents ?? {};
    assert.deepEqual(Object.keys(files), ["buckets/asker.md"]);
    assert.match(files["buckets/asker.md"] ?? "", /home-letters/);
    const inside = planPlatform(on({ rustfs: {} }), [asker({ purpose: "backup" }), ...STORES]).find(({ name }) => name === "asker");
    assert.deepEqual(inside?.documents, {});
  });

  it("is refused while its key is not set, and while no store is on at all", () => {
    const rules = (settingsGiven: Settings) =>
      platformProblems(settingsGiven, [asker({ purpose: "backup" }), ...STORES]).map(({ rule, path }) => [rule, path]);
    assert.deepEqual(rules(on({ "external-s3": {} }, {})), [
      ["platform.secrets", "secrets.external-s3-access-key"],
      ["platform.secrets", "secrets.external-s3-secret-key"],
    ]);
    assert.deepEqual(rules(on({})), [["platform.needs", "platform.asker"]]);
  });
});

describe("RustFS", () => {
  interface Set {
    readonly persistentVolumeClaimRetentionPolicy: unknown;
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly env: readonly { name: string; value?: string }[]; readonly image: string }[];
      };
    };
  }

  function statefulSet(options: Record<string, unknown>, more: readonly App[] = []): Set {
    const given = settings({ platform: { rustfs: options, ...Object.fromEntries(more.map(({ name }) => [name, {}])) } });
    const found = planPlatform(given, [...STORES, ...more])
      .flatMap(({ stages: all }) => all)
      .flatMap(({ objects }) => objects)
      .find(({ kind }) => kind === "StatefulSet");
    return found?.["spec"] as Set; // the shape that the server's own types gave it
  }

  const env = (set: Set) => Object.fromEntries(set.template.spec.containers[0]?.env.map(({ name, value }) => [name, value]) ?? []);

  it("keeps its volumes when it goes, unless told to delete them", () => {
    assert.deepEqual(statefulSet({}).persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
    assert.deepEqual(statefulSet({ data: "delete" }).persistentVolumeClaimRetentionPolicy, { whenDeleted: "Delete", whenScaled: "Retain" });
  });

  it("runs as one pod or as four and more, which name each other", () => {
    assert.equal(env(statefulSet({}))["RUSTFS_VOLUMES"], "/data");
    assert.equal(
      env(statefulSet({ replicas: 5 }))["RUSTFS_VOLUMES"],
      "http://rustfs-{0...4}.rustfs-headless.rustfs.svc.cluster.local:9000/data",
    );
    for (const replicas of [0, 2, 3, 17])
      assert.notEqual(platformProblems(settings({ platform: { rustfs: { replicas } } }), STORES).length, 0, String(replicas));
  });

  it("pushes metrics only where Alloy takes them", () => {
    const alloy = defineApp({
      name: "alloy",
      summary: "alloy",
      namespace: { name: "alloy" },
      presence: "chosen",
      needs: [],
      after: [],
      options: z.strictObject({}),
    });
    assert.equal(env(statefulSet({}))["RUSTFS_OBS_ENDPOINT"], undefined);
    const pushed = env(statefulSet({}, [alloy]));
    assert.equal(pushed["RUSTFS_OBS_ENDPOINT"], "http://alloy.alloy.svc.cluster.local:4318");
    assert.equal(pushed["RUSTFS_OBS_METRICS_EXPORT_ENABLED"], "true");
  });

  it("is warned about where it holds the backups of the cluster that it is part of", () => {
    const talosBackup = APPS.filter(({ name }) => name === "talos-backup");
    const warned = (platform: Settings["platform"]) =>
      planPlatform(settings({ platform, secrets: SECRETS, escrow: { recipient: RECIPIENT } }), [...STORES, ...talosBackup])
        .flatMap(({ warnings }) => warnings)
        .filter((text) => text.includes("lost with it"));
    assert.equal(warned({ rustfs: { replicas: 4 }, "talos-backup": {} }).length, 1);
    assert.deepEqual(warned({ rustfs: { replicas: 4 } }), []);
    assert.deepEqual(warned({ rustfs: { replicas: 4 }, "talos-backup": {}, "external-s3": {} }), []);
  });

  it("runs a pinned image", () => {
    assert.match(statefulSet({}).template.spec.containers[0]?.image ?? "", /:\d+\.\d+\.\d+/);
  });
});
