import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { TALOS_API_NAMESPACES } from "../../components/talos/patches/control-plane";
import { declarePlatform, planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import type { KubeObject } from "../../platform/kit/objects";
import { CHARTS } from "../../platform/versions";
import { SecretValue } from "../../config/secret-value";
import { schemaProblems, schemasOf } from "./crd-schema";
import { moduleFolder } from "./go-module";
import { settings } from "./settings";

const RECIPIENT = "age1khpnnl86pzx96ttyjmldptsl5yn2v9jgmmzcjcufvk00ttkph9zs0ytgec";
const S3 = { endpoint: "https://s3.example.com", region: "garage", bucketPrefix: "home-" };

/** Settings with these apps and an S3 elsewhere. */
function given(platform: Record<string, Readonly<Record<string, unknown>>>, store: Readonly<Record<string, unknown>> | null = S3) {
  const names = ["external-s3-access-key", "external-s3-secret-key"];
  const bare = settings({ platform: { ...platform, ...(store === null ? {} : { "external-s3": store }) } });
  const missing = platformProblems(bare).flatMap(({ rule, path }) => (rule === "platform.secrets" ? [path.slice("secrets.".length)] : []));
  return { ...bare, secrets: Object.fromEntries([...names, ...missing].map((name) => [name, SecretValue.of(name)])) };
}

/** Every object that an app's stages hold. */
function objectsOf(platform: ReturnType<typeof given>, app: string): readonly KubeObject[] {
  return (
    planPlatform(platform)
      .find(({ name }) => name === app)
      ?.stages.flatMap(({ objects }) => objects) ?? []
  );
}

function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), object);
}

const volsync = { volsync: { volumes: [{ app: "echo", claim: "data", user: 65534 }] }, echo: {} };

describe("a volume that is copied", () => {
  const source = (platform: Record<string, Readonly<Record<string, unknown>>> = volsync) =>
    objectsOf(given(platform), "volsync").find(({ kind }) => kind === "ReplicationSource");

  it("is copied by an object in its app's namespace, after VolSync and the app", () => {
    const plan = planPlatform(given(volsync)).find(({ name }) => name === "volsync");
    const stage = plan?.stages.find(({ objects }) => objects.some(({ kind }) => kind === "ReplicationSource"));
    assert.equal(stage?.kind, "config");
    assert.ok(plan?.dependsOn.includes("echo"));
    assert.equal(source()?.metadata.namespace, "echo");
    assert.equal(at(source(), "spec", "sourcePVC"), "data");
  });

  it("has one Secret with all that restic wants, in the same namespace, its bucket named as the store knows it", () => {
    const name = at(source(), "spec", "restic", "repository");
    const secret = secretsOf(given(volsync)).find((each) => each.namespace === "echo" && each.name === name);
    const wanted = ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_SECRET_ACCESS_KEY", "RESTIC_PASSWORD", "RESTIC_REPOSITORY"];
    assert.deepEqual(Object.keys(secret?.data ?? {}).sort(), wanted);
    assert.deepEqual(secret?.data["RESTIC_REPOSITORY"], {
      from: "plain",
      value: "s3:https://s3.example.com/home-volsync-echo-data/restic",
    });
    assert.equal(secret?.data["RESTIC_PASSWORD"]?.from, "generated");
  });

  it("is read as the owner of its files, without privileges, so that a restricted namespace takes the pod", () => {
    const context = at(source(), "spec", "restic", "moverSecurityContext");
    assert.deepEqual(context, {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      fsGroup: 65534,
      // Else each copy would walk the whole volume, which is in use, to give it to the group that it belongs to.
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("is read in place unless told otherwise, and never cloned on Proxmox' datastores, which only root there may", () => {
    assert.equal(at(source(), "spec", "restic", "copyMethod"), "Direct");
    const cloned = { ...volsync, volsync: { ...volsync.volsync, copyMethod: "Clone" } };
    assert.equal(at(source(cloned), "spec", "restic", "copyMethod"), "Clone");
    const found = platformProblems(given({ ...cloned, "proxmox-csi": {} })).map(({ path, message }) => `${path}: ${message}`);
    assert.deepEqual(found, ["platform.volsync.copyMethod: proxmox-csi cannot clone a volume with the rights that it has"]);
    assert.deepEqual(platformProblems(given({ ...volsync, "proxmox-csi": {} })), []);
  });

  it("comes with a file that fills the same claim out of the same repository", () => {
    const documents = planPlatform(given(volsync)).find(({ name }) => name === "volsync")?.documents ?? {};
    const restore = parse(documents["restore/echo-data.yaml"] ?? "") as KubeObject;
    assert.equal(restore.kind, "ReplicationDestination");
    assert.equal(at(restore, "spec", "restic", "destinationPVC"), "data");
    assert.equal(at(restore, "spec", "restic", "repository"), at(source(), "spec", "restic", "repository"));
  });

  it("is brought back while Flux keeps its hands off both apps and the chart, and copied again afterwards", () => {
    const steps = (platform: Record<string, Readonly<Record<string, unknown>>>, file: string) =>
      (planPlatform(given(platform)).find(({ name }) => name === "volsync")?.documents[file] ?? "")
        .split("\n")
        .filter((line) => line.startsWith("#"));
    const plain = steps(volsync, "restore/echo-data.yaml").join("\n");
    assert.match(plain, /1\. flux suspend kustomization echo volsync-config$/m);
    assert.doesNotMatch(plain, /helmrelease/);
    const loki = { loki: {}, volsync: { volumes: [{ app: "loki", claim: "storage-loki-0" }] } };
    const lines = steps(loki, "restore/loki-storage-loki-0.yaml");
    const line = (part: string) => lines.findIndex((each) => each.includes(part));
    // Else Flux would scale the workload up again, and take up copying in the middle of it.
    assert.ok(0 < line("flux suspend helmrelease --namespace loki loki") && line("flux suspend helmrelease") < line('paused":true'));
    assert.ok(line('paused":true') < line("kubectl apply") && line("kubectl apply") < line('paused":false'));
    assert.ok(line('paused":false') < line("flux resume helmrelease --namespace loki loki"));
  });

  it("is refused when its app is off, when it is listed twice, when there is no store, and when it is the store's own", () => {
    const problems = (platform: Record<string, Readonly<Record<string, unknown>>>, store: typeof S3 | null = S3) =>
      platformProblems(given(platform, store)).map(({ path, message }) => `${path}: ${message}`);
    assert.deepEqual(problems({ volsync: volsync.volsync }), ["platform.volsync: volsync copies a volume of echo, and echo is off"]);
    const twice = { ...volsync, volsync: { volumes: [...volsync.volsync.volumes, ...volsync.volsync.volumes] } };
    assert.deepEqual(problems(twice), ["platform.volsync.volumes[1]: data of echo is listed twice"]);
    assert.deepEqual(problems(volsync, null), ["platform.volsync.volumes: there is no object store for backups"]);
    const own = { rustfs: {}, volsync: { volumes: [{ app: "rustfs", claim: "data-rustfs-0" }] } };
    assert.deepEqual(problems(own, null), ["platform.volsync.volumes[0].app: rustfs cannot be copied into itself"]);
  });

  it("is described as VolSync's own CRDs want it, both ways", function () {
    const root = moduleFolder("github.com/backube/volsync", `v${CHARTS.volsync.version}`);
    if (root === undefined) return this.skip();
    const files = ["sources", "destinations"].map((kind) => join(root, `config/crd/bases/volsync.backube_replication${kind}.yaml`));
    const schemas = schemasOf(files.map((file) => readFileSync(file, "utf8")));
    const documents = planPlatform(given(volsync)).find(({ name }) => name === "volsync")?.documents ?? {};
    for (const object of [source(), parse(documents["restore/echo-data.yaml"] ?? "") as KubeObject]) {
      const schema = schemas.get(`${object?.apiVersion ?? ""} ${object?.kind ?? ""}`);
      assert.ok(object !== undefined && schema !== undefined);
      assert.deepEqual(schemaProblems(object, schema), []);
    }
  });

  it("is watched by metrics that VolSync really has", function () {
    const root = moduleFolder("github.com/backube/volsync", `v${CHARTS.volsync.version}`);
    if (root === undefined) return this.skip();
    const text = readFileSync(join(root, "internal/controller/metrics.go"), "utf8");
    const known = [...text.matchAll(/Name:\s+"([a-z_]+)"/g)].map(([, name]) => `volsync_${name}`);
    const app = declarePlatform(given(volsync)).apps.find(({ name }) => name === "volsync");
    const used = app?.alerts.flatMap(({ expr }) => expr.match(/volsync_[a-z_]+/g) ?? []) ?? [];
    assert.ok(used.length >= 3);
    assert.deepEqual(
      used.filter((name) => !known.includes(name)),
      [],
    );
  });
});

describe("the copies of etcd", () => {
  const on = { "talos-backup": { recipient: RECIPIENT } };
  const job = (store: Readonly<Record<string, unknown>> = S3) =>
    objectsOf(given(on, store), "talos-backup").find(({ kind }) => kind === "CronJob");
  const pod = (store?: Readonly<Record<string, unknown>>) => at(job(store), "spec", "jobTemplate", "spec", "template", "spec");
  const env = (store?: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      (at(pod(store), "containers", 0, "env") as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
    );

  it("use the names that talos-backup reads, and not those that it ignores", () => {
    assert.equal(env()["CUSTOM_S3_ENDPOINT"], S3.endpoint);
    assert.equal(env()["AWS_REGION"], "garage");
    assert.equal(env()["BUCKET"], "home-etcd-backups");
    assert.equal(env()["AGE_X25519_PUBLIC_KEY"], RECIPIENT);
    for (const ignored of ["S3_ENDPOINT", "S3_BUCKET"]) assert.equal(env()[ignored], undefined);
  });

  it("ask for path style by the word that this version takes for yes", () => {
    assert.equal(env({ ...S3, pathStyle: true })["USE_PATH_STYLE"], "false");
    assert.equal(env({ ...S3, pathStyle: false })["USE_PATH_STYLE"], "true");
  });

  it("run on a control plane, in the namespace that Talos lets in, with a certificate that may only copy etcd", () => {
    const objects = objectsOf(given(on), "talos-backup");
    const account = objects.find(({ apiVersion }) => apiVersion === "talos.dev/v1alpha1");
    assert.deepEqual(at(account, "spec", "roles"), ["os:etcd:backup"]);
    assert.ok(TALOS_API_NAMESPACES.some((name) => name === account?.metadata.namespace));
    assert.deepEqual(at(pod(), "nodeSelector"), { "node-role.kubernetes.io/control-plane": "" });
    assert.equal(at(pod(), "tolerations", 0, "key"), "node-role.kubernetes.io/control-plane");
    const mounted = (at(pod(), "volumes") as { secret?: { secretName: string } }[]).flatMap(({ secret }) => secret?.secretName ?? []);
    assert.deepEqual(mounted, [account?.metadata.name]);
  });

  it("never seed a Secret under the name that Talos writes its certificate to", () => {
    const account = objectsOf(given(on), "talos-backup").find(({ kind }) => kind === "ServiceAccount");
    const seeded = secretsOf(given(on)).filter(({ namespace }) => namespace === "talos-backup");
    assert.equal(seeded.length, 1);
    assert.ok(seeded.every(({ name }) => name !== account?.metadata.name));
    assert.deepEqual(at(pod(), "containers", 0, "envFrom"), [{ secretRef: { name: seeded[0]?.name } }]);
    assert.deepEqual(Object.keys(seeded[0]?.data ?? {}).sort(), ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
  });

  it("do not fill RustFS: its bucket lets go of them after so many days; a store elsewhere has rules of its own", () => {
    const days = (options: Readonly<Record<string, unknown>>) => {
      const found = objectsOf(given({ rustfs: {}, "talos-backup": { recipient: RECIPIENT, ...options } }, null), "talos-backup");
      const env = at(
        found.find(({ kind }) => kind === "Job"),
        "spec",
        "template",
        "spec",
        "containers",
        0,
        "env",
      ) as { name: string; value?: string }[];
      return JSON.parse(env.find(({ name }) => name === "LIFECYCLE")?.value ?? "null") as unknown;
    };
    const rule = (kept: number) => ({
      rules: [{ id: "keep", status: "Enabled", expiration: { days: kept }, abortIncompleteMultipartUploadDays: 1 }],
    });
    assert.deepEqual(days({}), rule(30));
    assert.deepEqual(days({ keepDays: 7 }), rule(7));
    assert.ok(objectsOf(given(on), "talos-backup").every(({ kind }) => kind !== "Job"));
  });

  it("are encrypted to the escrow's recipient unless told otherwise, and refused without anybody", () => {
    const base = given({ "talos-backup": {} });
    assert.deepEqual(
      platformProblems(base).map(({ path }) => path),
      ["platform.talos-backup.recipient"],
    );
    assert.deepEqual(platformProblems({ ...base, escrow: { recipient: RECIPIENT } }), []);
    assert.equal(platformProblems(given({ "talos-backup": { recipient: "age-secret-key-1abc" } })).length, 1);
  });
});

describe("the backups of databases", () => {
  it("are refused while there is no store for them", () => {
    const platform = { "barman-cloud": {}, "cloudnative-pg": {}, "cert-manager": {} };
    const found = platformProblems(given(platform, null)).map(({ path }) => path);
    assert.ok(found.includes("platform.barman-cloud"), found.join());
    assert.ok(!platformProblems(given(platform)).some(({ path }) => path === "platform.barman-cloud"));
  });
});
