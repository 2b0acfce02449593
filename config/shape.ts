/** Does every value have its shape? What has not is reported and left out, so that the rules between fields can still look at the rest. */
import type { z } from "zod";
import { suggestion } from "./nearest";
import { formatPath, isRecord, valueAt, type Path } from "./path";
import { problem, type Problem } from "./problem";
import { PROJECT, SECTIONS, settingsSchema, type Written } from "./schema";
import { knownKeys } from "./schema/walk";
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

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  int: "a whole number",
  number: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
};

function kindOfValue(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "a map";
  return (
    { string: "a text", number: "a number", boolean: "true or false" }[typeof value as "string" | "number" | "boolean"] ?? "something else"
  );
}

function wrongType(path: Path, expected: string, value: unknown): Problem {
  const wanted = KINDS[expected] ?? expected;
  if (value === undefined) return problem("shape.required", path, "is missing", `set it to ${wanted}`);
  if (value === null)
    return problem(
      "shape.type",
      path,
      `is empty, not ${wanted}`,
      `write ${wanted === "a map" ? "a map ({} for an empty one)" : wanted}, or remove the key`,
    );
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean"))
    return problem("shape.type", path, `is ${kindOfValue(value)}, not a text`, "quote it");
  if (
    (expected === "int" || expected === "number" || expected === "boolean") &&
    typeof value === "string" &&
    /^(-?\d+|true|false)$/.test(value)
  )
    return problem("shape.type", path, `is a text, not ${wanted}`, "remove the quotes");
  // through Pulumi the type of a section that is no map is not known
  if (wanted === "a map") return problem("shape.type", path, "is not a map", "write a map");
  return problem("shape.type", path, `is ${kindOfValue(value)}, not ${wanted}`, `write ${wanted}`);
}

function outOfRange(path: Path, issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): Problem {
  const isList = issue.origin === "array";
  const [bound, word] =
    issue.code === "too_small" ? [issue.minimum, isList ? "at least" : "or more"] : [issue.maximum, isList ? "at most" : "or less"];
  if (isList)
    return problem(
      "shape.range",
      path,
      `has ${issue.code === "too_small" ? "too few" : "too many"} entries`,
      `write ${word} ${String(bound)}`,
    );
  return problem("shape.range", path, `is ${issue.code === "too_small" ? "too small" : "too big"}`, `write ${String(bound)} ${word}`);
}

/** Of a union's branches the one that was meant: the one whose type the value has. */
function meant(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] {
  const branches = issue.errors;
  return branches.find((branch) => !branch.some((each) => each.code === "invalid_type" && each.path.length === 0)) ?? [];
}

function translate(issue: Issue, base: Path, raw: unknown): readonly Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const value = valueAt(raw, path);
  switch (issue.code) {
    case "invalid_type":
      return [wrongType(path, issue.expected, value)];
    case "too_small":
    case "too_big":
      return [outOfRange(path, issue)];
    case "invalid_value":
      if (value === undefined) return [problem("shape.required", path, "is missing", `set it to ${issue.values.join(" or ")}`)];
      return [
        problem(
          "shape.choice",
          path,
          "is not one of the choices",
          typeof value === "string" ? suggestion(value, issue.values.map(String)) : `write ${issue.values.join(" or ")}`,
        ),
      ];
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        problem("keys.unknown", [...path, key], "is not a setting", suggestion(key, knownKeys(settingsSchema, path))),
      );
    case "invalid_key":
      return issue.issues.flatMap((inner) => translate(inner, path, raw)).map((each) => ({ ...each, message: `its name ${each.message}` }));
    case "invalid_union": {
      const branch = meant(issue);
      if (branch.length > 0) return branch.flatMap((inner) => translate(inner, path, raw));
      return [wrongType(path, value === undefined || typeof value === "number" ? "string" : "a text or a map", value)];
    }
    case "custom": {
      const { rule, fix } = issue.params ?? {};
      if (typeof rule === "string" && typeof fix === "string") return [problem(rule, path, issue.message, fix)];
      return [inClear(path, value)];
    }
    default:
      return [problem("shape.type", path, issue.message, "see docs/settings.md")];
  }
}

function inClear(path: Path, value: unknown): Problem {
  const command = `pulumi config set --path --secret '${PROJECT}:${formatPath(path)}'`;
  const message = typeof value === "string" ? "is a secret in clear" : `is ${kindOfValue(value)}, not an encrypted secret`;
  return problem(
    "secrets.in-clear",
    path,
    message,
    `remove it here and run ${command}; if it was ever committed, replace the secret itself`,
  );
}

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
  const found = issues.map((issue) => translate(issue, [], looked).filter((each) => !hidden.has(each.path)));
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
