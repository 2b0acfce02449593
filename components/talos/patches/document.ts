import { stringify } from "yaml";
import type { NodeSettings, Settings } from "../../../config/settings";

/** One YAML document that Talos merges into a machine config: a part of the main config, or a document with `kind`. */
export type PatchDocument = Readonly<Record<string, unknown>>;

/** One concern of a machine config: the documents that say it, none when it has nothing to say about this node. */
export type Patch = (settings: Settings, node: NodeSettings) => readonly PatchDocument[];

/** A document of its own kind, such as `HostnameConfig`. */
export function typed(kind: string, fields: PatchDocument): PatchDocument {
  return { apiVersion: "v1alpha1", kind, ...fields };
}

/** The YAML of a patch. Every string is quoted, so that no reader takes `off`, `0x10` or `1_000` for something else. */
export function toYaml(document: PatchDocument): string {
  return stringify(document, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 });
}

/** Whether the node runs etcd and the Kubernetes API. */
export function isControlPlane(node: NodeSettings): boolean {
  return node.role === "controlplane";
}
