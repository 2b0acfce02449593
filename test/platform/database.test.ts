import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { backupAlerts, DATABASE_ALERTS } from "../../platform/database/alerts";
import { DATABASE_DASHBOARD } from "../../platform/database/dashboard";
import { barmanPluginObjects } from "../../platform/database/barman-plugin";
import { operatorObjects } from "../../platform/database/operator";
import { vendoredObject } from "../../platform/database/vendored-objects";
import { defineApp } from "../../platform/kit/app";
import type { PlatformFacts } from "../../platform/kit/facts";
import type { KubeObject } from "../../platform/kit/objects";
import type { Platform } from "../../platform/kit/provider";
import type { DatabaseRequest } from "../../platform/kit/requests";
import { databases } from "../../platform/provide/database";
import { COMPONENTS } from "../../platform/versions";
import { vendoredFiles } from "../../platform/crds/vendored";
import { schemaProblems, schemasOf } from "./crd-schema";
import { moduleFolder } from "./go-module";
import { settings } from "./settings";

const REQUEST: DatabaseRequest = { name: "notes-db", database: "notes", owner: "notes", secret: "notes-db-app", sizeGiB: 5, instances: 1 };

const STORE: NonNullable<PlatformFacts["backupStore"]> = {
  app: "external-s3",
  url: "https://s3.example.com",
  hostPort: "s3.example.com:443",
  region: "garage",
  pathStyle: true,
  insecure: false,
  bucketPrefix: "home-",
};

/** What the provider makes for one app with one database. */
function asked(
  request: Partial<DatabaseRequest> = {},
  facts: Partial<PlatformFacts> = {},
  apps: Record<string, object> = {},
  kubernetes?: string,
) {
  const base = settings({ platform: { "cloudnative-pg": {}, ...apps } });
  const given =
    kubernetes === undefined ? base : { ...base, cluster: { ...base.cluster, installed: { ...base.cluster.installed, kubernetes } } };
  const platform: Platform = {
    settings: given,
    enabled: new Set(["cloudnative-pg", ...Object.keys(apps)]),
    facts: { domain: "example.com", metrics: true, replicas: 1, ...facts },
    apps: [],
  };
  const app = defineApp({
    name: "notes",
    summary: "notes",
    namespace: { name: "notes", podSecurity: "restricted" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({}),
    databases: () => [{ ...REQUEST, ...request }],
  }).declare({}, platform);
  return { needs: databases.needs(app, platform), derived: databases.derive?.(app, platform) ?? {}, ...databases.provide(app, platform) };
}

const backedUp = (request: Partial<DatabaseRequest> = {}) => asked(request, { backupStore: STORE }, { "barman-cloud": {} });

/** One field deep inside an object. */
function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), object);
}

function ofKind(objects: readonly KubeObject[] | undefined, kind: string): KubeObject {
  const [found, ...rest] = (objects ?? []).filter((object) => object.kind === kind);
  assert.ok(found !== undefined && rest.length === 0, `one ${kind}`);
  return found;
}

describe("a database", () => {
  it("is a cluster in the asker's namespace, with its account, after the operator", () => {
    const { needs, dependsOn, data, secrets } = asked();
    assert.deepEqual(needs, [{ oneOf: ["cloudnative-pg"], what: "asks for a database" }]);
    assert.deepEqual(dependsOn, ["cloudnative-pg"]);
    const cluster = ofKind(data, "Cluster");
    assert.equal(cluster.metadata.namespace, "notes");
    assert.equal(at(cluster, "spec", "bootstrap", "initdb", "secret", "name"), secrets?.[0]?.name);
    assert.equal(at(cluster, "spec", "bootstrap", "initdb", "owner"), "notes");
  });

  it("has a generated password in a Secret of the only type that CloudNativePG reads again when it changes", () => {
    const [secret] = asked().secrets ?? [];
    assert.equal(secret?.type, "kubernetes.io/basic-auth");
    assert.deepEqual(secret.labels, { "cnpg.io/reload": "true" });
    assert.deepEqual(Object.keys(secret.data).sort(), ["password", "username"]);
    assert.deepEqual(secret.data["username"], { from: "plain", value: "notes" });
    assert.equal(secret.data["password"]?.from, "generated");
  });

  it("takes the platform's storage class, and the cluster's default where there is none", () => {
    assert.deepEqual(at(ofKind(asked().data, "Cluster"), "spec", "storage"), { size: "5Gi" });
    const cluster = ofKind(asked({}, { storageClass: "proxmox-csi" }).data, "Cluster");
    assert.deepEqual(at(cluster, "spec", "storage"), { size: "5Gi", storageClass: "proxmox-csi" });
  });

  it("lets its node be drained when it has one instance only", () => {
    assert.equal(at(ofKind(asked().data, "Cluster"), "spec", "enablePDB"), false);
    assert.equal(at(ofKind(asked({ instances: 3 }).data, "Cluster"), "spec", "enablePDB"), true);
  });

  it("gets pgvector as an image volume and switched on inside the database", () => {
    const { data } = asked({ extensions: ["pgvector"] });
    const [extension] = at(ofKind(data, "Cluster"), "spec", "postgresql", "extensions") as { name: string; image: { reference: string } }[];
    assert.equal(extension?.name, "pgvector");
    assert.match(extension.image.reference, /pgvector:.*-18-/);
    assert.match(String(at(ofKind(data, "Cluster"), "spec", "imageName")), /postgresql:18\./);
    assert.deepEqual(at(ofKind(data, "Database"), "spec", "extensions"), [{ name: "vector", ensure: "present" }]);
    assert.equal(
      asked().data?.some(({ kind }) => kind === "Database"),
      false,
    );
  });

  it("is scraped by a monitor of ours, not by the operator's deprecated one", () => {
    const { data, derived } = asked();
    assert.deepEqual(derived.monitors?.[0]?.selector, { "cnpg.io/cluster": "notes-db", "cnpg.io/podRole": "instance" });
    assert.equal(at(ofKind(data, "Cluster"), "spec", "monitoring"), undefined);
  });

  it("without a place for backups is a warning, not an error", () => {
    assert.deepEqual(asked().warnings, ["the database notes-db of notes is not backed up: there is no object store for backups"]);
    assert.deepEqual(asked({}, { backupStore: STORE }).warnings, ["the database notes-db of notes is not backed up: barman-cloud is off"]);
    assert.deepEqual(asked({}, {}, { "barman-cloud": {} }).derived.buckets, []);
    assert.deepEqual(backedUp().warnings, []);
  });
});

describe("an extension of a database", () => {
  it("is warned about where kubelets do not mount images as volumes yet", () => {
    const { cluster } = settings();
    const on = (kubernetes: string) =>
      asked({ extensions: ["pgvector"] }, { backupStore: STORE }, { "barman-cloud": {} }, kubernetes).warnings;
    assert.deepEqual(on(cluster.installed.kubernetes), []);
    assert.match(on("1.34.2")?.[0] ?? "", /pgvector as an image volume, which Kubernetes 1.34.2 has switched off/);
  });
});

describe("the backups of a database", () => {
  it("go to a bucket of its own, with a key of its own, whose Secret the store refers to", () => {
    const { data, derived, dependsOn } = backedUp();
    const [bucket] = derived.buckets ?? [];
    assert.equal(bucket?.purpose, "backup");
    assert.ok(dependsOn?.includes("barman-cloud"));
    const configuration = at(ofKind(data, "ObjectStore"), "spec", "configuration");
    assert.equal(at(configuration, "destinationPath"), `s3://home-${bucket.name}/`);
    assert.equal(at(configuration, "endpointURL"), STORE.url);
    for (const [field, key] of [
      ["accessKeyId", bucket.keys?.accessKey],
      ["secretAccessKey", bucket.keys?.secretKey],
    ] as const) {
      assert.deepEqual(at(configuration, "s3Credentials", field), { name: bucket.secret, key });
    }
  });

  it("are named by barmanObjectName, archive the log and are kept by the store's own retention", () => {
    const { data } = backedUp();
    const store = ofKind(data, "ObjectStore");
    assert.deepEqual(at(ofKind(data, "Cluster"), "spec", "plugins", 0), {
      name: "barman-cloud.cloudnative-pg.io",
      isWALArchiver: true,
      parameters: { barmanObjectName: store.metadata.name },
    });
    assert.equal(at(store, "spec", "retentionPolicy"), "14d");
    assert.equal(at(store, "spec", "configuration", "wal", "compression"), "gzip");
    const env = Object.fromEntries(
      (at(store, "spec", "instanceSidecarConfiguration", "env") as { name: string; value: string }[]).map(({ name, value }) => [
        name,
        value,
      ]),
    );
    assert.equal(env["AWS_REQUEST_CHECKSUM_CALCULATION"], "when_required");
    assert.equal(env["AWS_RESPONSE_CHECKSUM_VALIDATION"], "when_required");
    assert.equal(env["AWS_DEFAULT_REGION"], "garage");
  });

  it("have a base backup at once and by schedule, since a log alone restores nothing", () => {
    const scheduled = ofKind(backedUp().data, "ScheduledBackup");
    assert.equal(at(scheduled, "spec", "immediate"), true);
    assert.equal(at(scheduled, "spec", "method"), "plugin");
    assert.equal(at(scheduled, "spec", "cluster", "name"), "notes-db");
    assert.equal(String(at(scheduled, "spec", "schedule")).split(" ").length, 6);
  });

  it("come with a file that restores them into the same archive", () => {
    const { documents = {}, data } = backedUp({ extensions: ["pgvector"] });
    const cluster = parse(documents["restore/notes-notes-db.yaml"] ?? "") as KubeObject;
    assert.equal(at(cluster, "spec", "bootstrap", "initdb"), undefined);
    const source = at(cluster, "spec", "bootstrap", "recovery", "source");
    assert.equal(at(cluster, "spec", "externalClusters", 0, "name"), source);
    assert.equal(
      at(cluster, "spec", "externalClusters", 0, "plugin", "parameters", "barmanObjectName"),
      ofKind(data, "ObjectStore").metadata.name,
    );
    assert.equal(cluster.metadata.annotations?.["cnpg.io/skipEmptyWalArchiveCheck"], "enabled");
    const same = ({ bootstrap: _, externalClusters: __, ...rest }: Record<string, unknown>) => rest;
    assert.deepEqual(
      same(at(cluster, "spec") as Record<string, unknown>),
      same(at(ofKind(data, "Cluster"), "spec") as Record<string, unknown>),
    );
    assert.deepEqual(asked().documents, {});
  });
});

describe("the objects of a database", () => {
  it("are what the pinned CRDs take, the file that restores it included", function () {
    this.timeout(30_000);
    const schemas = schemasOf(["cloudnative-pg", "barman-cloud"].flatMap((folder) => [...vendoredFiles(folder).values()]));
    const { data = [], documents = {} } = backedUp({ extensions: ["pgvector"], instances: 3 });
    const restored = parse(documents["restore/notes-notes-db.yaml"] ?? "") as KubeObject;
    assert.deepEqual(data.map(({ kind }) => kind).sort(), ["Cluster", "Database", "ObjectStore", "ScheduledBackup"]);
    for (const object of [...data, restored]) {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      assert.ok(schema !== undefined, object.kind);
      assert.deepEqual(schemaProblems(object, schema), []);
    }
  });
});

/** Names of metrics in expressions. */
function metricsIn(expressions: readonly string[]): ReadonlySet<string> {
  return new Set(expressions.flatMap((expr) => expr.match(/\b(cnpg|barman_cloud)_[a-z0-9_]+/g) ?? []));
}

/** Every metric of the operator's default queries, `cnpg_<query>_<column>`. */
function queryMetrics(): readonly string[] {
  const text = at(vendoredObject("cloudnative-pg-operator", "default-monitoring.yaml"), "data", "queries");
  const queries = parse(String(text)) as Record<string, { name?: string; metrics: Record<string, { usage: string }>[] }>;
  return Object.entries(queries).flatMap(([key, { name = key, metrics }]) =>
    metrics
      .flatMap((metric) => Object.entries(metric).filter(([, { usage }]) => usage !== "LABEL"))
      .map(([column]) => `cnpg_${name}_${column}`),
  );
}

describe("the alerts and the dashboard of databases", () => {
  it("use only metrics that the instances really report", function () {
    const operator = moduleFolder("github.com/cloudnative-pg/cloudnative-pg", COMPONENTS.cloudnativePg);
    const plugin = moduleFolder("github.com/cloudnative-pg/plugin-barman-cloud", COMPONENTS.barmanCloud);
    if (operator === undefined || plugin === undefined) return this.skip();
    const source = (root: string, path: string) => readFileSync(join(root, path), "utf8");
    const collected = source(operator, "pkg/management/postgres/webserver/metricserver/pg_collector.go").matchAll(
      /Name:\s+"([a-z0-9_]+)"/g,
    );
    const reported = source(plugin, "internal/cnpgi/instance/metrics.go").matchAll(/buildFqName\("([a-z0-9_]+)"\)/g);
    const known = new Set([
      ...queryMetrics(),
      ...[...collected].map(([, name]) => `cnpg_collector_${name}`),
      ...[...reported].map(([, name]) => `barman_cloud_cloudnative_pg_io_${name}`),
    ]);
    const panels = at(DATABASE_DASHBOARD.model, "panels") as { targets: { expr: string }[] }[];
    const expressions = [
      ...[...DATABASE_ALERTS, ...backupAlerts(36)].map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const used = metricsIn(expressions);
    assert.ok(used.size > 10);
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
    );
    assert.ok(!known.has("cnpg_cluster_status"), "the seeds' metrics that nobody emits");
  });

  it("say when the newest base backup is older than asked, by the plugin's metric: the operator's own stays 0 with a plugin", () => {
    const alert = backupAlerts(48).find(({ alert: name }) => name === "PostgresBackupTooOld");
    assert.equal(alert?.expr, "time() - barman_cloud_cloudnative_pg_io_last_available_backup_timestamp > 172800");
  });

  it("filter every panel by namespace", () => {
    assert.ok(!JSON.stringify(DATABASE_DASHBOARD.model).match(/SELECT|FILTER/));
  });
});

describe("the operator", () => {
  const released = (): readonly KubeObject[] | undefined => {
    const root = moduleFolder("github.com/cloudnative-pg/cloudnative-pg", COMPONENTS.cloudnativePg);
    if (root === undefined) return undefined;
    const text = readFileSync(join(root, `releases/cnpg-${COMPONENTS.cloudnativePg.slice(1)}.yaml`), "utf8");
    return parseAllDocuments(text).flatMap((document) => {
      const object = document.toJS() as KubeObject | null;
      return object === null || object.kind === "CustomResourceDefinition" ? [] : [object];
    });
  };

  it("has the rights, webhooks, queries and names of its project's release", function () {
    const theirs = released();
    if (theirs === undefined) return this.skip();
    const ours = operatorObjects(1);
    for (const object of ours.filter(({ kind }) => kind !== "Deployment")) {
      const same: KubeObject | undefined = theirs.find(
        ({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name,
      );
      assert.ok(same !== undefined, `${object.kind} ${object.metadata.name}`);
      for (const field of ["rules", "webhooks", "data", "subjects", "roleRef", "spec"]) assert.deepEqual(object[field], same[field], field);
    }
    const container = (objects: readonly KubeObject[]): unknown =>
      at(ofKind(objects, "Deployment"), "spec", "template", "spec", "containers", 0);
    for (const field of ["image", "command", "volumeMounts", "env"])
      assert.deepEqual(at(container(ours), field), at(container(theirs), field), field);
  });

  it("leaves out nothing of the release but the namespace, roles for people and the optional configuration", function () {
    const theirs = released();
    if (theirs === undefined) return this.skip();
    const names = new Set(operatorObjects(1).map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    const missing = theirs.map(({ kind, metadata }) => `${kind}/${metadata.name}`).filter((name) => !names.has(name));
    assert.deepEqual(
      missing.filter((name) => !/^ClusterRole\/cnpg-.*-(editor|viewer)-role$/.test(name)),
      ["Namespace/cnpg-system"],
    );
  });
});

describe("the Barman Cloud plugin", () => {
  it("is found by the operator: name, port and the Secrets of certificates that are really made", () => {
    const objects = barmanPluginObjects();
    const service = ofKind(objects, "Service");
    const made = objects.filter(({ kind }) => kind === "Certificate").map((object) => at(object, "spec", "secretName"));
    assert.equal(service.metadata.labels?.["cnpg.io/pluginName"], "barman-cloud.cloudnative-pg.io");
    for (const which of ["Client", "Server"]) assert.ok(made.includes(service.metadata.annotations?.[`cnpg.io/plugin${which}Secret`]));
    const mounted = at(ofKind(objects, "Deployment"), "spec", "template", "spec", "volumes") as { secret: { secretName: string } }[];
    assert.deepEqual(mounted.map(({ secret }) => secret.secretName).sort(), [...made].sort());
  });

  it("runs images whose tags carry the leading v", () => {
    const text = JSON.stringify(barmanPluginObjects());
    assert.ok(text.includes(`plugin-barman-cloud:v`) && text.includes(`plugin-barman-cloud-sidecar:v`));
  });
});
