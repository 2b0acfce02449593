import { formatPath, isRecord, type Path } from "./path";
import { SecretValue } from "./secret-value";

/** Every field that holds a secret; `*` stands for a name that the user chose. A test holds this list against the schema. */
export const SECRET_FIELDS: readonly (readonly string[])[] = [
  ["network", "announce", "password"],
  ["proxmox", "*", "token"],
  ["cloudflare", "token"],
  ["git", "credentials", "token"],
  ["git", "credentials", "deployKey"],
  ["secrets", "*"],
];

function matches(pattern: readonly string[], path: Path): boolean {
  return path.every((step, index) => pattern[index] === "*" || pattern[index] === step);
}

/** Whether the field at this path holds a secret. */
export function isSecretField(path: Path): boolean {
  return SECRET_FIELDS.some((pattern) => pattern.length === path.length && matches(pattern, path));
}

/** Whether a secret may stand at this path, above it or below it. */
export function mayHoldSecret(path: Path): boolean {
  return SECRET_FIELDS.some((pattern) => matches(pattern.slice(0, path.length), path.slice(0, pattern.length)));
}

/** Visits every value that is neither a map nor a list. */
export function eachLeaf(value: unknown, visit: (leaf: unknown, path: Path) => void, path: Path = []): void {
  if (Array.isArray(value)) value.forEach((item, index) => eachLeaf(item, visit, [...path, index]));
  else if (isRecord(value)) for (const [key, item] of Object.entries(value)) eachLeaf(item, visit, [...path, key]);
  else visit(value, path);
}

/** Sorted Pulumi config paths, below `hearth:`, of every secret that these settings have or need, such as `proxmox.home.token`. */
export function secretPaths(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const paths = new Set<string>();
  eachLeaf(raw, (leaf, path) => {
    if (leaf instanceof SecretValue && isSecretField(path)) paths.add(formatPath(path));
  });
  for (const path of neededSecrets(raw)) paths.add(formatPath(path));
  return [...paths].sort();
}

/** Secrets that these settings cannot do without. */
export function neededSecrets(raw: Readonly<Record<string, unknown>>): readonly Path[] {
  const { proxmox, cloudflare, git } = raw;
  const needed: Path[] = isRecord(proxmox)
    ? Object.entries(proxmox).flatMap(([name, each]) => (isRecord(each) ? [["proxmox", name, "token"]] : []))
    : [];
  if (isRecord(cloudflare)) needed.push(["cloudflare", "token"]);
  const kind = isRecord(git) && isRecord(git["credentials"]) ? git["credentials"]["kind"] : undefined;
  if (kind === "token" || kind === "deployKey") needed.push(["git", "credentials", kind]);
  return needed;
}
