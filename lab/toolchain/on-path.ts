import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Part } from "./parts";

const PROBE_MS = 5_000;

/** An executable on the PATH that could stand for a part. */
export interface PathFinding {
  readonly path: string;
  /** Its version by its own word; undefined when it did not say. */
  readonly version: string | undefined;
}

/** The first executable with the part's name, with its version; undefined when there is none or it could not be asked anyway. */
export async function findOnPath(part: Part, searchPath: string): Promise<PathFinding | undefined> {
  if (!part.probe) return undefined;
  const path = searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, part.tool))
    .find(isExecutable);
  if (!path) return undefined;
  return { path, version: readVersion(await output(path, part.probe.args), part.probe.version) };
}

/** The version in what a program says about itself: the first group of the first line that matches. */
export function readVersion(text: string, pattern: RegExp): string | undefined {
  for (const line of text.split("\n")) {
    const version = pattern.exec(line.trim())?.[1];
    if (version) return version;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What a program prints, or nothing when it fails: such a program is not taken. */
function output(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, [...args], { timeout: PROBE_MS }, (error, stdout, stderr) => resolve(error ? "" : `${stdout}\n${stderr}`));
  });
}
