import type { z } from "zod";
import { suggestion } from "../config/nearest";
import type { Path } from "../config/path";
import { problem, type Problem } from "../config/problem";
import { APPS } from "./apps";
import type { App } from "./kit/app";

/** Says what is wrong with the options of one app; paths are below `platform.<app>`. */
export type AppValidator = (options: unknown) => readonly Problem[];

/** Validators of the given apps, by name. */
export function validators(apps: readonly App[]): Readonly<Record<string, AppValidator>> {
  return Object.fromEntries(apps.map((app) => [app.name, (options: unknown) => optionProblems(app, options, ["platform", app.name])]));
}

/** The validator of each app of the catalogue; a name that is not here is no app. */
export const appSchemas: Readonly<Record<string, AppValidator>> = validators(APPS);

function optionProblems(app: App, options: unknown, path: Path): readonly Problem[] {
  const parsed = app.options.safeParse(options);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => issueProblems(app, issue, [...path, ...issue.path.map(step)]));
}

function step(key: PropertyKey): string | number {
  return typeof key === "symbol" ? String(key) : key;
}

function issueProblems(app: App, issue: z.core.$ZodIssue, path: Path): readonly Problem[] {
  if (issue.code !== "unrecognized_keys") {
    return [
      problem(
        "platform.options",
        path,
        `${app.name} does not take this: ${lowerFirst(issue.message)}`,
        `mend it; the options of ${app.name} are ${optionNames(app).join(", ") || "none"}`,
      ),
    ];
  }
  const known = issue.path.length === 0 ? optionNames(app) : [];
  return issue.keys.map((key) =>
    problem("platform.options", [...path, key], `${app.name} has no option of this name`, suggestion(key, known)),
  );
}

/** Names of an app's options. */
function optionNames(app: App): readonly string[] {
  const { options } = app;
  return "shape" in options && typeof options.shape === "object" && options.shape !== null ? Object.keys(options.shape) : [];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
