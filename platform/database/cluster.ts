import type { PlatformFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import type { DatabaseRequest } from "../kit/requests";
import { IMAGES } from "../versions";
import { BARMAN_PLUGIN } from "./barman-plugin";

const GROUP = "postgresql.cnpg.io/v1";

/** Label by which CloudNativePG applies a changed password without a restart. */
export const RELOAD = { "cnpg.io/reload": "true" } as const;

/** Labels that the operator puts on every instance of a cluster. */
export function instanceLabels(name: string): Readonly<Record<string, string>> {
  return { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" };
}

/** How PostgreSQL's extensions are called, each with the image that brings it. */
const EXTENSIONS = { pgvector: { sql: "vector", image: IMAGES.pgvector } } as const;

/** Where a cluster comes from: empty, or out of its backups. */
export type Origin = "new" | "backup";

/** The Cluster of a request. `archived`: it archives into the ObjectStore of its own name. */
export function databaseCluster(
  request: DatabaseRequest,
  namespace: string,
  facts: Pick<PlatformFacts, "storageClass">,
  archived: boolean,
  origin: Origin = "new",
): KubeObject {
  const { name, database, owner, secret, sizeGiB, instances, extensions = [] } = request;
  const plugin = { name: BARMAN_PLUGIN, parameters: { barmanObjectName: name } };
  return {
    apiVersion: GROUP,
    kind: "Cluster",
    metadata: {
      name,
      namespace,
      // A restored cluster goes on in the archive that it came out of, on a new timeline.
      ...(origin === "backup" ? { annotations: { "cnpg.io/skipEmptyWalArchiveCheck": "enabled" } } : {}),
    },
    spec: {
      instances,
      imageName: IMAGES.postgresql,
      bootstrap:
        origin === "new"
          ? { initdb: { database, owner, secret: { name: secret }, dataChecksums: true } }
          : { recovery: { source: name, database, owner, secret: { name: secret } } },
      ...(origin === "new"
        ? {}
        : { externalClusters: [{ name, plugin: { ...plugin, parameters: { ...plugin.parameters, serverName: name } } }] }),
      storage: { size: `${sizeGiB}Gi`, ...(facts.storageClass === undefined ? {} : { storageClass: facts.storageClass }) },
      // With a single instance a disruption budget would keep its node from ever being drained.
      enablePDB: instances > 1,
      affinity: { enablePodAntiAffinity: true, podAntiAffinityType: "preferred", topologyKey: "kubernetes.io/hostname" },
      ...(extensions.length === 0
        ? {}
        : { postgresql: { extensions: extensions.map((each) => ({ name: each, image: { reference: EXTENSIONS[each].image } })) } }),
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
      ...(archived ? { plugins: [{ ...plugin, isWALArchiver: true }] } : {}),
    },
  };
}

/** Switches the requested extensions on inside the database; nothing where there are none. */
export function databaseExtensions({ name, database, owner, extensions = [] }: DatabaseRequest, namespace: string): readonly KubeObject[] {
  if (extensions.length === 0) return [];
  return [
    {
      apiVersion: GROUP,
      kind: "Database",
      metadata: { name, namespace },
      spec: {
        cluster: { name },
        name: database,
        owner,
        databaseReclaimPolicy: "retain",
        extensions: extensions.map((each) => ({ name: EXTENSIONS[each].sql, ensure: "present" })),
      },
    },
  ];
}
