/**
 * What the program makes of settings, as data: the model that a plan without the state compares. test/plan/resources.test.ts
 * holds it against the program itself.
 */
import { ciliumValues } from "../components/cilium/values";
import { ingressRules } from "../components/edge/tunnel";
import { fluxInstanceSpec } from "../components/flux/instance";
import { haPlans, machinePlan } from "../components/machines/plan";
import { accessPlans } from "../components/proxmox-access/plan";
import { imagesToKeep, type MadeFrom } from "../components/talos/kept-images";
import { downloadsFor } from "../components/talos/images";
import { distinctSchematics } from "../components/talos/schematic";
import type { Settings } from "../config/settings";
import type { SecretSource } from "../platform/kit/secrets";
import { edgeHost } from "../platform/names";
import { namespacesOf, secretsOf } from "../platform/plan";
import { bootstrapTolerations } from "../platform/storage/proxmox-nodes";
import { configView } from "./machine-config";
import type { Redactor } from "./secrets";

/** A resource that the program would ask the engine for. */
export interface PlannedResource {
  /** In words; with the name it is unique. */
  readonly kind: string;
  /** Logical name, as in the program. */
  readonly name: string;
  /** Plain data without a secret. */
  readonly inputs: unknown;
  /** Inputs, as `disks.*.fileId`, that no provider changes in place. */
  readonly replaceOn?: readonly string[];
  /** The same, but only for another value in the place of one: what is new, or gone, is changed in place. */
  readonly replaceBetween?: readonly string[];
  /** Inputs that are left as they are once the resource is there. */
  readonly ignore?: readonly string[];
  /** The engine refuses to delete or replace it. */
  readonly guard?: "protected";
  /** First step of an input -> what its change does, where the name does not say it. */
  readonly remarks?: Readonly<Record<string, string>>;
  /** What goes with it, or stays. */
  readonly onDelete?: string;
  /** Whether a table may show the inputs' values. @default "hidden" */
  readonly values?: "shown" | "hidden";
}

/**
 * Every resource of the settings but the components, in the order of the road.
 * @param previous Which image each machine was made from before.
 */
export function resourcesOf(settings: Settings, redact: Redactor, previous: MadeFrom = {}): readonly PlannedResource[] {
  const made = [
    ...edge(settings),
    ...images(settings, previous),
    ...machines(settings),
    ...talos(settings),
    ...access(settings),
    ...inCluster(settings),
    ...seeds(settings),
  ];
  return [...providers(settings), ...made].map((resource) => ({ ...resource, inputs: redact(resource.inputs) }));
}

function providers({ proxmox, cloudflare, cluster, endpoints }: Settings): readonly PlannedResource[] {
  return [
    ...proxmox.map(({ name, endpoint, token, tls }) => ({ kind: "provider", name: `proxmox-${name}`, inputs: { endpoint, token, insecure: tls.mode === "insecure" } })), // prettier-ignore
    ...(cloudflare === undefined ? [] : [{ kind: "provider", name: "cloudflare", inputs: { token: cloudflare.token } }]),
    { kind: "provider", name: "talos", inputs: { imageFactory: endpoints.imageFactory }, values: "shown" },
    {
      kind: "provider",
      name: "kubernetes",
      inputs: { clusterIdentifier: `hearth-${cluster.name}` },
      replaceOn: ["clusterIdentifier"],
      onDelete: "everything in the cluster is made anew with it",
      values: "shown",
    },
  ];
}

/** What forces a new one: Cloudflare's provider, `dns_record`, `zero_trust_tunnel_cloudflared` and its config, schema of v5. */
function edge({ cloudflare, cluster }: Settings): readonly PlannedResource[] {
  const [primary] = cluster.domains;
  if (cloudflare === undefined || primary === undefined) return [];
  const { accountId, tunnelName, zones } = cloudflare;
  return [
    { kind: "random text", name: "tunnel-secret", inputs: { length: 32 } },
    {
      kind: "tunnel",
      name: "tunnel",
      inputs: { accountId, name: tunnelName },
      replaceOn: ["accountId"],
      onDelete: "the cluster cannot be reached from the Internet until cloudflared has the new token",
      values: "shown",
    },
    { kind: "tunnel rules", name: "tunnel-ingress", inputs: { accountId, ingresses: ingressRules(cluster.domains) }, replaceOn: ["accountId"], values: "shown" }, // prettier-ignore
    { kind: "DNS record", name: edgeHost(primary), inputs: { zoneId: zones[primary] }, replaceOn: ["zoneId"], values: "shown" },
  ];
}

/** What forces a new one: bpg/proxmox, `virtual_environment_download_file`. */
function images(settings: Settings, previous: MadeFrom): readonly PlannedResource[] {
  const schematics = distinctSchematics(settings).map(({ id, yaml }) => ({
    kind: "schematic",
    name: `schematic-${id.slice(0, 12)}`,
    inputs: { schematic: yaml },
    onDelete: "machines that were made from it stay",
  }));
  const downloads = [...downloadsFor(settings), ...imagesToKeep(settings, previous)].map(({ key, nodeName, datastore, url, fileName }) => ({
    kind: "image",
    name: key,
    inputs: { nodeName, datastore, url, fileName },
    replaceOn: ["nodeName", "datastore", "url", "fileName"],
    values: "shown" as const,
  }));
  return [...schematics, ...downloads];
}

/** What forces a new machine: bpg/proxmox, `proxmoxtf/resource/vm`; the host does not, since `migrate` is on. */
const NEW_MACHINE = ["vmId", "clone", "disks.*.fileId", "initialization.type"];
/** The same source, `forceNewOnTPMVersionChange` and `forceNewOnEFIDiskTypeChange`: both leave alone what one side has not got. */
const NEW_MACHINE_BETWEEN = ["tpmState.version", "efiDisk.type"];

function machines(settings: Settings): readonly PlannedResource[] {
  const guard = settings.cluster.deletionProtection ? ({ guard: "protected" } as const) : {};
  const virtual = machinePlan(settings).map(({ node, args, ignoreChanges }) => ({
    kind: "machine",
    name: node.name,
    inputs: args,
    replaceOn: NEW_MACHINE,
    replaceBetween: NEW_MACHINE_BETWEEN,
    ignore: ignoreChanges.map((path) => path.replace(/\[(\d+)\]/g, ".$1")),
    ...guard,
    remarks: { nodeName: "it is migrated, which needs both hosts in the Proxmox cluster" },
    onDelete: node.role === "controlplane" ? "its disks go with it, and etcd loses a member" : "its disks go with it",
    values: "shown" as const,
  }));
  const apart = haPlans(settings).flatMap(({ resources, rule }) => [
    ...Object.entries(resources).map(([name, inputs]) => ({ kind: "HA resource", name: `ha-${name}`, inputs, replaceOn: ["resourceId"] })),
    { kind: "HA rule", name: `ha-${rule.rule}`, inputs: rule, replaceOn: ["rule", "type"] },
  ]);
  return [...virtual, ...apart];
}

function talos(settings: Settings): readonly PlannedResource[] {
  const guard = settings.cluster.deletionProtection ? ({ guard: "protected" } as const) : {};
  const configs = settings.nodes.map((node) => ({
    kind: "machine config",
    name: `config-${node.name}`,
    // By field; only their names are shown, since an extension's files may hold a password.
    inputs: { node: node.address.ipv4, ...configView(settings, node) },
    onDelete: "the node keeps the config that it has",
  }));
  return [
    { kind: "machine secrets", name: "machine-secrets", inputs: {}, ...guard },
    ...configs,
    { kind: "record", name: "bootstrap", inputs: {} },
    {
      kind: "kubeconfig",
      name: "kubeconfig",
      inputs: { node: settings.nodes.find(({ role }) => role === "controlplane")?.address.ipv4 },
      values: "shown",
    },
  ];
}

/** What forces a new one: bpg/proxmox, users, roles, rules and tokens. */
function access(settings: Settings): readonly PlannedResource[] {
  return accessPlans(settings, secretsOf(settings)).flatMap(({ proxmox, user, userId, grants }) => {
    const key = `${proxmox}-${user}`;
    return [
      { kind: "Proxmox user", name: `user-${key}`, inputs: { userId }, replaceOn: ["userId"], values: "shown" as const },
      { kind: "Proxmox token", name: `token-${key}`, inputs: { userId }, replaceOn: ["userId"], onDelete: "whoever uses it is locked out until it has the new one" }, // prettier-ignore
      ...grants.flatMap(({ name, roleId, path, privileges }) => [
        { kind: "Proxmox role", name: `role-${key}-${name}`, inputs: { roleId, privileges }, replaceOn: ["roleId"], values: "shown" as const }, // prettier-ignore
        { kind: "Proxmox rule", name: `acl-${key}-${name}`, inputs: { userId, roleId, path }, replaceOn: ["userId", "roleId", "path"], values: "shown" as const }, // prettier-ignore
      ]),
    ];
  });
}

function inCluster(settings: Settings): readonly PlannedResource[] {
  return [
    { kind: "Helm release", name: "cilium", inputs: { values: ciliumValues(settings) } },
    { kind: "record", name: "nodes-ready", inputs: {} },
    { kind: "Helm release", name: "flux-operator", inputs: { tolerations: bootstrapTolerations(settings) } },
    { kind: "FluxInstance", name: "flux-instance", inputs: { spec: fluxInstanceSpec(settings) } },
    { kind: "record", name: "first-sync", inputs: {} },
  ];
}

function seeds(settings: Settings): readonly PlannedResource[] {
  const namespaces = namespacesOf(settings).map(({ name, podSecurity }) => ({
    kind: "Namespace",
    name: `namespace/${name}`,
    inputs: { podSecurity },
    onDelete: "only leaves the state: it stays in the cluster with what is in it",
    values: "shown" as const,
  }));
  const specs = secretsOf(settings);
  const secrets = specs.map(({ namespace, name, type, labels, data }) => ({
    kind: "Secret",
    name: `secret/${namespace}/${name}`,
    inputs: { type, labels, data },
    replaceOn: ["type"],
  }));
  const texts = new Map(
    specs.flatMap((spec) => Object.entries(spec.data).flatMap(([key, source]) => randomTexts(`${spec.namespace}/${spec.name}/${key}`, source))), // prettier-ignore
  );
  const random = [...texts].map(([name, inputs]) => ({
    kind: "random text",
    name,
    inputs,
    replaceOn: ["length", "alphabet"],
    onDelete: "its value is lost",
    values: "shown" as const,
  }));
  return [...random, ...namespaces, ...secrets];
}

/** Random texts that a key of a Secret is made of: logical name -> form. */
function randomTexts(name: string, source: SecretSource): readonly (readonly [string, unknown])[] {
  switch (source.from) {
    case "generated":
      return [[source.shared === undefined ? name : `shared/${source.shared}`, { length: source.length, alphabet: source.alphabet }]];
    case "age-identity":
      return [["age-identity", { length: 32 }]];
    case "joined":
      return source.parts.flatMap((part, index) => randomTexts(`${name}/${index}`, part));
    default:
      return [];
  }
}
