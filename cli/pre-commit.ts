/**
 * What `.githooks/pre-commit` runs over what is staged. Secrets, syntax, mistakes in a stack file and a tree that is not
 * rendered stop the commit; format only advises. Needs no network.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as typescript from "typescript";
import { parseAllDocuments } from "yaml";
import { formatProblems } from "../config/messages";
import { readStackFile } from "../config/stack-file";
import { UserError } from "../config/user-error";
import { appSchemas } from "../platform/app-options";
import { platformProblems } from "../platform/plan";
import { renderTree } from "../platform/render";
import { VERSIONS } from "../lab/toolchain/parts";
import { committedTree, git } from "./committed-tree";
import { exitWith } from "./exit";

/** Where the hook's scanner comes from. */
const GITLEAKS = `github.com/zricethezav/gitleaks/v8@v${VERSIONS.gitleaks}`;

/** What is staged. */
export interface Staged {
  /** Paths from the project's folder, without those that are deleted. */
  readonly paths: readonly string[];
  /** Text of a file as it is staged; undefined when it is not in the index. */
  readonly text: (path: string) => string | undefined;
  /** Id of the index as a Git tree. */
  readonly tree: string;
}

/**
 * Runs every check and prints what each says. @returns the exit code: 1 when the commit must not be made.
 * @throws UserError where there is no Git, or nothing to look at the index with.
 */
export function preCommit(project: string): 0 | 1 {
  const staged = stagedIn(project);
  if (staged.paths.length === 0) return 0;
  const stops = [...secrets(project), ...syntax(staged), ...stacks(staged, project)];
  for (const line of stops) process.stderr.write(`${line}\n`);
  for (const line of format(staged, project)) process.stderr.write(`note: ${line}\n`);
  return stops.length === 0 ? 0 : 1;
}

function stagedIn(project: string): Staged {
  const names = textOf(["diff", "--cached", "--name-only", "--diff-filter=d", "-z", "--relative"], project);
  return {
    paths: names.split("\0").filter((path) => path !== ""),
    text: (path) => git(["show", `:./${path}`], project)?.toString("utf8"),
    tree: textOf(["write-tree"], project).trim(),
  };
}

function textOf(args: readonly string[], project: string): string {
  const output = git(args, project);
  if (output === undefined) throw new UserError(`git ${args[0] ?? ""} refuses: is a merge half done?`);
  return output.toString("utf8");
}

/** A scanner that is not there finds nothing, so its absence stops the commit as well. */
function secrets(project: string): readonly string[] {
  const run = spawnSync(
    "gitleaks",
    ["git", "--pre-commit", "--staged", "--redact", "--verbose", "--no-banner", "--no-color", "--log-level", "error"],
    { cwd: project, encoding: "utf8" },
  );
  if (run.error !== undefined) return [`there is no gitleaks on the PATH, so nobody looked for secrets: go install ${GITLEAKS}`];
  return run.status === 0 ? [] : [`gitleaks found what looks like a secret:\n${run.stdout}${run.stderr}`.trimEnd()];
}

/** Files that only look like YAML or JSON: templates of charts, and settings of tools that allow comments. */
const NOT_DATA = /(^|\/)templates\/|(^|\/)tsconfig[^/]*\.json$|(^|\/)\.vscode\//;

/** Files that a reader of their format does not take. */
export function syntax({ paths, text }: Pick<Staged, "paths" | "text">): readonly string[] {
  return paths
    .filter((path) => !NOT_DATA.test(path))
    .flatMap((path) => {
      const content = text(path);
      const fault = content === undefined ? undefined : faultOf(path, content);
      return fault === undefined ? [] : [`${path} is broken: ${fault}`];
    });
}

function faultOf(path: string, text: string): string | undefined {
  if (path.endsWith(".json")) return jsonFault(text);
  if (/\.ya?ml$/.test(path)) return yamlFault(text);
  return /\.ts$/.test(path) ? typeScriptFault(path, text) : undefined;
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return "not JSON"; // the parser's own words quote the text
  }
}

function yamlFault(text: string): string | undefined {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  const [error] = Array.isArray(documents) ? documents.flatMap(({ errors }) => errors) : [];
  return error === undefined ? undefined : `${error.code} at line ${error.linePos?.[0].line ?? "?"}`;
}

function typeScriptFault(path: string, text: string): string | undefined {
  const { diagnostics = [] } = typescript.transpileModule(text, { fileName: path, reportDiagnostics: true });
  const [first] = diagnostics;
  return first === undefined ? undefined : typescript.flattenDiagnosticMessageText(first.messageText, " ");
}

/** Mistakes in staged stack files, and trees in the index that are not those of their stack file. */
function stacks({ paths, text, tree }: Staged, project: string): readonly string[] {
  const rendersOtherwise = paths.some((path) => /^(platform|config)\//.test(path));
  const names = textOf(["ls-files", "-z", "--", "Pulumi.*.yaml"], project).split("\0").flatMap((path) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(path)?.[1] ?? []); // prettier-ignore
  const touched = (stack: string): boolean =>
    rendersOtherwise || paths.some((path) => path === `Pulumi.${stack}.yaml` || path.startsWith(`kubernetes/${stack}/`));
  return names.filter(touched).flatMap((stack) => stackFaults(stack, text(`Pulumi.${stack}.yaml`) ?? "", tree, project));
}

function stackFaults(stack: string, text: string, index: string, project: string): readonly string[] {
  const { settings, problems } = readStackFile(text, { stack, secrets: "optional", apps: appSchemas, further: platformProblems });
  if (settings === undefined) return [`Pulumi.${stack}.yaml has mistakes:\n${formatProblems(problems)}`];
  const committed = committedTree(index, stack, project);
  const rendered = renderTree(settings);
  const same = committed?.size === rendered.size && [...rendered].every(([path, content]) => committed.get(path) === content);
  return same
    ? []
    : [`kubernetes/${stack} is not the tree of Pulumi.${stack}.yaml: npm run render -- ${stack}, then git add kubernetes/${stack}`];
}

/** Format is a matter of taste: it is said, and nothing more. */
function format({ paths }: Staged, project: string): readonly string[] {
  const own = paths.filter((path) => /\.(ts|mjs|json|ya?ml)$/.test(path));
  if (own.length === 0) return [];
  const prettier = join(project, "node_modules/prettier/bin/prettier.cjs");
  const run = spawnSync(process.execPath, [prettier, "--list-different", "--", ...own], { cwd: project, encoding: "utf8" });
  const different = run.stdout.split("\n").filter((line) => line !== "");
  return different.length === 0 ? [] : [`formatted otherwise: ${different.join(", ")} (npm run format)`];
}

if (require.main === module) void exitWith(() => preCommit(join(__dirname, "..")));
