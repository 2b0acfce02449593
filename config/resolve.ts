/** From what was written to settings, or to every problem there is. Pure: no file, no Pulumi, no network. */
import { candidateOf } from "./candidate";
import { complete } from "./complete";
import { formatPath, parsePath, valueAt, type Path } from "./path";
import { distinct, problem, type Problem } from "./problem";
import { rulesFor, type AppCheck, type Rule } from "./rules";
import { PROJECT } from "./schema";
import { eachLeaf, isSecretField, mayHoldSecret, neededSecrets } from "./secret-fields";
import { SecretValue } from "./secret-value";
import type { Settings } from "./settings";
import { checkShape } from "./shape";

export interface ResolveOptions {
  /** Name of the stack; the rendered tree is in `kubernetes/<stack>`. */
  readonly stack: string;
  /** Whether settings that lack a needed secret are a problem (`up`) or good enough (render, plan, check). */
  readonly secrets: "required" | "optional";
  /** The platform's apps and what they say of their options; absent: apps and options are not checked. */
  readonly apps?: Readonly<Record<string, AppCheck>>;
  /** Problems that are only seen in whole settings, e.g. between apps; asked when there are no others. */
  readonly further?: (settings: Settings) => readonly Problem[];
  /** Rules between fields. @default all of them */
  readonly rules?: readonly Rule[];
}

export interface Resolved {
  /** Present exactly when there is no problem. */
  readonly settings?: Settings;
  readonly problems: readonly Problem[];
}

/** Fields below which a value may be confidential without being a secret setting. */
const PRIVATE = new Set(["environment", "files"]);

/** A value as it may be printed; undefined when there is none or when it may give a secret away. */
function printable(raw: Readonly<Record<string, unknown>>, { path, rule }: Problem): string | undefined {
  const steps = parsePath(path);
  const value = valueAt(raw, steps);
  if (value instanceof SecretValue || isSecretField(steps)) return value === undefined ? undefined : "[secret]";
  const silent = rule.startsWith("keys.") || rule === "git.url" || rule === "proxmox.endpoint" || rule === "format.url";
  if (silent || mayHoldSecret(steps) || steps[0] === "platform" || steps.some((step) => PRIVATE.has(String(step)))) return undefined;
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}

function missingSecrets(raw: Readonly<Record<string, unknown>>): readonly Problem[] {
  return neededSecrets(raw)
    .filter((path) => valueAt(raw, path) === undefined)
    .map((path) =>
      problem("secrets.required", path, "is not set", `run pulumi config set --path --secret '${PROJECT}:${formatPath(path)}'`),
    );
}

const PROXMOX_TOKEN = /^[^@!=\s]+@[^@!=\s]+![^@!=\s]+=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function unusableSecret(secret: SecretValue, path: Path): readonly Problem[] {
  if (secret.matches(/\S/) === false) return [problem("secrets.usable", path, "is blank", "set it to the real one")];
  if (path[0] !== "proxmox" || secret.matches(PROXMOX_TOKEN) !== false) return [];
  return [
    problem(
      "secrets.usable",
      path,
      "is not an API token",
      "write it as user@realm!name=uuid, the id and the secret that Proxmox shows once",
    ),
  ];
}

function unusableSecrets(raw: Readonly<Record<string, unknown>>): readonly Problem[] {
  const found: Problem[] = [];
  eachLeaf(raw, (leaf, path) => {
    if (leaf instanceof SecretValue) found.push(...unusableSecret(leaf, path));
  });
  return found;
}

/**
 * Checks what was written and fills in the rest.
 * @param raw section -> value, as `loadStackFile` and `rawFromPulumiConfig` make it.
 */
export function resolveSettings(raw: Readonly<Record<string, unknown>>, options: ResolveOptions): Resolved {
  const { draft, broken, problems: shape } = checkShape(raw);
  const candidate = candidateOf(draft, options.stack, broken);
  const rules = options.rules ?? rulesFor(options.apps);
  const found = [
    ...shape,
    ...rules.flatMap((rule) => rule.check(candidate)),
    ...(options.secrets === "required" ? missingSecrets(raw) : []),
    ...unusableSecrets(raw),
  ];
  const settings = found.length > 0 ? undefined : complete(candidate);
  const problems = distinct(settings === undefined ? found : (options.further?.(settings) ?? [])).map((each) => {
    const value = printable(raw, each);
    return value === undefined ? each : { ...each, value };
  });
  return problems.length > 0 ? { problems } : { settings, problems };
}
