import { conditionStatus, field, type KubeObject, listAt, textAt } from "../objects";
import { readyCondition, resolves, SECRETS } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

/** Collection of CloudNativePG's clusters. */
export const CLUSTERS = "/apis/postgresql.cnpg.io/v1/clusters";
const STORES = "/apis/barmancloud.cnpg.io/v1/objectstores";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
const SERVICES = "/api/v1/services";

const MANAGER = "hearth-lab-cnpg";
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** What the operator says of a cluster that serves; Flux waits for this very text. */
const HEALTHY = "Cluster in healthy state";

/** Which instances answer at each of a cluster's Services. */
const SERVED = { rw: { "cnpg.io/instanceRole": "primary" }, ro: { "cnpg.io/instanceRole": "replica" }, r: { "cnpg.io/podRole": "instance" } };

/** Stand-in for CloudNativePG's operator: a cluster's Services and its status, once everything that it names is there. */
export const postgresCluster: StandIn = {
  kind: "PostgreSQL Cluster",
  why: "CloudNativePG starts the instances and makes their Services; apps with a database wait for it",
  watches: [CLUSTERS, SECRETS, STORES, CLASSES, DEPLOYMENTS, SERVICES],
  reconcile,
};

async function reconcile(context: StandInContext): Promise<void> {
  const { client, items } = context;
  for (const cluster of items(CLUSTERS)) {
    const { namespace = "default", name, deletionTimestamp } = cluster.metadata;
    if (deletionTimestamp !== undefined || missing(cluster, items).length > 0) continue;
    for (const service of services(cluster)) {
      const there = items(SERVICES).some(({ metadata }) => metadata.namespace === namespace && metadata.name === service.metadata.name);
      if (!there) await client.apply(service, { manager: MANAGER, onConflict: "fail" });
    }
    const instances = field(cluster, "spec", "instances");
    if (isHealthy(cluster) && field(cluster, "status", "readyInstances") === instances) continue;
    await client.merge(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/${name}/status`, {
      status: { phase: HEALTHY, instances, readyInstances: instances, currentPrimary: `${name}-1`, conditions: [readyCondition("ClusterIsReady")] },
    });
  }
}

/** Whether the operator, or its stand-in, says that the cluster serves. */
export function isHealthy(cluster: KubeObject): boolean {
  return textAt(cluster, "status", "phase") === HEALTHY;
}

/** Everything that the cluster names and that is not there, in words. */
function missing(cluster: KubeObject, items: StandInContext["items"]): readonly string[] {
  const { namespace = "default" } = cluster.metadata;
  const secrets = items(SECRETS);
  const account = textAt(cluster, "spec", "bootstrap", "initdb", "secret", "name");
  const keys = account === undefined ? [] : ["username", "password"].map((key) => ({ namespace, name: account, key }));
  return [
    ...(operatorRuns(items(DEPLOYMENTS)) ? [] : ["the operator"]),
    ...keys.filter((each) => !resolves(each, secrets)).map(({ name, key }) => `Secret ${name}, key ${key}`),
    ...missingClass(textAt(cluster, "spec", "storage", "storageClass"), items(CLASSES)),
    ...listAt(cluster, "spec", "plugins").flatMap((plugin) => missingOfPlugin(plugin, namespace, items)),
  ];
}

function operatorRuns(deployments: readonly KubeObject[]): boolean {
  return deployments.some((each) => each.metadata.name === "cnpg-controller-manager" && conditionStatus(each, "Available") === "True");
}

function missingClass(name: string | undefined, classes: readonly KubeObject[]): readonly string[] {
  const there = classes.some(({ metadata }) =>
    name === undefined ? metadata.annotations?.[DEFAULT_CLASS] === "true" : metadata.name === name,
  );
  return there ? [] : [name === undefined ? "a default storage class" : `storage class ${name}`];
}

/** The plugin's Service, by which the operator finds it, the certificates that it names, the store and the store's keys. */
function missingOfPlugin(plugin: unknown, namespace: string, items: StandInContext["items"]): readonly string[] {
  const name = textAt(plugin, "name");
  const service = items(SERVICES).find(({ metadata }) => metadata.labels?.["cnpg.io/pluginName"] === name);
  if (service === undefined) return [`plugin ${name ?? ""}`];
  const tls = ["Client", "Server"].map((side) => service.metadata.annotations?.[`cnpg.io/plugin${side}Secret`] ?? "");
  const home = service.metadata.namespace ?? "default";
  const storeName = textAt(plugin, "parameters", "barmanObjectName");
  const store = items(STORES).find(({ metadata }) => metadata.namespace === namespace && metadata.name === storeName);
  return [
    ...tls.filter((each) => !resolves({ namespace: home, name: each }, items(SECRETS))).map((each) => `Secret ${each}`),
    ...(store === undefined ? [`ObjectStore ${storeName ?? ""}`] : missingKeys(store, namespace, items(SECRETS))),
  ];
}

function missingKeys(store: KubeObject, namespace: string, secrets: readonly KubeObject[]): readonly string[] {
  return ["accessKeyId", "secretAccessKey"].flatMap((side) => {
    const reference = field(store, "spec", "configuration", "s3Credentials", side);
    const [name = "", key] = [textAt(reference, "name"), textAt(reference, "key")];
    return resolves({ namespace, name, key }, secrets) ? [] : [`Secret ${name}, key ${key ?? ""}`];
  });
}

/** They go with their cluster. */
function services(cluster: KubeObject): readonly KubeObject[] {
  const { namespace, name, uid } = cluster.metadata;
  const { apiVersion, kind } = cluster;
  return Object.entries(SERVED).map(([suffix, role]) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: `${name}-${suffix}`,
      namespace,
      labels: { "cnpg.io/cluster": name },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: { selector: { "cnpg.io/cluster": name, ...role }, ports: [{ name: "postgres", port: 5432, targetPort: 5432 }] },
  }));
}
