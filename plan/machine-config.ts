import { isRecord } from "../config/path";
import type { NodeSettings, Settings } from "../config/settings";
import { PATCHES } from "../components/talos/patches";
import { toYaml, type PatchDocument } from "../components/talos/patches/document";
import { differences, type Difference } from "./differences";
import { generatedConfig } from "./generated-config";
import { withoutLogin } from "./secrets";
import { textDiff } from "./text-diff";

/** What the patches of a node say, as one map: the main config's fields, other documents under their kind and name. */
export type ConfigView = Readonly<Record<string, unknown>>;

/** The patches of a node and the inputs of the config under them, to be compared by field. Holds what an extension keeps private. */
export function configView(settings: Settings, node: NodeSettings): ConfigView {
  const documents = documentsOf(settings, node);
  const main = documents.filter((document) => !("kind" in document)).reduce<PatchDocument>(merged, {});
  const others = documents.flatMap((document) => ("kind" in document ? [[titleOf(document), document] as const] : []));
  return { ...main, ...Object.fromEntries(others), generated: generatedConfig(settings, node) };
}

/** How two configs of one node differ, field by field. A field of a document of its own begins with the document's kind. */
export function configDifferences(before: ConfigView, after: ConfigView): readonly Difference[] {
  return differences(before, after);
}

/** The diff of a node's patches as it may be shown; an absent side is a node that was not or will not be there. */
export function configDiff(before: NodeConfig | undefined, after: NodeConfig | undefined): readonly string[] {
  const hidden = { before: privateValues(before), after: privateValues(after) };
  const text = (config: NodeConfig | undefined, moment: "before" | "after"): string => {
    if (config === undefined) return "";
    const values = hidden[moment];
    const placeholder = (key: string): string => {
      const [old, now] = [hidden.before.get(key), hidden.after.get(key)];
      const suffix = old !== undefined && now !== undefined && old !== now ? `, ${moment}` : "";
      return values.has(key) ? `[hidden ${key}${suffix}]` : "[hidden]";
    };
    return documentsOf(config.settings, config.node)
      .map((document) => withoutLogin(toYaml(withoutPrivate(document, placeholder))))
      .join("---\n");
  };
  return textDiff(text(before, "before"), text(after, "after"));
}

/** A node within its settings. */
export interface NodeConfig {
  readonly settings: Settings;
  readonly node: NodeSettings;
}

function documentsOf(settings: Settings, node: NodeSettings): readonly PatchDocument[] {
  return Object.values(PATCHES).flatMap((patch) => patch(settings, node));
}

function titleOf(document: PatchDocument): string {
  const { kind, name } = document;
  return typeof name === "string" ? `${String(kind)}/${name}` : String(kind);
}

/** Maps merge by key, anything else is replaced: no two patches of ours write to one list. */
function merged(into: PatchDocument, document: PatchDocument): PatchDocument {
  const entries = Object.entries(document).map(([key, value]) => {
    const there = into[key];
    return [key, isRecord(there) && isRecord(value) ? merged(there, value) : value] as const;
  });
  return { ...into, ...Object.fromEntries(entries) };
}

/** Files and environment of extensions, which may hold a password, by a name that is safe to print. */
function privateValues(config: NodeConfig | undefined): ReadonlyMap<string, string> {
  if (config === undefined) return new Map();
  const documents = documentsOf(config.settings, config.node).filter(({ kind }) => kind === EXTENSION);
  return new Map(
    documents.flatMap((document) => [
      ...itemsOf(document, "configFiles").map((file) => [fileKey(document, file), textAt(file, "content")] as const),
      ...environmentOf(document).map((entry) => [variableKey(document, entry), entry] as const),
    ]),
  );
}

const EXTENSION = "ExtensionServiceConfig";

function withoutPrivate(document: PatchDocument, placeholder: (key: string) => string): PatchDocument {
  if (document["kind"] !== EXTENSION) return document;
  const files = itemsOf(document, "configFiles").map((file) => ({ ...file, content: placeholder(fileKey(document, file)) }));
  const environment = environmentOf(document).map((entry) => `${nameOf(entry)}=${placeholder(variableKey(document, entry))}`);
  return { ...document, ...(files.length > 0 && { configFiles: files }), ...(environment.length > 0 && { environment }) };
}

function itemsOf(document: PatchDocument, field: string): readonly Readonly<Record<string, unknown>>[] {
  const items = document[field];
  return Array.isArray(items) ? items.filter(isRecord) : [];
}

function environmentOf(document: PatchDocument): readonly string[] {
  const { environment } = document;
  return Array.isArray(environment) ? environment.map(String) : [];
}

function fileKey(document: PatchDocument, file: Readonly<Record<string, unknown>>): string {
  return `${textAt(document, "name")} ${textAt(file, "mountPath")}`;
}

function variableKey(document: PatchDocument, entry: string): string {
  return `${textAt(document, "name")} ${nameOf(entry)}`;
}

/** The name of `NAME=value`; an entry without a name is all value. */
function nameOf(entry: string): string {
  return entry.includes("=") ? entry.slice(0, entry.indexOf("=")) : "variable";
}

function textAt(record: Readonly<Record<string, unknown>>, field: string): string {
  return String(record[field] ?? "");
}
