import { readFileSync } from "node:fs";
import { join } from "node:path";
import sources from "./sources.json";

/** What one folder of third-party manifests is a copy of. */
export interface VendoredSource {
  /** Go module that carries the originals. */
  readonly module: string;
  readonly version: string;
  /** SPDX id. */
  readonly licence: string;
  /** File name -> path inside the module and digest of the copy. */
  readonly files: Record<string, { readonly path: string; readonly sha256: string }>;
}

/** Every folder of third-party manifests, by name. */
export const VENDORED: Readonly<Record<string, VendoredSource>> = sources;

/** They are a megabyte and never change while a program runs. */
const read = new Map<string, ReadonlyMap<string, string>>();

/**
 * The files of one folder, name -> text, as their project wrote them.
 * @throws Error when the folder is not in `sources.json`.
 */
export function vendoredFiles(folder: string): ReadonlyMap<string, string> {
  const source = VENDORED[folder];
  if (source === undefined) throw new Error(`there are no vendored manifests called ${folder}`);
  const known = read.get(folder);
  if (known !== undefined) return known;
  const names = Object.keys(source.files).sort();
  const files = new Map(names.map((name) => [name, readFileSync(join(__dirname, folder, name), "utf8")]));
  read.set(folder, files);
  return files;
}
