import { spawnSync } from "node:child_process";
import { UserError } from "../config/user-error";
import type { Tree } from "../platform/render";
import { STAMP_FILE } from "../platform/stamp";

const MAX_TREE = 512 * 1024 * 1024;

/**
 * The rendered tree of a stack as a commit has it: what Flux applies from there, whichever code rendered it.
 * @returns undefined when the commit has none. @throws UserError when there is no Git.
 */
export function committedTree(commit: string, stack: string, project: string): Tree | undefined {
  const folder = `kubernetes/${stack}/`;
  const names = git(["ls-tree", "-r", "-z", "--name-only", commit, "--", folder], project)?.toString("utf8") ?? "";
  const paths = names.split("\0").filter((path) => path !== "");
  if (!paths.includes(`${folder}${STAMP_FILE}`)) return undefined;
  // One call for all of them; a path with a line feed could not be asked for, and no render writes one.
  const objects = git(["cat-file", "--batch"], project, paths.map((path) => `${commit}:./${path}\n`).join("")) ?? Buffer.alloc(0);
  const texts = batch(objects);
  return new Map(paths.map((path, index) => [path.slice(folder.length), texts[index] ?? ""]));
}

/** What `git cat-file --batch` prints: for each object a line that ends with its size, its bytes, a line feed. */
function batch(output: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const size = Number(output.toString("utf8", at, end).split(" ")[2]);
    if (!Number.isInteger(size)) throw new Error("git cat-file printed what is no object");
    texts.push(output.toString("utf8", end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}

/** What Git prints; undefined when it refuses. @throws UserError when there is no Git. */
export function git(args: readonly string[], project: string, input?: string): Buffer | undefined {
  const run = spawnSync("git", ["--no-pager", ...args], { cwd: project, maxBuffer: MAX_TREE, ...(input !== undefined && { input }) });
  if (run.error !== undefined) throw new UserError(`the base is read with git: ${run.error.message}`);
  return run.status === 0 ? run.stdout : undefined;
}
