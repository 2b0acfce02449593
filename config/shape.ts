/** Does every value have its shape? What has not is reported and left out, so that the rules between fields can still look at the rest. */
import { type Issue, meant, problemsOfIssue } from "./issues";
import { suggestion } from "./nearest";
import { isRecord, valueAt, type Path } from "./path";
import { problem, type Problem } from "./problem";
import { PROJECT, SECTIONS, settingsSchema, type Written } from "./schema";
import { eachLeaf, isSecretField } from "./secret-fields";
import { SecretValue } from "./secret-value";

/** `T` with anything missing, at any depth. */
export type Draft<T> = T extends SecretValue | string | number | boolean
  ? T
  : T extends readonly (infer E)[]
    ? readonly (Draft<E> | undefined)[]
    : T extends object
      ? { readonly [K in keyof T]?: Draft<T[K]> }
      : T;

/** What the user wrote, less everything that has the wrong shape. */
export type WrittenDraft = Draft<Written>;

interface ShapeResult {
  readonly draft: WrittenDraft;
  /** Where something was left out because it has not its shape. */
  readonly broken: readonly Path[];
  readonly problems: readonly Problem[];
}

const LOOKED = { schema: settingsSchema, project: PROJECT, page: "docs/settings.md" } as const;

/** A copy in which secrets stay the objects they are. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
  return value;
}

/** Takes the value at a path out; list positions of the others stay as they are. */
function prune(root: unknown, path: Path): void {
  const last = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  if (last === undefined || parent === undefined) return;
  if (Array.isArray(parent) && typeof last === "number" && last in parent) parent[last] = undefined;
  else if (isRecord(parent)) delete parent[last];
}

function misplacedSecrets(raw: unknown): readonly (readonly [Path, Problem])[] {
  const found: [Path, Problem][] = [];
  eachLeaf(raw, (leaf, path) => {
    if (!(leaf instanceof SecretValue) || isSecretField(path) || !Object.hasOwn(SECTIONS, path[0] ?? "")) return;
    const fix =
      path.length === 1
        ? "encrypt only the secret settings in it, each on its own"
        : path[0] === "platform"
          ? `options are rendered into the tree: put it under ${PROJECT}:secrets and name it there`
          : "write it in clear, or remove it";
    found.push([path, problem("secrets.misplaced", path, "is encrypted, but is not a secret setting", fix)]);
  });
  return found;
}

function unknownSections(raw: Readonly<Record<string, unknown>>): readonly Problem[] {
  const known = Object.keys(SECTIONS).map((section) => `${PROJECT}:${section}`);
  return Object.keys(raw)
    .filter((section) => !Object.hasOwn(SECTIONS, section))
    .map((section) => {
      const key = section.includes(":") ? section : `${PROJECT}:${section}`;
      return problem("keys.unknown-section", [key], "is not a section of Hearth's settings", suggestion(key, known));
    });
}

/** Checks the shape of what was written. Nothing is thrown, whatever the value is. */
export function checkShape(raw: Readonly<Record<string, unknown>>): ShapeResult {
  const misplaced = misplacedSecrets(raw);
  const looked = copy(Object.fromEntries(Object.entries(raw).filter(([key]) => Object.hasOwn(SECTIONS, key))));
  for (const [path] of misplaced) prune(looked, path);
  const hidden = new Set(misplaced.map(([, each]) => each.path));
  const issues = settingsSchema.safeParse(looked).error?.issues ?? [];
  // what was taken out above would be reported as missing too
  const found = issues.map((issue) => problemsOfIssue(issue, { ...LOOKED, raw: looked }).filter((each) => !hidden.has(each.path)));
  const broken = [...misplaced.map(([path]) => path), ...issues.flatMap((issue) => pruneIssue(looked, issue))];
  return {
    // every value that is left has passed its schema, so only its presence is unknown
    draft: looked as WrittenDraft,
    broken,
    problems: [...unknownSections(raw), ...misplaced.map(([, each]) => each), ...found.flat()],
  };
}

/** Takes out what an issue is about and says where that was; unknown keys leave no gap. */
function pruneIssue(root: unknown, issue: Issue, base: Path = []): readonly Path[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) prune(root, [...path, key]);
    return [];
  }
  if (issue.code === "invalid_union" && meant(issue).length > 0) return meant(issue).flatMap((inner) => pruneIssue(root, inner, path));
  prune(root, path);
  return [path];
}
