import { formatPath, type Path } from "./path";

/** One mistake in the settings. */
export interface Problem {
  /** Id of the rule that is broken, e.g. `network.address-inside`; docs/settings.md says what each one asks for. */
  readonly rule: string;
  /** Where, as Pulumi writes config paths: `nodes.cp-1.address`, `cloudflare.zones["example.com"]`. */
  readonly path: string;
  /** Other settings that take part, for a rule between fields. */
  readonly related?: readonly string[];
  /** What stands there, made printable; absent when nothing does or when it may hold a secret. */
  readonly value?: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do about it, without a full stop. */
  readonly fix: string;
  /** Line in the stack file, from 1; only when the settings came from a file. */
  readonly line?: number;
}

/** A problem at a path; `value` and `line` are added where the settings were read. */
export function problem(rule: string, path: Path, message: string, fix: string, related: readonly Path[] = []): Problem {
  return { rule, path: formatPath(path), message, fix, ...(related.length === 0 ? {} : { related: related.map(formatPath) }) };
}

/** The same problems, each rule at each path once, in the order in which they were found. */
export function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((each) => {
    const key = `${each.rule} ${each.path}`;
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}
