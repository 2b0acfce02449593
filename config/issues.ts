/** What is wrong with one value, in words: each issue of a schema becomes a problem with its path, rule and fix. */
import type { z } from "zod";
import { suggestion } from "./nearest";
import { formatPath, isRecord, valueAt, type Path } from "./path";
import { problem, type Problem } from "./problem";
import { knownKeys } from "./schema/walk";

/** One thing that a schema does not accept. */
export type Issue = z.core.$ZodIssue;

/** What the issues are about. */
export interface Looked {
  /** What was written. */
  readonly raw: unknown;
  /** What it was held against. */
  readonly schema: z.core.$ZodType;
  /** Name of the Pulumi project, for commands. */
  readonly project: string;
  /** Page with all settings. */
  readonly page: string;
}

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
export function meant(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] {
  const branches = issue.errors;
  return branches.find((branch) => !branch.some((each) => each.code === "invalid_type" && each.path.length === 0)) ?? [];
}

/** The problems that an issue stands for; `base` is where the value of a union or key within it lies. */
export function problemsOfIssue(issue: Issue, looked: Looked, base: Path = []): readonly Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const value = valueAt(looked.raw, path);
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
        problem("keys.unknown", [...path, key], "is not a setting", suggestion(key, knownKeys(looked.schema, path))),
      );
    case "invalid_key":
      return issue.issues
        .flatMap((inner) => problemsOfIssue(inner, looked, path))
        .map((each) => ({ ...each, message: `its name ${each.message}` }));
    case "invalid_union": {
      const branch = meant(issue);
      if (branch.length > 0) return branch.flatMap((inner) => problemsOfIssue(inner, looked, path));
      return [wrongType(path, value === undefined || typeof value === "number" ? "string" : "a text or a map", value)];
    }
    case "custom": {
      const { rule, fix } = issue.params ?? {};
      if (typeof rule === "string" && typeof fix === "string") return [problem(rule, path, issue.message, fix)];
      return [inClear(path, value, looked)];
    }
    default:
      return [problem("shape.type", path, issue.message, `see ${looked.page}`)];
  }
}

function inClear(path: Path, value: unknown, { project }: Looked): Problem {
  const command = `pulumi config set --path --secret '${project}:${formatPath(path)}'`;
  const message = typeof value === "string" ? "is a secret in clear" : `is ${kindOfValue(value)}, not an encrypted secret`;
  return problem(
    "secrets.in-clear",
    path,
    message,
    `remove it here and run ${command}; if it was ever committed, replace the secret itself`,
  );
}
