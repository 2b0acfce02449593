import { stringify } from "yaml";

/** Keys that stand first, in this order, in every map; the rest follow by name. */
const FIRST: readonly string[] = ["apiVersion", "kind", "metadata", "name", "namespace", "type", "spec"];

/** First line of every file that the renderer writes as YAML. */
export const RENDERED_MARK = "# Rendered from the stack file by `npm run render`; edits are lost.";

function rank(key: string): number {
  const index = FIRST.indexOf(key);
  return index < 0 ? FIRST.length : index;
}

/** By rank, then by code unit, so that no locale changes the order. */
function compareKeys(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return new Map(entries.sort(([a], [b]) => compareKeys(a, b)).map(([key, field]) => [key, ordered(field)]));
}

/** One YAML document: sorted keys, no anchors, no folded lines, quoted wherever an older YAML reader would see something else. */
export function toYaml(value: unknown): string {
  return `${RENDERED_MARK}\n` + stringify(ordered(value), { compat: "yaml-1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** JSON with keys by name and without undefined fields: equal data gives equal text. Secrets print as `[secret]`. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
