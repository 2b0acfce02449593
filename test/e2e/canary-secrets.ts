/** Every secret of a lab that is up, each with a name that is safe to print. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { loadStackFile, secretPaths } from "../../config";
import { isRecord } from "../../config/path";
import type { LabHome } from "../../lab/home";
import type { KubeClient } from "../../lab/kubernetes/client";
import { type KubeObject, textAt } from "../../lab/kubernetes/objects";
import type { Session } from "../../lab/session";
import { webhookPath } from "../../platform/webhook-path";
import type { Canary } from "./canary-scan";
import { runCli } from "./canary-recorder";

/** How the engine marks a secret in an export; source: pulumi sdk/go/common/resource/sig. */
const MARK = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" };
/** Inside a secret and known to all: certificates, addresses, versions. */
const PUBLIC = /(^|\.)(cert|caCertificate|clientCertificate|host|chart|talosVersion|clusterName|apiVersion|known_hosts|username)$/;
/** Names of what is secret in a machine config, a kubeconfig or a talosconfig. */
const SECRET_FIELD = /^(key|client-key-data|token|secret|secretboxEncryptionSecret|aescbcEncryptionSecret|bootstrapToken)$/;
/** A secret shorter than this is none, but a word such as a user name. */
const SHORTEST = 16;

/** What was collected. */
export interface Collected {
  /** Each value once, under its first name. */
  readonly canaries: readonly Canary[];
  /** Every name, also of values that have another one already. */
  readonly names: readonly string[];
}

/** Secrets of the settings, of the state, of the seeded Secrets and of the lab itself. */
export async function canariesOf(session: Session, client: KubeClient): Promise<Collected> {
  const groups = [await given(session), await generated(session), await seeded(client), labOwn(session.home)];
  const all = groups.flat().filter(({ value }) => value.length >= SHORTEST);
  const unique = new Map<string, Canary>();
  for (const canary of all) if (!unique.has(canary.value.trim())) unique.set(canary.value.trim(), canary);
  return { canaries: [...unique.values()], names: all.map(({ name }) => name) };
}

/** What the stack file holds, by path. */
async function given({ stack, home }: Session): Promise<readonly Canary[]> {
  const paths = secretPaths(loadStackFile(join(home.project, `Pulumi.${home.stack}.yaml`)).raw);
  const config = await stack.getAllConfig();
  return paths.map((path) => {
    const [section = "", ...rest] = path.split(".");
    const value = rest.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), parse(config[`hearth:${section}`]?.value ?? ""));
    if (typeof value !== "string") throw new Error(`the configuration holds no ${path}`);
    return { name: `given ${path}`, value };
  });
}

/** What the engine keeps encrypted. */
async function generated(session: Session): Promise<readonly Canary[]> {
  const { stdout } = await runCli(session, ["stack", "export", "--show-secrets"]);
  const { deployment } = JSON.parse(stdout) as { readonly deployment: { readonly resources: readonly Exported[] } }; // the engine's own format
  const leaves = deployment.resources.flatMap(({ urn, inputs, outputs }) =>
    [inputs, outputs].flatMap((values) => secretLeaves(values, urn.split("::").slice(2).join(" ").replace(/^.*\$/, ""))),
  );
  return leaves.flatMap(({ name, value }) => [...(isDocument(value) ? inDocument(name, value) : [{ name, value }])]);
}

interface Exported {
  readonly urn: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

function secretLeaves(value: unknown, name: string, state: "plain" | "secret" = "plain"): readonly Canary[] {
  if (typeof value === "string") return state === "secret" && !PUBLIC.test(name) ? [{ name, value }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretLeaves(item, `${name}[${index}]`, state));
  if (!isRecord(value)) return [];
  if (value[MARK.key] === MARK.value) return secretLeaves(JSON.parse(String(value["plaintext"])), name, "secret");
  return Object.entries(value).flatMap(([key, item]) => secretLeaves(item, `${name}.${key}`, state));
}

function isDocument(text: string): boolean {
  return /^[a-zA-Z]+:\s/m.test(text) && text.includes("\n");
}

/** The secret fields of a YAML document: the whole of it is never found where a part of it leaks. */
function inDocument(name: string, text: string): readonly Canary[] {
  return parseAllDocuments(text).flatMap((document) => secretFields(document.toJS(), name));
}

function secretFields(value: unknown, name: string): readonly Canary[] {
  if (Array.isArray(value)) return value.flatMap((item) => secretFields(item, name));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === "string"
      ? SECRET_FIELD.test(key)
        ? [{ name: `${name} ${key}`, value: item }]
        : []
      : secretFields(item, `${name}.${key}`),
  );
}

/** What stands in the cluster's Secrets, whoever made them; Helm's releases hold manifests only. */
async function seeded(client: KubeClient): Promise<readonly Canary[]> {
  const secrets = await client.list<KubeObject>("/api/v1/secrets");
  const fields = secrets
    .filter((secret) => textAt(secret, "type") !== "helm.sh/release.v1")
    .flatMap(({ metadata, ...rest }) =>
      Object.entries(isRecord(rest["data"]) ? rest["data"] : {}).map(([key, value]) => ({ metadata, key, value })),
    );
  return fields.flatMap(({ metadata, key, value }) => {
    const text = Buffer.from(String(value), "base64").toString("utf8");
    const name = `Secret ${metadata.namespace ?? ""}/${metadata.name} ${key}`;
    const path = metadata.name === "flux-webhook-token" ? [{ name: "Flux webhook path", value: webhookPath(text) }] : [];
    return PUBLIC.test(name.replaceAll(" ", ".")) ? [] : [{ name, value: text }, ...path];
  });
}

/** What the lab makes for itself: the state's passphrase, keys that no machine config holds, the tokens of pods. */
function labOwn({ dir, passphrase }: LabHome): readonly Canary[] {
  const files = ["pki", "flux"].flatMap((folder) =>
    readdirSync(join(dir, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const keys = files.filter((file) => /^pki\/.*\.key$|^flux\/[^/]*\/token$/.test(file));
  const kubeconfigs = files.filter((file) => /^pki\/.*\.kubeconfig$/.test(file));
  const read = (file: string): string => readFileSync(join(dir, file), "utf8");
  return [
    { name: "lab passphrase", value: readFileSync(passphrase, "utf8") },
    ...keys.map((file) => ({ name: `lab ${file}`, value: read(file) })),
    ...kubeconfigs.flatMap((file) => inDocument(`lab ${file}`, read(file))),
  ];
}

/** Secrets that every lab has; a run that does not collect one of them proves nothing of it. */
export const EXPECTED: readonly RegExp[] = [
  /^given proxmox\.[a-z]+\.token$/,
  /^given cloudflare\.token$/,
  /^given git\.credentials\.token$/,
  /^given network\.announce\.password$/,
  /^given secrets\./,
  /machineSecrets\.certs\.(etcd|k8s|k8sAggregator|k8sServiceaccount|os)\.key$/,
  /machineSecrets\.cluster\.secret$/,
  /machineSecrets\.secrets\.bootstrapToken$/,
  /machineSecrets\.secrets\.secretboxEncryptionSecret$/,
  /machineSecrets\.trustdinfo\.token$/,
  /Secrets machine-secrets\.clientConfiguration\.clientKey$/,
  /kubernetesClientConfiguration\.clientKey$/,
  /tunnel-secret\.base64$/,
  /(tunnelToken|TUNNEL_TOKEN)$/,
  /age-identity\.base64$/,
  /age\.agekey$/,
  /flux-webhook-token/,
  /(Flux webhook path|fluxWebhookPath)$/,
  /^lab passphrase$/,
];
