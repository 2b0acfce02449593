import { parseDocument } from "yaml";
import { formatPath, isRecord, type Path } from "../config/path";
import { sectionOf } from "../config/pulumi-config";
import { PROJECT } from "../config/schema";
import { SecretValue } from "../config/secret-value";
import type { Settings } from "../config/settings";

/** Setting path -> encrypted text, of every secret that a stack file holds; undefined where the file is not YAML. The texts are compared, never shown. */
function ciphertexts(text: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  const config = configOf(text);
  if (config === undefined) return undefined;
  for (const [key, value] of Object.entries(config)) {
    const section = sectionOf(key, PROJECT);
    if (section !== undefined) collect(value, [section], found);
  }
  return found;
}

/** What is wrong with a file that gives nothing is said among its problems. */
function configOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors.length > 0) return undefined;
  try {
    const file: unknown = document.toJS();
    return isRecord(file) && isRecord(file["config"]) ? file["config"] : {};
  } catch {
    return undefined; // an alias without an anchor, or without end
  }
}

function collect(value: unknown, path: Path, found: Map<string, string>): void {
  if (Array.isArray(value)) return value.forEach((item, index) => collect(item, [...path, index], found));
  if (!isRecord(value)) return;
  if (typeof value["secure"] === "string" && Object.keys(value).length === 1) return void found.set(formatPath(path), value["secure"]);
  for (const [key, item] of Object.entries(value)) collect(item, [...path, key], found);
}

/** What happens to the secrets of a stack file, by setting path; sorted. */
export interface SecretChanges {
  /** With a side that is not YAML nothing is known of its secrets, and nothing is said. */
  readonly state: "compared" | "unreadable";
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Encrypted anew, each by itself: as good as a new value. */
  readonly changed: readonly string[];
  /** The whole file was encrypted anew (another passphrase or key): whether a value changed as well cannot be seen. */
  readonly reencrypted: boolean;
}

/** Compares the secrets of two texts of a stack file. */
export function secretChanges(before: string, after: string): SecretChanges {
  const [old, now] = [ciphertexts(before), ciphertexts(after)];
  if (old === undefined || now === undefined) return { state: "unreadable", added: [], removed: [], changed: [], reencrypted: false };
  return {
    state: "compared",
    added: [...now.keys()].filter((path) => !old.has(path)).sort(),
    removed: [...old.keys()].filter((path) => !now.has(path)).sort(),
    changed: [...now].filter(([path, text]) => old.has(path) && old.get(path) !== text).map(([path]) => path).sort(), // prettier-ignore
    reencrypted: keysOf(before) !== keysOf(after),
  };
}

/** The lines of the file that say what its secrets are encrypted with. */
function keysOf(text: string): string {
  return text.split(/\r?\n/).filter((line) => /^(secretsprovider|encryptionsalt|encryptedkey):/.test(line)).sort().join("\n"); // prettier-ignore
}

/** Every secret of resolved settings and the path that it is set at. */
export function secretPathsOf(settings: Settings): ReadonlyMap<SecretValue, string> {
  const { announce } = settings.network;
  const { credentials } = settings.git;
  const entries: (readonly [Path, SecretValue | undefined])[] = [
    [["network", "announce", "password"], announce.mode === "bgp" ? announce.password : undefined],
    ...settings.proxmox.map(({ name, token }) => [["proxmox", name, "token"], token] as const),
    [["cloudflare", "token"], settings.cloudflare?.token],
    [["git", "credentials", "token"], credentials.kind === "token" ? credentials.token : undefined],
    [["git", "credentials", "deployKey"], credentials.kind === "deployKey" ? credentials.privateKey : undefined],
    ...Object.entries(settings.secrets).map(([name, value]) => [["secrets", name], value] as const),
  ];
  return new Map(entries.flatMap(([path, value]) => (value === undefined ? [] : [[value, formatPath(path)] as const])));
}

/** Which of the two sides a value belongs to. */
export type Moment = "before" | "after";

/** Turns settings, or what was made of them, into plain data: each secret becomes `[secret <path>]`, a changed one says of which side it is. */
export type Redactor = (value: unknown) => unknown;

/** A redactor for one side. A secret that is none of the settings' is `[secret]`. */
export function redactor(settings: Settings, changed: readonly string[], moment: Moment): Redactor {
  const paths = secretPathsOf(settings);
  const placeholder = (secret: SecretValue): string => {
    const path = paths.get(secret);
    if (path === undefined) return "[secret]";
    return changed.includes(path) ? `[secret ${path}, ${moment}]` : `[secret ${path}]`;
  };
  const plain: Redactor = (value) => {
    if (value instanceof SecretValue) return placeholder(value);
    if (typeof value === "string") return withoutLogin(value);
    if (Array.isArray(value)) return value.map(plain);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  return plain;
}

/**
 * A text without user and password of any URL in it. As in a URL's reader the last @ before the path ends them (WHATWG URL,
 * authority state), whatever quotes or brackets stand before it; a quote may be escaped, as it is in JSON and YAML.
 */
export function withoutLogin(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#\\]|\\+["'])*@/gi, "$1[hidden]@");
}
