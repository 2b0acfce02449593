import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { BUILD_FLAGS, type GoEnvironment } from "./go";
import type { DownloadRecipe, Part } from "./parts";

/** Raise when the meaning of a cache entry changes. */
const FORMAT = "1";

/** Twelve hex digits that change with anything that goes into a built part: module files, Go sources, flags, recipe, Go itself. */
export function buildKey(part: Part, modulesFolder: string, go: GoEnvironment): string {
  const { workspace } = part.build;
  const files = sourceFiles(part, join(modulesFolder, workspace.folder));
  return digest([FORMAT, JSON.stringify(part.build), BUILD_FLAGS.join(" "), go.version, go.os, go.arch, ...files]);
}

/** Like {@link buildKey}, for a part that is downloaded. */
export function downloadKey(recipe: DownloadRecipe, platform: string): string {
  return digest([FORMAT, "download", JSON.stringify(recipe), platform]);
}

/** The module files, and the Go sources of a package of our own; packages of others are pinned by go.sum. Path and content in turn. */
function sourceFiles(part: Part, folder: string): string[] {
  const own = part.build.package.startsWith(".") && !part.build.workspace.copyOf ? goFiles(join(folder, part.build.package)) : [];
  const names = ["go.mod", "go.sum"].map((name) => join(folder, name)).filter((path) => existsSync(path));
  return [...names, ...own].flatMap((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8")]);
}

function goFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".go"))
    .sort()
    .map((name) => join(folder, name));
}

function digest(values: readonly string[]): string {
  const hash = createHash("sha256");
  for (const value of values) hash.update(`${Buffer.byteLength(value)}:`).update(value);
  return hash.digest("hex").slice(0, 12);
}
