import { isRecord } from "../../../config/path";
import type { Settings } from "../../../config/settings";
import { vendoredFiles } from "../../../platform/crds/vendored";
import type { KubeObject } from "../../../platform/kit/objects";
import type { AppHost, OidcClientRequest } from "../../../platform/kit/requests";
import type { SecretSpec } from "../../../platform/kit/secrets";
import { declarePlatform, namespacesOf, planPlatform, secretsOf, type NamespaceSpec } from "../../../platform/plan";
import { once } from "../../once";
import { crdHeads } from "../crd-schema";

/** One stage of the tree as the rules see it. */
export interface StageFacts {
  readonly app: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly objects: readonly KubeObject[];
  /** `group/Kind` of every CRD that the stage brings. */
  readonly crds: readonly string[];
}

/** A whole platform, as plain data that a test may doctor. */
export interface TreeFacts {
  readonly settings: Settings;
  readonly stages: readonly StageFacts[];
  readonly namespaces: readonly NamespaceSpec[];
  readonly secrets: readonly SecretSpec[];
  readonly hosts: readonly (AppHost & { readonly app: string; readonly namespace: string })[];
  readonly clients: readonly (OidcClientRequest & { readonly app: string })[];
}

/** The facts of the tree that these settings lead to. */
export const treeFacts = once((settings: Settings): TreeFacts => {
  const platform = declarePlatform(settings);
  return {
    settings,
    stages: planPlatform(settings).flatMap((plan) =>
      plan.stages.map(({ name, dependsOn, objects, vendored }) => ({
        app: plan.name,
        name,
        dependsOn,
        objects,
        crds: vendored.flatMap(({ folder }) => crdsOf(folder)),
      })),
    ),
    namespaces: namespacesOf(settings),
    secrets: secretsOf(settings),
    hosts: platform.apps.flatMap((app) => app.hosts.map((host) => ({ ...host, app: app.name, namespace: app.namespace.name }))),
    clients: platform.apps.flatMap((app) => app.clients.map((client) => ({ ...client, app: app.name }))),
  };
});

/** Vendored files are large and the same in every tree. */
const kinds = new Map<string, readonly string[]>();

/** `group/Kind` of every CRD in a vendored folder. */
export function crdsOf(folder: string): readonly string[] {
  const known = kinds.get(folder);
  if (known !== undefined) return known;
  const found = [...vendoredFiles(folder).values()].flatMap((text) =>
    crdHeads(text).map(({ spec: { group, names } }) => `${group}/${names.kind}`),
  );
  kinds.set(folder, found);
  return found;
}

/** Every object with the stage that it is in. */
export function objectsOf(facts: TreeFacts): readonly { readonly stage: StageFacts; readonly object: KubeObject }[] {
  return facts.stages.flatMap((stage) => stage.objects.map((object) => ({ stage, object })));
}

/** API group of an object; empty for the core group. */
export function groupOf({ apiVersion }: Pick<KubeObject, "apiVersion">): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** `namespace/name`, for messages and look-ups. */
export function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** A value at a path of keys, or undefined. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

/** A list at a path of keys; empty when there is none. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** Every record below a value, itself included, with the keys on the way. */
export function* records(
  value: unknown,
  path: readonly string[] = [],
): Generator<{ record: Readonly<Record<string, unknown>>; path: readonly string[] }> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* records(item, [...path, String(index)]);
  if (!isRecord(value)) return;
  yield { record: value, path };
  for (const [key, field] of Object.entries(value)) yield* records(field, [...path, key]);
}

/** Pod specs of an object that runs pods, whatever its kind. */
export function podSpecs(object: KubeObject): readonly Readonly<Record<string, unknown>>[] {
  return [...records(object)].flatMap(({ record }) => (Array.isArray(record["containers"]) && WORKLOADS.has(object.kind) ? [record] : []));
}

/** Kinds whose pods are ours to look at; an operator's own kinds say less than a pod does. */
const WORKLOADS: ReadonlySet<string> = new Set(["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"]);
