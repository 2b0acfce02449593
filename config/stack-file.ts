/** Reads `Pulumi.<stack>.yaml` without Pulumi: no passphrase, no network. Secrets are known to be set, not what they are. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  Scalar,
  visit,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLParseError,
} from "yaml";
import { SettingsError } from "./messages";
import { suggestion } from "./nearest";
import { isRecord, parsePath, type Path } from "./path";
import { distinct, problem, type Problem } from "./problem";
import { sectionFromText, sectionOf } from "./pulumi-config";
import { resolveSettings, type ResolveOptions } from "./resolve";
import { PROJECT } from "./schema";
import { isSecretField } from "./secret-fields";
import { SecretValue } from "./secret-value";
import type { Settings } from "./settings";
import { UserError } from "./user-error";
import { otherReading } from "./yaml-scalars";

export interface StackFileOptions extends Pick<ResolveOptions, "apps" | "further" | "rules"> {
  /** Name of the stack. @default from the file's name */
  readonly stack?: string;
  /** Whether settings that lack a needed secret are a problem. @default "optional" */
  readonly secrets?: ResolveOptions["secrets"];
}

/** What Pulumi itself keeps in a stack file. */
export interface StackFileHeader {
  readonly secretsProvider?: string;
  readonly encryptionSalt?: string;
  readonly encryptedKey?: string;
}

export interface StackFile {
  readonly stack: string;
  /** Present exactly when there is no problem. */
  readonly settings?: Settings;
  readonly problems: readonly Problem[];
  /** What was written: section -> value, secrets as `SecretValue`. Empty when the file is not YAML. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly header: StackFileHeader;
}

const OWN_KEYS = ["config", "secretsprovider", "encryptionsalt", "encryptedkey", "environment"];

/** The stack's name in `Pulumi.<stack>.yaml`. @throws UserError when the file is not named so. */
export function stackNameOf(path: string): string {
  const name = /^Pulumi\.([\w.-]+)\.yaml$/.exec(basename(path))?.[1];
  if (name === undefined) throw new UserError(`${path} is not named like a stack file: Pulumi.<stack>.yaml`);
  return name;
}

/**
 * Reads, checks and resolves a stack file.
 * @throws UserError when the file cannot be read. Mistakes in it are problems, never thrown.
 */
export function loadStackFile(path: string, options: StackFileOptions = {}): StackFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new UserError(
      code === "ENOENT"
        ? `There is no stack file ${path}. \`npm run init\` writes one.`
        : `The stack file ${path} cannot be read (${code}).`,
    );
  }
  return readStackFile(text, { ...options, stack: options.stack ?? stackNameOf(path) });
}

/**
 * The settings of a stack file.
 * @throws UserError when it cannot be read, SettingsError with every problem when it has any.
 */
export function settingsFromFile(path: string, options: StackFileOptions = {}): Settings {
  const { settings, problems } = loadStackFile(path, options);
  if (settings === undefined) throw new SettingsError(problems, path);
  return settings;
}

/** As `loadStackFile`, on the file's text. Throws nothing. */
export function readStackFile(text: string, options: StackFileOptions & { readonly stack: string }): StackFile {
  const { stack, secrets = "optional", apps, further, rules } = options;
  const lines = new LineCounter();
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    version: "1.2",
    merge: false,
    logLevel: "silent",
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  const nothing = { stack, raw: {}, header: {} };
  if (document === undefined)
    return { ...nothing, problems: [problem("file.syntax", [], "is empty", "`npm run init` writes a stack file")] };
  const broken = syntaxProblems(document, second, lines);
  if (broken.length > 0) return { ...nothing, problems: broken };
  const own = fileProblems(document, lines);
  // what an alias stands for may be missing or without end
  if (hasAlias(document)) return { ...nothing, problems: distinct(own) };
  const { raw, problems: twice } = rawConfig(document);
  const resolved = resolveSettings(raw, { stack, secrets, apps, further, rules });
  const doubtful = new Set(own.map(({ path }) => path));
  const rest = [...twice, ...resolved.problems]
    .filter(({ path }) => !doubtful.has(path))
    .map((each) => ({ ...each, line: lineOf(document, each.path, lines) }));
  const problems = distinct([...own, ...rest]);
  const header = headerOf(document);
  return problems.length > 0 ? { stack, problems, raw, header } : { stack, settings: resolved.settings, problems, raw, header };
}

function lineAt(node: { readonly range?: readonly number[] | null } | undefined, lines: LineCounter): number | undefined {
  const offset = node?.range?.[0];
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

/** What is broken, in words. The reader's own message quotes the text, and the text may be a secret. */
function wordsOf({ code }: YAMLParseError): string {
  return code.toLowerCase().replaceAll("_", " ");
}

function syntaxProblems(document: Document, second: Document | undefined, lines: LineCounter): readonly Problem[] {
  const found: Problem[] = document.errors.map((error) => {
    const isTwice = error.code === "DUPLICATE_KEY";
    const message = isTwice ? "a key stands twice in one map" : `is not YAML: ${wordsOf(error)}`;
    return {
      ...problem("file.syntax", [], message, isTwice ? "remove one of them" : "mend the YAML"),
      line: lines.linePos(error.pos[0]).line,
    };
  });
  if (second !== undefined) found.push(problem("file.syntax", [], "holds more than one YAML document", "remove what follows `---`"));
  if (found.length === 0 && !isMap(document.contents))
    found.push(problem("file.syntax", [], "is not a map", "`npm run init` writes a stack file"));
  return found;
}

/** Where a node stands, in the words of the settings: below `config`, sections without the project's name. */
function settingPath(path: Path): Path {
  const [top, key, ...rest] = path;
  if (top !== "config" || key === undefined) return path;
  return [sectionOf(String(key), PROJECT) ?? String(key), ...rest];
}

function stepsOf(ancestors: readonly unknown[]): (string | number)[] {
  return ancestors.flatMap((ancestor, index): readonly (string | number)[] => {
    const child = ancestors[index + 1];
    if (isPair(ancestor)) return [isScalar(ancestor.key) ? String(ancestor.key.value) : "?"];
    if (isSeq(ancestor)) return [ancestor.items.indexOf(child)];
    return [];
  });
}

/** The path, no further than to a secret: below it, what is taken for a key may be a part of one. */
function upToSecret(path: Path): Path {
  const end = path.findIndex((_, index) => isSecretField(path.slice(0, index + 1)));
  return end < 0 ? path : path.slice(0, end + 1);
}

/** Problems of the file itself, rather than of the settings in it. None quotes what is written: it may be a secret in clear. */
function fileProblems(document: Document, lines: LineCounter): readonly Problem[] {
  const found: Problem[] = [];
  const report = (
    rule: string,
    path: Path,
    node: { readonly range?: readonly number[] | null } | undefined,
    message: string,
    fix: string,
  ): number => found.push({ ...problem(rule, upToSecret(settingPath(path)), message, fix), line: lineAt(node, lines) });
  visit(document, {
    Node(key, node, ancestors) {
      const path = stepsOf([...ancestors.slice(1), node]);
      if (isAlias(node))
        return void report(
          "file.no-anchors",
          path,
          node,
          "is an alias, which Pulumi writes out when it rewrites the file",
          "write the value itself",
        );
      if (node.anchor !== undefined)
        report("file.no-anchors", path, node, "has an anchor, which Pulumi drops when it rewrites the file", "remove it");
      if (node.tag !== undefined)
        report("file.no-tags", path, node, "has a tag, or begins with an exclamation mark", "remove it, or quote the whole text");
      if (!isScalar(node) || node.type !== Scalar.PLAIN || node.source === undefined) return;
      if (path[0] !== "config") return;
      const reading = otherReading(node.source);
      if (reading !== undefined) report("file.quote", path, node, `may be read as ${reading}`, "quote it");
      else if (key === "key" && typeof node.value !== "string") report("file.quote", path, node, "is a key, but not a text", "quote it");
    },
  });
  for (const [key, node] of topLevel(document)) {
    if (key === "environment")
      report(
        "file.environment",
        [key],
        node,
        "pulls settings from Pulumi Cloud (ESC), which cannot be checked here",
        "write the settings into this file",
      );
    else if (!OWN_KEYS.includes(key))
      report(
        "file.unknown-key",
        [key],
        node,
        "is not a key of a stack file",
        key.includes(":") ? "indent it under config:" : suggestion(key, OWN_KEYS.slice(0, -1)),
      );
  }
  return found;
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, { Alias: () => ((found = true), visit.BREAK) });
  return found;
}

function topLevel(document: Document): readonly (readonly [string, { readonly range?: readonly number[] | null } | undefined])[] {
  const { contents } = document;
  if (!isMap(contents)) return [];
  return contents.items.map(({ key }) => (isScalar(key) ? [String(key.value), key] : ["?", undefined]));
}

function isSecure(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

/** Plain data with `{secure: ...}` as a secret whose text is unknown. */
function withSecrets(value: unknown): unknown {
  if (isSecure(value)) return SecretValue.encrypted();
  if (Array.isArray(value)) return value.map(withSecrets);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSecrets(item)]));
  return value;
}

/** The sections under `config`. A key without a namespace belongs to the project, as Pulumi has it. */
function rawConfig(document: Document): { readonly raw: Record<string, unknown>; readonly problems: readonly Problem[] } {
  const root: unknown = document.toJS();
  const config = isRecord(root) ? root["config"] : undefined;
  const raw: Record<string, unknown> = {};
  const problems: Problem[] = [];
  if (config !== undefined && config !== null && !isRecord(config))
    problems.push(problem("shape.type", ["config"], "is not a map", "write a map of hearth:<section> keys"));
  for (const [key, value] of Object.entries(isRecord(config) ? config : {})) {
    const section = sectionOf(key, PROJECT);
    if (section === undefined) continue;
    if (Object.hasOwn(raw, section))
      problems.push(problem("file.one-name", [section], `stands twice, as ${section} and ${PROJECT}:${section}`, "keep one"));
    raw[section] = typeof value === "string" ? sectionFromText(value) : withSecrets(value);
  }
  return { raw, problems };
}

function headerOf(document: Document): StackFileHeader {
  const text = (key: string): string | undefined => {
    const value: unknown = document.get(key);
    return typeof value === "string" ? value : undefined;
  };
  return { secretsProvider: text("secretsprovider"), encryptionSalt: text("encryptionsalt"), encryptedKey: text("encryptedkey") };
}

function pairAt(map: YAMLMap, step: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && (String(key.value) === step || String(key.value) === `${PROJECT}:${step}`));
}

/** The line of a setting, or of the nearest one above it that is there. */
function lineOf(document: Document, path: string, lines: LineCounter): number | undefined {
  const config: unknown = document.get("config", true);
  let node: unknown = config;
  let line: number | undefined;
  for (const step of parsePath(path)) {
    if (isMap(node)) {
      const pair = pairAt(node, String(step));
      if (pair === undefined) return line;
      line = lineAt(isScalar(pair.key) ? pair.key : undefined, lines) ?? line;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      const item: unknown = node.items[step];
      line = (isScalar(item) || isMap(item) ? lineAt(item, lines) : undefined) ?? line;
      node = item;
    } else return line;
  }
  return line;
}
