import { field, type KubeObject, textAt } from "../objects";
import { isReady, readyCondition, resolves, SECRETS, secretReferences } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

/** Collections of cert-manager's issuers. */
export const CLUSTER_ISSUERS = "/apis/cert-manager.io/v1/clusterissuers";
export const ISSUERS = "/apis/cert-manager.io/v1/issuers";

/** Where cert-manager looks for the Secrets of a kind that has no namespace. */
const CLUSTER_RESOURCES = "cert-manager";

/** Stand-in for cert-manager's look at a ClusterIssuer. */
export const clusterIssuer: StandIn = {
  kind: "ClusterIssuer",
  why: "cert-manager registers with the CA or loads its key; apps that ask for certificates wait for it",
  watches: [CLUSTER_ISSUERS, SECRETS],
  reconcile: (context) => reconcile(context, CLUSTER_ISSUERS),
};

/** The same for an Issuer, whose Secrets lie beside it. */
export const issuer: StandIn = {
  kind: "Issuer",
  why: "cert-manager loads its key; apps that ask for certificates wait for it",
  watches: [ISSUERS, SECRETS],
  reconcile: (context) => reconcile(context, ISSUERS),
};

async function reconcile({ client, items }: StandInContext, collection: string): Promise<void> {
  for (const object of items(collection)) {
    if (isReady(object) || !canSign(object, items(SECRETS))) continue;
    const { namespace, name } = object.metadata;
    const path = namespace === undefined ? `${collection}/${name}` : collection.replace("/issuers", `/namespaces/${namespace}/issuers/${name}`);
    await client.merge(`${path}/status`, { status: { conditions: [readyCondition("Issued", object.metadata.generation)] } });
  }
}

/** Whether everything that the issuer signs by is there: a CA's key pair, the credentials of every solver, or nothing. */
function canSign(object: KubeObject, secrets: readonly KubeObject[]): boolean {
  const namespace = object.metadata.namespace ?? CLUSTER_RESOURCES;
  if (field(object, "spec", "selfSigned") !== undefined) return true;
  const ca = textAt(object, "spec", "ca", "secretName");
  if (ca !== undefined) return resolves({ namespace, name: ca, key: "tls.key" }, secrets);
  const solvers = field(object, "spec", "acme", "solvers");
  return Array.isArray(solvers) && solvers.length > 0 && secretReferences(solvers, namespace).every((each) => resolves(each, secrets));
}
