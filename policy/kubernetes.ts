import { isRecord } from "../config/path";
import type { KubeObject } from "../platform/kit/objects";
import type { Resource } from "./resource";
import { isKubernetesObject } from "./types";
import { listAt, records, textAt } from "./values";

/** An object in the cluster, whoever makes it. */
export type ClusterObject = Readonly<Record<string, unknown>>;

/** The object that a resource makes, of the kind that its type says where it says none itself; undefined for what is none. */
export function objectOf({ type, props }: Resource): ClusterObject | undefined {
  if (!isKubernetesObject(type)) return undefined;
  if ("kind" in props && "apiVersion" in props) return props;
  const [, version = "", token = ""] = type.split(":");
  return { apiVersion: version.replace(/^core\//, ""), kind: token.replace(/Patch$/, ""), ...props };
}

/** Whether an object is of a kind of Kubernetes' own group, which has no name: a Secret, whatever type of the provider makes it. */
export function isCore(object: ClusterObject | KubeObject | undefined, kind: string): boolean {
  return object !== undefined && object["kind"] === kind && groupOf(object) === "";
}

/** API group of an object; empty for Kubernetes' own. */
export function groupOf(object: ClusterObject | KubeObject): string {
  const apiVersion = textAt(object, "apiVersion");
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** `<kind> <namespace>/<name>`, for messages. */
export function titleOf(object: ClusterObject | KubeObject): string {
  const namespace = textAt(object, "metadata", "namespace");
  return `${textAt(object, "kind")} ${namespace === "" ? "" : `${namespace}/`}${textAt(object, "metadata", "name")}`;
}

/** `<group>/<kind> <namespace>/<name>`: what one object is, whatever its version. */
export function identityOf(object: ClusterObject | KubeObject): string {
  return `${groupOf(object) || "core"}/${textAt(object, "kind")} ${textAt(object, "metadata", "namespace")}/${textAt(object, "metadata", "name")}`;
}

/** Kinds whose pods are looked at; an operator's own kinds say less than a pod does. */
const WORKLOADS: ReadonlySet<string> = new Set([
  "CronJob",
  "DaemonSet",
  "Deployment",
  "Job",
  "Pod",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
]);

/** Pod specs of an object that runs pods; none for any other. */
export function podSpecs(object: ClusterObject | KubeObject): readonly Readonly<Record<string, unknown>>[] {
  if (!WORKLOADS.has(textAt(object, "kind"))) return [];
  return [...records(object)].filter((record) => Array.isArray(record["containers"]));
}

/** Containers of a pod, those that run first included. */
export function containersOf(pod: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((key) => listAt(pod, key)).filter(isRecord);
}
