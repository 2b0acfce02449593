import type { Problem } from "./problem";
import { UserError } from "./user-error";

function one({ path, line, value, message, fix, rule }: Problem): string {
  const where = `${path === "" ? "the file" : path}${line === undefined ? "" : ` (line ${line})`}`;
  const what = value === undefined ? message : `${value} ${message}`;
  return `  ${where}\n    ${what}\n    -> ${fix}  [${rule}]`;
}

/** Every problem with its path, value, rule and fix, one after the other; a secret's value is never in it. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(one).join("\n");
}

/** A problem in one line, for the settings of a stack that builds on a cluster: `project` comes before its path. */
export function problemLine({ path, message, fix, rule }: Problem, project: string): string {
  return `${project}:${path} ${message}: ${fix} [${rule}]`;
}

/** Settings with mistakes in them; the message lists every one. */
export class SettingsError extends UserError {
  constructor(
    readonly problems: readonly Problem[],
    /** What the settings were read from, e.g. `Pulumi.home.yaml`. */
    source: string,
  ) {
    super(`${source} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${formatProblems(problems)}`);
  }
}
