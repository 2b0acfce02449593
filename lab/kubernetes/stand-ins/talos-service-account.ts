import { type KubeObject, listAt } from "../objects";
import { resolves, SECRETS } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

const ACCOUNTS = "/apis/talos.dev/v1alpha1/serviceaccounts";

/** What the Secret holds: the lab's pods run no code that would call Talos with it. */
const TALOSCONFIG = Buffer.from("# a stand-in of the lab, no talosconfig\n").toString("base64");

/** Stand-in for Talos' controller of service accounts: a Secret of the account's name, as soon as it asks for a role. */
export const talosServiceAccount: StandIn = {
  kind: "Talos ServiceAccount",
  why: "Talos writes a talosconfig into a Secret of the same name, which pods mount",
  watches: [ACCOUNTS, SECRETS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  for (const account of items(ACCOUNTS)) {
    const { namespace = "default", name, deletionTimestamp } = account.metadata;
    if (deletionTimestamp !== undefined || listAt(account, "spec", "roles").length === 0) continue;
    if (resolves({ namespace, name, key: "config" }, items(SECRETS))) continue;
    await client.apply(secretOf(account), { manager: "hearth-lab-talos", onConflict: "fail" });
  }
}

function secretOf({ apiVersion, kind, metadata: { namespace, name, uid } }: KubeObject): KubeObject {
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
  const metadata = { name, namespace, annotations: { "kubernetes.io/service-account.name": name }, ownerReferences };
  return { apiVersion: "v1", kind: "Secret", metadata, data: { config: TALOSCONFIG } };
}
