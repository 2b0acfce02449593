import { field, textAt } from "../objects";
import { CLUSTERS, isHealthy } from "./postgres-cluster";
import type { StandIn, StandInContext } from "./stand-in";

const DATABASES = "/apis/postgresql.cnpg.io/v1/databases";

/** Stand-in for the instance that switches a database's extensions on, once its cluster serves. */
export const postgresDatabase: StandIn = {
  kind: "PostgreSQL Database",
  why: "the primary applies it inside PostgreSQL; apps that need an extension wait for it",
  watches: [DATABASES, CLUSTERS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  const healthy = items(CLUSTERS).filter(isHealthy);
  for (const { metadata, ...database } of items(DATABASES)) {
    const { namespace = "default", name, generation } = metadata;
    const wanted = textAt(database, "spec", "cluster", "name");
    const serves = healthy.some((cluster) => cluster.metadata.namespace === namespace && cluster.metadata.name === wanted);
    const done = field(database, "status", "applied") === true && field(database, "status", "observedGeneration") === generation;
    if (!serves || done) continue;
    await client.merge(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/databases/${name}/status`, {
      status: { applied: true, observedGeneration: generation },
    });
  }
}
