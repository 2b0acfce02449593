import { isRecord } from "./path";
import { PROJECT } from "./schema";
import { SECRET_FIELDS } from "./secret-fields";
import { SecretValue } from "./secret-value";

/** A section's value from the text that Pulumi hands out: structured config is JSON. */
export function sectionFromText(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The name of a config key as a section, `cluster` for `hearth:cluster`; undefined for Pulumi's own keys. */
export function sectionOf(key: string, project: string): string | undefined {
  if (key.startsWith("pulumi:")) return undefined;
  return key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
}

function wrap(value: unknown, pattern: readonly string[]): unknown {
  const [step, ...rest] = pattern;
  if (step === undefined) return typeof value === "string" ? SecretValue.of(value) : value;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, step === "*" || step === key ? wrap(item, rest) : item]));
}

/**
 * What was written, from Pulumi's config, in the shape that `resolveSettings` takes and `loadStackFile` makes.
 * Pulumi decrypts a secret inside a section without saying where it stood, only that the section has one. So a
 * secret in clear is seen here only in a section without any encrypted value, and an encrypted value that is no
 * secret setting only in a section that has no secret settings; the stack file shows both in every case.
 * @param allConfig `pulumi.runtime.allConfig()`: full key -> text.
 * @param secretKeys Full keys that hold a secret anywhere, as Pulumi lists them.
 * @param project Name of the Pulumi project. @default "hearth"
 * @param secretFields Where that project's secrets are. @default those of "hearth"
 */
export function rawFromPulumiConfig(
  allConfig: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
  project: string = PROJECT,
  secretFields: readonly (readonly string[])[] = SECRET_FIELDS,
): Readonly<Record<string, unknown>> {
  const encrypted = new Set(secretKeys);
  const raw: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(allConfig)) {
    const section = sectionOf(key, project);
    if (section === undefined) continue;
    const patterns = secretFields.filter(([first]) => first === section);
    const value = sectionFromText(text);
    if (!encrypted.has(key)) raw[section] = value;
    else if (patterns.length === 0) raw[section] = SecretValue.encrypted();
    else raw[section] = patterns.reduce((wrapped, [, ...pattern]) => wrap(wrapped, pattern), value);
  }
  return raw;
}
