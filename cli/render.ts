import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../config";
import { renderTree } from "../platform/render";
import { stackSettings } from "./stack-settings";
import { compareTree, diffTree, differs, writeTree, type TreeChanges } from "./tree-files";

const USAGE = "usage: npm run render -- <stack> [--check] [--out DIR]";

/** What was asked for on the command line. */
interface Request {
  readonly stack: string;
  readonly action: "write" | "check";
  /** Folder of the tree. */
  readonly folder: string;
}

/** @throws UserError when the arguments make no sense. */
function parseRequest(args: readonly string[], project: string): Request {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { check: { type: "boolean" }, out: { type: "string" } },
    });
    const [stack, ...rest] = positionals;
    if (stack === undefined || rest.length > 0) throw new UserError("one stack is needed");
    return {
      stack,
      action: values.check === true ? "check" : "write",
      folder: values.out === undefined ? join(project, "kubernetes", stack) : resolve(values.out),
    };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function summary(changes: TreeChanges): string {
  return `${changes.added.length} added, ${changes.changed.length} changed, ${changes.stale.length} removed, ${changes.unchanged} unchanged`;
}

/**
 * Renders the tree of a stack file, or says how the tree that is there differs. Returns the exit code: 1 when
 * `--check` found a difference.
 * Secrets may be missing or encrypted: none is rendered.
 * @throws UserError for mistakes in arguments or settings.
 */
export function render(args: readonly string[], project: string): 0 | 1 {
  const { stack, action, folder } = parseRequest(args, project);
  const tree = renderTree(stackSettings(stack, project));
  const changes = compareTree(folder, tree);
  if (action === "check" && differs(changes)) {
    process.stdout.write(diffTree(folder, tree, changes));
    process.stderr.write(`${folder} is not what Pulumi.${stack}.yaml says (${summary(changes)}): npm run render -- ${stack}\n`);
    return 1;
  }
  if (action === "write") writeTree(folder, tree, changes);
  process.stdout.write(`${folder}: ${summary(changes)}\n`);
  return 0;
}

function main(): void {
  try {
    process.exitCode = render(process.argv.slice(2), join(__dirname, ".."));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
