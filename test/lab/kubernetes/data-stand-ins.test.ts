import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { postgresCluster } from "../../../lab/kubernetes/stand-ins/postgres-cluster";
import { postgresDatabase } from "../../../lab/kubernetes/stand-ins/postgres-database";
import type { StandIn } from "../../../lab/kubernetes/stand-ins/stand-in";
import { talosServiceAccount } from "../../../lab/kubernetes/stand-ins/talos-service-account";

const CLUSTERS = "/apis/postgresql.cnpg.io/v1/clusters";
const DATABASES = "/apis/postgresql.cnpg.io/v1/databases";
const STORES = "/apis/barmancloud.cnpg.io/v1/objectstores";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
const SECRETS = "/api/v1/secrets";
const SERVICES = "/api/v1/services";
const ACCOUNTS = "/apis/talos.dev/v1alpha1/serviceaccounts";

type World = Record<string, readonly KubeObject[]>;

function object(kind: string, name: string, namespace: string, more: Record<string, unknown> = {}, meta: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: "v1", kind, ...more, metadata: { name, namespace, uid: `uid-${name}`, generation: 1, ...meta } };
}

const secret = (name: string, namespace: string, ...keys: string[]): KubeObject =>
  object("Secret", name, namespace, { data: Object.fromEntries(keys.map((key) => [key, "eA=="])) });

/** Everything that a cluster with backups wants. */
function world(): World {
  const plugin = { name: "barman", isWALArchiver: true, parameters: { barmanObjectName: "db" } };
  const initdb = { database: "a", owner: "a", secret: { name: "db-app" } };
  const spec = { instances: 2, bootstrap: { initdb }, storage: { storageClass: "csi" }, plugins: [plugin] };
  const s3Credentials = { accessKeyId: { name: "db-s3", key: "ID" }, secretAccessKey: { name: "db-s3", key: "KEY" } };
  const annotations = { "cnpg.io/pluginClientSecret": "client", "cnpg.io/pluginServerSecret": "server" };
  return {
    [CLUSTERS]: [{ ...object("Cluster", "db", "app", { spec }), apiVersion: "postgresql.cnpg.io/v1" }],
    [STORES]: [object("ObjectStore", "db", "app", { spec: { configuration: { s3Credentials } } })],
    [CLASSES]: [object("StorageClass", "csi", "")],
    [DEPLOYMENTS]: [object("Deployment", "cnpg-controller-manager", "cnpg", { status: { conditions: [{ type: "Available", status: "True" }] } })],
    [SECRETS]: [
      secret("db-app", "app", "username", "password"),
      secret("db-s3", "app", "ID", "KEY"),
      secret("client", "cnpg", "tls.crt"),
      secret("server", "cnpg", "tls.crt"),
    ],
    [SERVICES]: [object("Service", "barman", "cnpg", {}, { labels: { "cnpg.io/pluginName": "barman" }, annotations })],
  };
}

/** What a stand-in applies and merges in this world, as `kind name` and paths. */
async function written(standIn: StandIn, objects: World): Promise<{ applied: KubeObject[]; merged: [string, unknown][] }> {
  const [applied, merged]: [KubeObject[], [string, unknown][]] = [[], []];
  const none = <T>(): T => Object() as T; // nothing reads the answers
  const client = {
    apply: async <T>(given: KubeObject): Promise<T> => {
      applied.push(given);
      return none();
    },
    merge: async <T>(path: string, patch: unknown): Promise<T> => {
      merged.push([path, patch]);
      return none();
    },
  };
  const never = async (path: string): Promise<void> => Promise.reject(new Error(`deleted ${path}`));
  await standIn.reconcile({ client: { ...client, delete: never }, items: (path) => objects[path] ?? [] });
  return { applied, merged };
}

describe("the stand-in for CloudNativePG's clusters", () => {
  it("makes the three Services, which go with their cluster, and says that it is healthy", async () => {
    const { applied, merged } = await written(postgresCluster, world());
    assert.deepEqual(
      applied.map(({ metadata }) => metadata.name),
      ["db-rw", "db-ro", "db-r"],
    );
    assert.ok(applied.every((each) => JSON.stringify(each.metadata).includes("uid-db")));
    assert.equal(merged[0]?.[0], "/apis/postgresql.cnpg.io/v1/namespaces/app/clusters/db/status");
    assert.match(JSON.stringify(merged[0]?.[1]), /"phase":"Cluster in healthy state".*"readyInstances":2/);
  });

  it("says nothing while any one thing that the cluster names is missing", async () => {
    const every = world();
    for (const [path, list] of Object.entries(every).filter(([key]) => key !== CLUSTERS)) {
      for (const gone of list) {
        const { applied, merged } = await written(postgresCluster, { ...every, [path]: list.filter((each) => each !== gone) });
        assert.deepEqual([applied, merged], [[], []], `${gone.kind} ${gone.metadata.name}`);
      }
    }
    for (const gone of ["username", "password"]) {
      const account = secret("db-app", "app", ...["username", "password"].filter((key) => key !== gone));
      const secrets = (every[SECRETS] ?? []).map((each) => (each.metadata.name === "db-app" ? account : each));
      assert.deepEqual((await written(postgresCluster, { ...every, [SECRETS]: secrets })).merged, [], gone);
    }
  });

  it("takes the default class for a cluster that names none, and waits while there is none", async () => {
    const every = world();
    const spec = { instances: 1, storage: { size: "1Gi" } };
    const plain = { ...every, [CLUSTERS]: [object("Cluster", "db", "app", { spec })] };
    assert.deepEqual((await written(postgresCluster, plain)).merged, []);
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
    const classes = [object("StorageClass", "csi", "", {}, { annotations })];
    assert.equal((await written(postgresCluster, { ...plain, [CLASSES]: classes })).merged.length, 1);
  });

  it("writes nothing twice, and leaves a cluster that is being deleted alone", async () => {
    const every = world();
    const { applied, merged } = await written(postgresCluster, every);
    const [cluster] = every[CLUSTERS] ?? [];
    assert.ok(cluster !== undefined);
    const status = (merged[0]?.[1] as { status: unknown }).status;
    const after = { ...every, [CLUSTERS]: [{ ...cluster, status }], [SERVICES]: [...(every[SERVICES] ?? []), ...applied] };
    assert.deepEqual(await written(postgresCluster, after), { applied: [], merged: [] });
    const going = { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    assert.deepEqual(await written(postgresCluster, { ...every, [CLUSTERS]: [going] }), { applied: [], merged: [] });
  });
});

describe("the stand-in for CloudNativePG's databases", () => {
  const database = object("Database", "db", "app", { spec: { cluster: { name: "db" } } });
  const cluster = (phase: string, namespace = "app"): KubeObject => object("Cluster", "db", namespace, { status: { phase } });

  it("applies one once its cluster, in its namespace, is healthy", async () => {
    const merged = async (...clusters: KubeObject[]): Promise<number> =>
      (await written(postgresDatabase, { [DATABASES]: [database], [CLUSTERS]: clusters })).merged.length;
    assert.equal(await merged(), 0);
    assert.equal(await merged(cluster("Setting up primary")), 0);
    assert.equal(await merged(cluster("Cluster in healthy state", "other")), 0);
    assert.equal(await merged(cluster("Cluster in healthy state")), 1);
  });
});

describe("the stand-in for Talos' service accounts", () => {
  const account = (roles: readonly string[]): KubeObject => object("ServiceAccount", "backup", "talos-backup", { spec: { roles } });

  it("writes a Secret of the account's name, once", async () => {
    const [made, ...rest] = (await written(talosServiceAccount, { [ACCOUNTS]: [account(["os:etcd:backup"])] })).applied;
    assert.deepEqual([made?.kind, made?.metadata.name, made?.metadata.namespace, rest], ["Secret", "backup", "talos-backup", []]);
    assert.ok(made !== undefined);
    assert.deepEqual((await written(talosServiceAccount, { [ACCOUNTS]: [account(["os:etcd:backup"])], [SECRETS]: [made] })).applied, []);
  });

  it("writes none for an account that asks for no role", async () => {
    assert.deepEqual((await written(talosServiceAccount, { [ACCOUNTS]: [account([])] })).applied, []);
  });
});
