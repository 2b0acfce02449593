/** Everything that a lab leaves behind, as sources for the scan, and the files that may hold secrets. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { LabHome } from "../../lab/home";
import type { KubeClient } from "../../lab/kubernetes/client";
import type { Finding, Source } from "./canary-scan";

/** A kind of place that may hold secrets in the clear. */
export interface OwnerOnly {
  /** A file that only its owner can read, in a folder that only its owner can enter; or an object that only those see who may read its kind. */
  readonly place: "file" | "cluster object";
  /** Below the lab's folder, or the object's API path. */
  readonly path: RegExp;
  /** Which secrets, by name. */
  readonly holds: RegExp;
  readonly why: string;
}

const MACHINE_SECRETS = /machineSecrets\./;
const WEBHOOK_PATH = /fluxWebhookPath|Flux webhook path/;

/** All of them. An entry that nothing needs any more turns the test red as much as a secret that no entry allows. */
export const OWNER_ONLY: readonly OwnerOnly[] = [
  { place: "file", path: /^passphrase$/, holds: /^lab passphrase$/, why: "opens the state's secrets; the engine reads it from a file" },
  { place: "file", path: /^git-token$/, holds: /git/, why: "lets the daemon and the next command speak to the lab's Git server" },
  { place: "file", path: /^kubeconfig$/, holds: /kubeconfig/, why: "the administrator's way in" },
  { place: "file", path: /^talosconfig$/, holds: /talosconfig/, why: "the administrator's way in" },
  {
    place: "file",
    path: /^pki\/[a-zA-Z0-9-]+\.key$/,
    holds: /^lab pki|machineSecrets\.certs/,
    why: "etcd and the control plane read their keys from files",
  },
  { place: "file", path: /^pki\/[a-z-]+\.kubeconfig$/, holds: /^lab pki/, why: "controllers read their credentials from files" },
  {
    place: "file",
    path: /^pki\/encryption-config\.yaml$/,
    holds: /secretboxEncryptionSecret$/,
    why: "kube-apiserver reads from it the key that Secrets are kept with",
  },
  { place: "file", path: /^flux\/[a-z-]+\/token$/, holds: /^lab flux/, why: "a pod's token, as a kubelet would mount it" },
  {
    place: "file",
    path: /^tmp\/kubeconfig\d+$/,
    holds: /kubeconfig/,
    why: "the Kubernetes provider writes it for Helm, and leaves it there",
  },
  { place: "file", path: /^world\.json$/, holds: MACHINE_SECRETS, why: "the nodes' disks: each holds its machine config, as in Talos" },
  {
    place: "file",
    path: /^etcd\//,
    holds: WEBHOOK_PATH,
    why: "notification-controller writes the path into the Receiver's status, and only Secrets are encrypted",
  },
  {
    place: "file",
    path: /^log\/notification-controller\.log$/,
    holds: WEBHOOK_PATH,
    why: "notification-controller logs the path that it serves",
  },
  {
    place: "cluster object",
    path: /\/receivers flux-system\/flux-webhook$/,
    holds: WEBHOOK_PATH,
    why: "notification-controller writes it into the Receiver's status",
  },
];

/** Every file of the lab, by kind, with who can get at it; sockets are left out, and what goes away meanwhile. */
export function labFiles({ dir }: LabHome): readonly Source[] {
  return filesBelow(dir).flatMap((path) => {
    const where = relative(dir, path);
    return unlessGone(() => {
      const [file = 0, folder = 0] = [path, dirname(path)].map((each) => lstatSync(each).mode & 0o777);
      return [{ channel: channelOf(where), where, data: withoutPadding(readFileSync(path)), modes: { file, folder } }];
    });
  });
}

/** The list, empty when a file went away while it was made. */
function unlessGone<T>(list: () => readonly T[]): readonly T[] {
  try {
    return list();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function channelOf(path: string): string {
  if (path.startsWith("state/")) return "state";
  if (path.startsWith("home.git/")) return "Git files";
  if (path.startsWith("etcd/")) return "etcd";
  if (/^(world\.json|events\.jsonl)$/.test(path)) return "world files";
  if (/^(log|pulumi-home\/logs)\//.test(path)) return "logs";
  return "lab files";
}

function filesBelow(folder: string): readonly string[] {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true })).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

/** Etcd's log is made at its full size, all zeros. */
function withoutPadding(data: Buffer): Buffer {
  let end = data.length;
  while (end >= 4096 && data.readDoubleLE(end - 8) === 0) end -= 8;
  return data.subarray(0, end);
}

/** Every object of a Git repository, reachable or not, inflated. */
export async function gitObjects(repository: string): Promise<readonly Source[]> {
  const run = (...args: readonly string[]): Promise<{ stdout: Buffer }> =>
    promisify(execFile)("git", ["--git-dir", repository, ...args], { encoding: "buffer", maxBuffer: 1 << 28 });
  const { stdout } = await run("cat-file", "--batch", "--batch-all-objects", "--unordered");
  return [{ channel: "Git objects", where: "all objects", data: stdout }];
}

/** Files of a tree that was rendered. */
export function treeFiles(tree: ReadonlyMap<string, string>): readonly Source[] {
  return [...tree].map(([where, text]) => ({ channel: "tree", where, data: Buffer.from(text) }));
}

/** Every object that the API server serves but Secrets, as its readers see it. */
export async function clusterObjects(client: KubeClient): Promise<readonly Source[]> {
  const groups = await client.request<{ groups: readonly { preferredVersion: { groupVersion: string } }[] }>("GET", "/apis");
  const versions = ["/api/v1", ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = versions.map(async (version) => {
    const { resources } = await client.request<{ resources: readonly Resource[] }>("GET", version);
    const kinds = resources.filter(
      ({ name, verbs }) => verbs.includes("list") && !name.includes("/") && !(version === "/api/v1" && name === "secrets"),
    );
    return Promise.all(kinds.map(({ name }) => objectsOf(client, `${version}/${name}`)));
  });
  return (await Promise.all(lists)).flat(2);
}

interface Resource {
  readonly name: string;
  readonly verbs: readonly string[];
}

async function objectsOf(client: KubeClient, path: string): Promise<readonly Source[]> {
  const objects = await client.list(path);
  return objects.map((object) => {
    const { namespace, name } = object.metadata;
    return { channel: "cluster objects", where: `${path} ${namespace ?? ""}/${name}`, data: Buffer.from(JSON.stringify(object)) };
  });
}

/** A finding, the entry of the table that allows it, and what makes it a leak all the same. */
export interface Judged {
  readonly finding: Finding;
  readonly entry: OwnerOnly | undefined;
  /** Undefined where all is well. */
  readonly leak: string | undefined;
}

/** Holds a finding against the table and, where it is in a file, against the modes of the file and of its folder. */
export function judge(finding: Finding): Judged {
  const place = finding.channel === "cluster objects" ? "cluster object" : finding.modes === undefined ? "nowhere to keep it" : "file";
  const entry = OWNER_ONLY.find((each) => each.place === place && each.path.test(finding.where) && each.holds.test(finding.canary));
  return { finding, entry, leak: entry === undefined ? "no entry of the table allows it" : openToOthers(finding) };
}

/** In which way a file is open to others than its owner. */
function openToOthers({ modes }: Finding): string | undefined {
  if (modes === undefined) return undefined;
  if (modes.file !== 0o600 && modes.file !== 0o400) return `its mode is ${modes.file.toString(8)}`;
  return modes.folder === 0o700 ? undefined : `its folder has mode ${modes.folder.toString(8)}`;
}
