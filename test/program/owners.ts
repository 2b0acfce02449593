/** Who owns what: the program's resources, the rendered tree, Talos' manifests, and what the operators of Flux make. */
import { parseAllDocuments } from "yaml";
import { isRecord } from "../../config/path";
import type { Settings } from "../../config/settings";
import { bootstrapManifests } from "../../lab/kubernetes/bootstrap-manifests";
import { APPS } from "../../platform/apps";
import type { App } from "../../platform/kit/app";
import { FLUX_NAMESPACE, SYNC_NAME } from "../../platform/names";
import { declarePlatform } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { identityOf } from "../../policy/kubernetes";
import { machineFacts } from "../lab/kubernetes/facts";
import type { Registered } from "./under-mocks";

/** Something that one owner has: `<group>/<kind> <namespace>/<name>`, or `DNS <name>`. */
export type Owned = string;

/** One owner's name and what is its own. */
export interface Owner {
  readonly name: string;
  readonly owns: readonly Owned[];
}

/** A Kubernetes object as far as its identity goes. */
interface Identified {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What two owners have, or one has twice, with their names. */
export function ownedTwice(owners: readonly Owner[]): readonly string[] {
  const byThing = new Map<Owned, readonly string[]>();
  for (const { name, owns } of owners) for (const thing of owns) byThing.set(thing, [...(byThing.get(thing) ?? []), name]);
  return [...byThing].filter(([, names]) => names.length > 1).map(([thing, names]) => `${thing}: ${names.join(", ")}`);
}

/** Everything in the cluster that the program's resources make; a Helm release counts as one thing. */
export function pulumiOwns(registered: readonly Registered[]): Owner {
  const inCluster = registered.filter(({ type }) => type.startsWith("kubernetes:"));
  const owns = inCluster.map(({ type, inputs }) => {
    if (type === "kubernetes:helm.sh/v3:Release") return releaseOf(String(inputs["namespace"]), String(inputs["name"]));
    if (!isIdentified(inputs)) throw new Error(`${type} has no kind or name in its inputs`);
    return identityOf(inputs);
  });
  const records = registered
    .filter(({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord")
    .map(({ inputs }) => `DNS ${String(inputs["name"])}`);
  return { name: "Pulumi", owns: [...owns, ...records] };
}

/** Every object of the rendered tree, the release behind each HelmRelease, and the DNS names that the apps are reached by. */
export function treeOwns(settings: Settings, apps: readonly App[] = APPS): Owner {
  const objects = treeObjects(settings, apps);
  const releases = objects
    .filter(({ kind }) => kind === "HelmRelease")
    .map((object) => {
      const spec = isRecord(object["spec"]) ? object["spec"] : {};
      return releaseOf(String(spec["targetNamespace"] ?? object.metadata.namespace), String(spec["releaseName"] ?? object.metadata.name));
    });
  return { name: "the tree", owns: [...objects.map(identityOf), ...releases, ...hostsOf(settings, apps).map((host) => `DNS ${host}`)] };
}

/** What Talos applies by itself, with everything on that it can have on; source: lab/kubernetes/bootstrap-manifests.ts. */
export function talosOwns(): Owner {
  return { name: "Talos", owns: bootstrapManifests(machineFacts({ kubernetesTalosApiAccess: true })).map(identityOf) };
}

/** What flux-operator makes of the FluxInstance: its sync. */
export function fluxOperatorOwns(): Owner {
  return {
    name: "flux-operator",
    owns: [
      `source.toolkit.fluxcd.io/GitRepository ${FLUX_NAMESPACE}/${SYNC_NAME}`,
      `kustomize.toolkit.fluxcd.io/Kustomization ${FLUX_NAMESPACE}/${SYNC_NAME}`,
    ],
  };
}

/** The objects of a tree; kustomize's own files are none. */
export function treeObjects(settings: Settings, apps: readonly App[] = APPS): readonly (Identified & Readonly<Record<string, unknown>>)[] {
  return [...renderTree(settings, apps)]
    .filter(([path]) => path.endsWith(".yaml"))
    .flatMap(([, text]) => parsed(text))
    .filter(isIdentified)
    .filter(({ apiVersion }) => !apiVersion.startsWith("kustomize.config.k8s.io/"));
}

/** The vendored CRDs are large, and the same in every tree. */
const documents = new Map<string, readonly unknown[]>();

function parsed(text: string): readonly unknown[] {
  const known = documents.get(text) ?? parseAllDocuments(text).map((document): unknown => document.toJS());
  documents.set(text, known);
  return known;
}

function hostsOf(settings: Settings, apps: readonly App[]): readonly string[] {
  return declarePlatform(settings, apps).apps.flatMap((app) => app.hosts.map(({ host }) => host));
}

function releaseOf(namespace: string, name: string): Owned {
  return `Helm release ${namespace}/${name}`;
}

function isIdentified(value: unknown): value is Identified & Readonly<Record<string, unknown>> {
  return (
    isRecord(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isRecord(value["metadata"]) &&
    typeof value["metadata"]["name"] === "string"
  );
}

/** Where the Secrets of kinds lie that have no namespace; Cilium's is its value `bgpControlPlane.secretsNamespace.name`. */
const SECRETS_OF: Readonly<Record<string, string>> = { CiliumBGPPeerConfig: "kube-system" };

/** `<namespace>/<name>` of every Secret that an object refers to, wherever it does. */
export function secretsReferred(
  object: Readonly<Record<string, unknown>> & { readonly metadata: { readonly namespace?: string } },
): readonly string[] {
  const namespace = object.metadata.namespace ?? SECRETS_OF[String(object["kind"])] ?? "";
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isRecord(value)) return;
    for (const [key, item] of Object.entries(value)) {
      if (/^(secretName|pullSecret|authSecretRef|existingSecret)$/.test(key) && typeof item === "string") found.add(`${namespace}/${item}`);
      else if (/[sS]ecret(Key)?Ref$/.test(key) && isRecord(item))
        found.add(`${String(item["namespace"] ?? namespace)}/${String(item["name"])}`);
      else if (key === "imagePullSecrets" && Array.isArray(item))
        for (const each of item) found.add(`${namespace}/${String(isRecord(each) ? each["name"] : each)}`);
      // A patch of FluxInstance is JSON as text.
      else if (key === "patch" && typeof item === "string") visit(JSON.parse(item));
      else visit(item);
    }
  };
  // A CRD describes fields, it refers to nothing.
  if (object["kind"] !== "CustomResourceDefinition") visit(object);
  return [...found];
}
