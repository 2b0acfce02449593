import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { KubeClient } from "../kubernetes/client";
import { standInReport } from "../kubernetes/stand-ins";
import type { KubeObject } from "../kubernetes/objects";
import type { Session } from "../session";
import { control } from "../daemon/control";
import type { DaemonStatus } from "../daemon/daemon";
import { waitUntil } from "../../components/gates/wait";
import { table } from "../../cli/table";

export interface RunFacts {
  readonly seconds: number;
  readonly phases: readonly { readonly phase: string; readonly seconds: number }[];
  readonly changes: Readonly<Record<string, number>>;
}

/** Flux' kinds that say whether they are Ready, with their API paths. */
const FLUX_KINDS: readonly (readonly [kind: string, path: string])[] = [
  ["FluxInstance", "/apis/fluxcd.controlplane.io/v1/fluxinstances"],
  ["GitRepository", "/apis/source.toolkit.fluxcd.io/v1/gitrepositories"],
  ["OCIRepository", "/apis/source.toolkit.fluxcd.io/v1/ocirepositories"],
  ["Kustomization", "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"],
  ["HelmRelease", "/apis/helm.toolkit.fluxcd.io/v2/helmreleases"],
  ["Receiver", "/apis/notification.toolkit.fluxcd.io/v1/receivers"],
];

/** What the world stands in for; what the cluster adds is in its own report. */
const WORLD_STAND_INS = ["Proxmox hosts", "Talos nodes", "Image Factory", "Cloudflare account", "flux-operator's chart"];

/** Seconds that the tree's objects may take to become Ready after the first sync. */
const SYNC_DEADLINE = 600;

/** Waits until every Flux object is Ready. @throws GateError naming those that are not. */
export async function fluxSettled(kubeconfig: string): Promise<void> {
  const client = clientOf(kubeconfig);
  await waitUntil({
    what: "every Flux object to be Ready",
    deadline: SYNC_DEADLINE,
    interval: 0.5,
    look: async () => {
      const objects = (
        await Promise.all(FLUX_KINDS.map(async ([kind, path]) => (await list(client, path)).map((object) => ({ kind, object }))))
      ).flat();
      const late = objects
        .filter(({ object }) => readiness(object)[0] !== "Ready")
        .map(({ kind, object }) => `${kind} ${object.metadata.name}`);
      const synced = objects.some(({ kind }) => kind === "Kustomization");
      return synced && late.length === 0 ? { ready: true } : { ready: false, state: synced ? late.join(", ") : "no Kustomization yet" };
    },
  });
}

/** Tables of nodes, Flux objects, addresses and times, and how to go on. */
export async function printReport(session: Session, facts: RunFacts): Promise<void> {
  console.log(`\n${await fluxReport(session.home.kubeconfig)}\n\n${addressTable(session)}\n`);
  console.log(facts.phases.map(({ phase, seconds }) => `${phase} ${seconds.toFixed(1)} s`).join(", "));
  const changes = Object.entries(facts.changes).map(([op, count]) => `${count} ${op}`);
  console.log(`${changes.length === 0 ? "nothing changed" : changes.join(", ")}, in ${facts.seconds.toFixed(1)} s`);
  const { remarks } = await control<DaemonStatus>(session.home.socket, "status");
  console.log(
    `\nstand-ins: ${[...WORLD_STAND_INS, ...standInReport().map(({ kind }) => kind)].join(", ")} (README.md says what each leaves out)`,
  );
  for (const remark of remarks) console.log(`note: ${remark}`);
  console.log(
    `\nkubectl --kubeconfig ${session.home.kubeconfig} get pods -A\nnpm run lab -- destroy   takes it all down, npm run lab -- down stops the lab's processes`,
  );
}

/** Nodes and Flux objects of the cluster that a kubeconfig names. */
export async function fluxReport(kubeconfig: string): Promise<string> {
  const client = clientOf(kubeconfig);
  return `${await nodeTable(client)}\n\n${await fluxTable(client)}`;
}

/** A client for the cluster that a kubeconfig names. */
export function clientOf(path: string): KubeClient {
  const config = parse(readFileSync(path, "utf8")) as Kubeconfig; // as Talos writes it
  const [cluster] = config.clusters;
  const [user] = config.users;
  if (cluster === undefined || user === undefined) throw new Error(`${path} names no cluster`);
  const server = new URL(cluster.cluster.server);
  const pem = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");
  return new KubeClient({
    host: server.hostname,
    port: Number(server.port),
    ca: pem(cluster.cluster["certificate-authority-data"]),
    certificate: pem(user.user["client-certificate-data"]),
    key: pem(user.user["client-key-data"]),
  });
}

/** What of a kubeconfig tells how to log in. */
export interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } }[];
  readonly users: readonly { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } }[];
}

interface Conditioned extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: { readonly kubeletVersion: string; readonly osImage: string };
  };
}

async function list(client: KubeClient, path: string): Promise<readonly Conditioned[]> {
  const answer = await client.request("GET", path).catch(() => undefined);
  return (answer as { readonly items?: readonly Conditioned[] } | undefined)?.items ?? [];
}

function readiness(object: Conditioned): readonly [state: string, message: string] {
  const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
  return [ready?.status === "True" ? "Ready" : "not Ready", (ready?.message ?? "").split("\n")[0]?.slice(0, 70) ?? ""];
}

async function nodeTable(client: KubeClient): Promise<string> {
  const nodes = await list(client, "/api/v1/nodes");
  const rows = nodes.map((node) => {
    const addresses = (node.status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
    return [
      node.metadata.name,
      readiness(node)[0],
      addresses.join(", "),
      node.status?.nodeInfo?.kubeletVersion ?? "",
      node.status?.nodeInfo?.osImage ?? "",
    ];
  });
  return table(["node", "state", "address", "kubelet", "os"], rows);
}

async function fluxTable(client: KubeClient): Promise<string> {
  const rows: string[][] = [];
  for (const [kind, path] of FLUX_KINDS) {
    for (const object of await list(client, path)) {
      const [state, message] = readiness(object);
      // A Receiver's message holds its path, and who knows that can make Flux sync.
      rows.push([kind, `${object.metadata.namespace ?? ""}/${object.metadata.name}`, state, kind === "Receiver" ? "" : message]);
    }
  }
  return table(["kind", "name", "state", "message"], rows);
}

function addressTable({ settings }: Session): string {
  const { network, cluster } = settings;
  return table(
    ["address", "of"],
    [[cluster.endpointUrl, "Kubernetes API"], ...Object.entries(network.addresses).map(([name, address]) => [address, name])],
  );
}
