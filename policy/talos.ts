import { parseAllDocuments } from "yaml";
import { isRecord } from "../config/path";
import type { Resource } from "./resource";
import { textAt, textsAt } from "./values";

/** What any rule looks at: of a patch without these words it need not be known what it says. */
const LOOKED_AT = /\b(cluster|install|kubelet|nodeTaints|pods)\b/;

/** Nodes share most of their patches. */
const parsed = new Map<string, readonly unknown[]>();

/** The documents of a machine config's patches, those with anything in them that a rule looks at. */
export function patchesOf({ props }: Resource): readonly unknown[] {
  return textsAt(props, "configPatches").flatMap((text) => {
    if (!LOOKED_AT.test(text)) return [];
    const known = parsed.get(text) ?? parseAllDocuments(text).flatMap((document) => merged(document.toJS()));
    parsed.set(text, known);
    return known;
  });
}

/** Images of Kubernetes that a patch names, by where they stand: `cluster.apiServer.image`. */
export function kubernetesImagesIn(patch: unknown): readonly { readonly where: string; readonly image: string }[] {
  return IMAGES.map((path) => ({ where: path.join("."), image: textAt(patch, ...path) })).filter(({ image }) => image !== "");
}

const IMAGES = [
  ["machine", "kubelet", "image"],
  ...["apiServer", "controllerManager", "scheduler", "proxy"].map((part) => ["cluster", part, "image"]),
];

/** A document as a patch to be merged: Talos takes lists of changes (RFC 6902), too. */
function merged(document: unknown): readonly unknown[] {
  if (!Array.isArray(document)) return [document];
  return document.filter(isRecord).map((change) => {
    const keys = textAt(change, "path").split("/").slice(1).map(unescaped);
    const value = change["op"] === "remove" ? { $patch: "delete" } : change["value"];
    return keys.reduceRight<unknown>((inner, key) => (/^(\d+|-)$/.test(key) ? [inner] : { [key]: inner }), value);
  });
}

function unescaped(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}
