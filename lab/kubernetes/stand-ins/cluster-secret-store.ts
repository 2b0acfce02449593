import { field, type KubeObject, textAt } from "../objects";
import { isReady, readyCondition, resolves, SECRETS, secretReferences } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

const STORES = "/apis/external-secrets.io/v1/clustersecretstores";
const ACCOUNTS = "/api/v1/serviceaccounts";
/** Fields that name a Secret and are not called so, whatever the provider. */
const MORE = ["credentials"];

/** Stand-in for the log-in of External Secrets at a store. */
export const clusterSecretStore: StandIn = {
  kind: "ClusterSecretStore",
  why: "External Secrets logs in to the store; whoever reads secrets of it waits",
  watches: [STORES, SECRETS, ACCOUNTS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  for (const object of items(STORES)) {
    if (isReady(object) || !canLogIn(object, items(SECRETS), items(ACCOUNTS))) continue;
    const status = { conditions: [readyCondition("Valid")], capabilities: "ReadWrite" };
    await client.merge(`${STORES}/${object.metadata.name}/status`, { status });
  }
}

/** Whether the credentials, the CA and the service account that the store names are there. It names a namespace with each. */
function canLogIn(object: KubeObject, secrets: readonly KubeObject[], accounts: readonly KubeObject[]): boolean {
  const provider = field(object, "spec", "provider");
  const inSecrets = secretReferences(provider, "", [...MORE, ...(caIsSecret(provider) ? ["caProvider"] : [])]);
  return inSecrets.every((each) => resolves(each, secrets)) && accountsOf(provider).every((each) => isThere(each, accounts));
}

function caIsSecret(provider: unknown): boolean {
  return Object.values(provider ?? {}).some((options) => textAt(options, "caProvider", "type") === "Secret");
}

function accountsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => (key === "serviceAccountRef" ? [item] : accountsOf(item)));
}

function isThere(reference: unknown, accounts: readonly KubeObject[]): boolean {
  const [namespace, name] = [textAt(reference, "namespace"), textAt(reference, "name")];
  return accounts.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}
