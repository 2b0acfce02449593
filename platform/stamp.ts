import { createHash } from "node:crypto";
import type { Settings } from "../config/settings";
import { canonicalJson } from "./kit/yaml";

/** File of the stamp in the tree; kustomize lists it nowhere. */
export const STAMP_FILE = "hearth.json";

/** Raised when the layout of the tree changes. */
const FORMAT_VERSION = 1;

/** Says of which settings a tree is the tree. */
export interface TreeStamp {
  readonly formatVersion: number;
  readonly stack: string;
  /** `sha256:` over the settings; a secret counts as set or not set, never by its text. */
  readonly settingsHash: string;
  /** `sha256:` over every other file of the tree. */
  readonly treeHash: string;
}

/** `sha256:` over paths and texts, whatever their order; the stamp itself does not count. */
export function treeHash(files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const path of [...files.keys()].filter((name) => name !== STAMP_FILE).sort()) {
    const text = files.get(path) ?? "";
    hash.update(`${Buffer.byteLength(path)}:${path}${Buffer.byteLength(text)}:${text}`);
  }
  return `sha256:${hash.digest("hex")}`;
}

/** `sha256:` over the settings without the text of any secret. */
export function settingsHash(settings: Settings): string {
  return `sha256:${createHash("sha256").update(canonicalJson(settings)).digest("hex")}`;
}

/** Text of the stamp for a tree. */
export function stampText(settings: Settings, files: ReadonlyMap<string, string>): string {
  const stamp: TreeStamp = {
    formatVersion: FORMAT_VERSION,
    stack: settings.stack,
    settingsHash: settingsHash(settings),
    treeHash: treeHash(files),
  };
  return `${JSON.stringify(stamp, null, 2)}\n`;
}

/** A stamp as it was read from somewhere; undefined when the text is no stamp. */
export function parseStamp(text: string): TreeStamp | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { formatVersion, stack, settingsHash: settingsPart, treeHash: treePart } = value as Partial<Record<keyof TreeStamp, unknown>>;
  if (typeof formatVersion !== "number" || typeof stack !== "string") return undefined;
  if (typeof settingsPart !== "string" || typeof treePart !== "string") return undefined;
  return { formatVersion, stack, settingsHash: settingsPart, treeHash: treePart };
}

/**
 * What keeps one tree from being the other, in words; undefined when they are the same.
 * `wanted` is rendered here, `found` stands on the remote (undefined: there is none, or it is unreadable).
 */
export function stampDifference(wanted: TreeStamp, found: TreeStamp | undefined): string | undefined {
  if (found === undefined) return "there is no rendered tree";
  if (found.formatVersion !== wanted.formatVersion)
    return `it has format ${found.formatVersion}, this program renders ${wanted.formatVersion}`;
  if (found.stack !== wanted.stack) return `it is the tree of stack ${found.stack}, not ${wanted.stack}`;
  if (found.treeHash !== wanted.treeHash) return "it was rendered from other settings or by another version";
  if (found.settingsHash !== wanted.settingsHash) return "its settings differ, though not in what Flux applies";
  return undefined;
}
