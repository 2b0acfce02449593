/** What a test sees of tenants on a cluster: their fences, what Flux says of them, and all that there is. */
import assert from "node:assert/strict";
import { waitUntil } from "../../../components/gates/wait";
import type { KubeClient } from "../../../lab/kubernetes/client";
import { conditionStatus, type KubeObject, listAt, textAt } from "../../../lab/kubernetes/objects";

const SYNCS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces";

/** What keeps a namespace's pods in. */
export async function fences(
  client: KubeClient,
  namespace: string,
): Promise<{ readonly level: string | undefined; readonly hard: Readonly<Record<string, string>> }> {
  const [found, quota] = await Promise.all([
    client.find(`/api/v1/namespaces/${namespace}`),
    client.find<KubeObject & { readonly spec: { readonly hard: Readonly<Record<string, string>> } }>(
      `/api/v1/namespaces/${namespace}/resourcequotas/tenant`,
    ),
  ]);
  return { level: found?.metadata.labels?.["pod-security.kubernetes.io/enforce"], hard: quota?.spec.hard ?? {} };
}

/** Whether Flux has looked at this commit. */
export function isAbout(sync: KubeObject, commit: string): boolean {
  return (textAt(sync, "status", "lastAttemptedRevision") ?? "").endsWith(commit);
}

export function readyMessage(sync: KubeObject): string {
  const ready = listAt(sync, "status", "conditions").find((condition) => textAt(condition, "type") === "Ready");
  return textAt(ready, "message") ?? "";
}

/** Waits until the platform is applied but for Keycloak, which takes long: until then the API server learns of new kinds and is slow. */
export async function platformReady(client: KubeClient): Promise<void> {
  await waitUntil({
    what: "the platform",
    deadline: 120,
    inARow: 2,
    look: async () => {
      const syncs = await client.list(`${SYNCS}/flux-system/kustomizations`);
      const late = syncs.filter((sync) => conditionStatus(sync, "Ready") !== "True").map(({ metadata }) => metadata.name);
      const state = late.filter((name) => !name.startsWith("keycloak")).join(", ");
      return state === "" && syncs.length > 3 ? { ready: true } : { ready: false, state };
    },
  });
}

/** Waits until what Flux says of a Kustomization is as it should be, and returns it. */
export async function synced(client: KubeClient, namespace: string, name: string, is: (sync: KubeObject) => boolean): Promise<KubeObject> {
  let found: KubeObject | undefined;
  await waitUntil({
    what: `the Kustomization ${namespace}/${name}`,
    deadline: 60,
    interval: 0.25,
    look: async () => {
      found = await client.find(`${SYNCS}/${namespace}/kustomizations/${name}`);
      if (found !== undefined && is(found)) return { ready: true };
      return { ready: false, state: JSON.stringify(found?.status ?? "none") };
    },
  });
  assert.ok(found !== undefined);
  return found;
}

/** Whatever comes and goes by itself. */
const FLEETING = [
  "events",
  "leases",
  "endpointslices",
  "endpoints",
  "pods",
  "replicasets",
  "ciliumendpoints",
  "componentstatuses",
  "ipaddresses",
  "jobs",
];

/** Every object of the cluster -> its uid. */
export async function everything(client: KubeClient): Promise<ReadonlyMap<string, string>> {
  type List = { resources: readonly { name: string; verbs: readonly string[] }[] };
  const { groups } = await client.request<{ groups: readonly { preferredVersion: { groupVersion: string } }[] }>("GET", "/apis");
  const bases = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(
    bases.map(async (base) => {
      const { resources } = await client.request<List>("GET", base);
      const listable = resources.filter(({ name, verbs }) => verbs.includes("list") && !FLEETING.includes(name));
      const lists = await Promise.all(
        listable.map(async ({ name }) => (await client.list(`${base}/${name}`)).map((object) => [name, object] as const)),
      );
      return lists.flat();
    }),
  );
  return new Map(found.flat().map(([name, { metadata }]) => [`${name} ${metadata.namespace ?? ""}/${metadata.name}`, metadata.uid ?? ""]));
}
