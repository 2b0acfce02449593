import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { UserError } from "../config/user-error";
import { RENDERED_MARK } from "../platform/kit/yaml";
import type { Tree } from "../platform/render";
import { STAMP_FILE } from "../platform/stamp";

/** How a folder differs from a rendered tree; paths with "/", sorted. */
export interface TreeChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** In the folder, but not in the tree. */
  readonly stale: readonly string[];
  readonly unchanged: number;
}

/** Compares a folder, which need not exist, with a tree. */
export function compareTree(folder: string, tree: Tree): TreeChanges {
  const present = new Set(filesBelow(folder));
  const wanted = [...tree.keys()];
  const added = wanted.filter((path) => !present.has(path));
  const changed = wanted.filter((path) => present.has(path) && readFileSync(join(folder, path), "utf8") !== tree.get(path));
  return {
    added,
    changed,
    stale: [...present].filter((path) => !tree.has(path)).sort(),
    unchanged: wanted.length - added.length - changed.length,
  };
}

/** Whether anything differs. */
export function differs(changes: TreeChanges): boolean {
  return changes.added.length + changes.changed.length + changes.stale.length > 0;
}

/**
 * Makes the folder the tree: writes what differs, each file in one step, and removes what is stale.
 * @throws UserError when the folder holds other files and nothing that a render wrote.
 */
export function writeTree(folder: string, tree: Tree, changes: TreeChanges = compareTree(folder, tree)): void {
  if (changes.stale.length > 0 && !isRendered(folder)) {
    throw new UserError(`${folder} is not a rendered tree (${changes.stale[0]} is in it, ${STAMP_FILE} is not): give a folder of its own`);
  }
  for (const path of changes.stale) removeFile(folder, path);
  // The stamp goes last: a render that was cut short never looks whole.
  const paths = [...changes.added, ...changes.changed].sort((a, b) => Number(a === STAMP_FILE) - Number(b === STAMP_FILE));
  for (const path of paths) writeFile(join(folder, path), tree.get(path) ?? "");
}

/** A unified diff from the folder to the tree, by `git`. */
export function diffTree(folder: string, tree: Tree, changes: TreeChanges = compareTree(folder, tree)): string {
  const scratch = mkdtempSync(join(tmpdir(), "hearth-render-"));
  try {
    for (const side of ["committed", "rendered"]) mkdirSync(join(scratch, side));
    for (const path of [...changes.changed, ...changes.stale])
      writeFile(join(scratch, "committed", path), readFileSync(join(folder, path), "utf8"));
    for (const path of [...changes.changed, ...changes.added]) writeFile(join(scratch, "rendered", path), tree.get(path) ?? "");
    const git = spawnSync("git", ["--no-pager", "diff", "--no-index", "--no-color", "--no-prefix", "committed", "rendered"], {
      cwd: scratch,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    if (git.error !== undefined) throw new UserError(`the diff needs git: ${git.error.message}`);
    return git.stdout;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whether a render, finished or cut short, wrote the folder. */
function isRendered(folder: string): boolean {
  return filesBelow(folder).some((path) => path === STAMP_FILE || readFileSync(join(folder, path), "utf8").startsWith(RENDERED_MARK));
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !lstatSync(join(folder, path)).isDirectory())
    .map((path) => path.split(sep).join("/"));
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function removeFile(folder: string, path: string): void {
  rmSync(join(folder, path), { force: true });
  for (
    let parent = dirname(join(folder, path));
    relative(folder, parent) !== "" && readdirSync(parent).length === 0;
    parent = dirname(parent)
  ) {
    rmdirSync(parent);
  }
}
