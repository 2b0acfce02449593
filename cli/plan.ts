/**
 * `npm run plan -- <stack> [--base REF] [--no-state] [--preview FILE]`: what a change of the stack file leads to, as the
 * Markdown of a pull request's comment. Without `--preview` nothing but the files and Git is read.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../config/user-error";
import { plan } from "../plan";
import { errorsOf, readPreview } from "../plan/preview";
import { committedTree, git } from "./committed-tree";
import { exitWith } from "./exit";
import { stackFilePath } from "./stack-settings";

const USAGE = "usage: npm run plan -- <stack> [--base GIT_REF, by default HEAD] [--no-state | --preview FILE]";

interface Request {
  readonly stack: string;
  readonly base: string;
  /** File with what `pulumi preview --json` printed. */
  readonly preview?: string;
}

/** @throws UserError when the arguments make no sense. */
export function parseRequest(args: readonly string[]): Request {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { base: { type: "string" }, "no-state": { type: "boolean" }, preview: { type: "string" } },
    });
    const [stack, ...rest] = positionals;
    if (stack === undefined || rest.length > 0) throw new UserError("one stack is needed");
    if (!/^[\w.-]+$/.test(stack)) throw new UserError("a stack's name has letters, digits, dots and dashes");
    if (values["no-state"] === true && values.preview !== undefined)
      throw new UserError("a preview knows the state: leave one of the two out");
    const { base = "HEAD", preview } = values;
    if (base.startsWith("-")) throw new UserError("a Git ref does not begin with a dash");
    return { stack, base, ...(preview !== undefined && { preview }) };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/**
 * Prints the plan. @returns the exit code: 1 when something in it keeps the change from going in.
 * @throws UserError for wrong arguments, a missing file or an unknown ref.
 */
export function planCommand(args: readonly string[], project: string): 0 | 1 {
  const { stack, base, preview } = parseRequest(args);
  const file = stackFilePath(stack, project);
  if (!existsSync(file)) throw new UserError(`There is no stack file ${relative(project, file)}. \`npm run init\` writes one.`);
  const commit = git(["rev-parse", "--verify", "--quiet", "--short", `${base}^{commit}`], project)
    ?.toString("utf8")
    .trim();
  if (commit === undefined) throw new UserError(`Git knows no ${base} here: fetch it first (in a shallow clone, with its history)`);
  const before = git(["show", `${commit}:./${relative(project, file)}`], project)?.toString("utf8");
  const tree = committedTree(commit, stack, project);
  const events = preview === undefined ? undefined : textOf(preview);
  const { markdown, verdict } = plan({
    stack,
    ...(before !== undefined && { before: { text: before, ...(tree !== undefined && { tree }) } }),
    after: { text: readFileSync(file, "utf8") },
    base: base.startsWith(commit) ? commit : `${base} (${commit})`,
    ...(events !== undefined && { engine: readPreview(events) }),
  });
  for (const error of events === undefined ? [] : errorsOf(events)) process.stderr.write(`error in the preview: ${error}\n`);
  process.stdout.write(markdown);
  return verdict === "blocked" ? 1 : 0;
}

function textOf(path: string): string {
  if (!existsSync(path)) throw new UserError(`There is no preview ${path}: write one with \`npm run preview -- <stack> --json > ${path}\``);
  return readFileSync(path, "utf8");
}

if (require.main === module) void exitWith(() => planCommand(process.argv.slice(2), join(__dirname, "..")));
