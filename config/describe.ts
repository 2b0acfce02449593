import { SecretValue } from "./secret-value";
import type { Settings } from "./settings";

function sorted(value: unknown): unknown {
  if (value instanceof SecretValue) return value.toJSON();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

/** The settings as JSON for comparison: keys sorted, every secret as `[secret]`, known or not. */
export function describeSettings(settings: Settings): string {
  return `${JSON.stringify(sorted(settings), null, 2)}\n`;
}
