import { mkdirSync, readFileSync, renameSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { ChartSettings } from "../config/settings";
import { pullChart, type ChartReference } from "./registry";

/** A chart that the program installs: where it comes from when there is no mirror. */
export interface ChartPin {
  readonly name: string;
  readonly version: string;
  /** `oci://…/<name>` upstream. */
  readonly upstream: string;
}

/** Folder of the fetched charts in the project; the engine's providers run there, so states hold a relative path. */
const CHART_DIR = ".charts";
/** Which file holds which chart. */
const INDEX = "index.json";

/** Where a pin is pulled from under these settings: the mirror's `<mirror>/<name>`, or upstream. */
export function chartReference(pin: ChartPin, settings: ChartSettings): ChartReference {
  return { url: settings.mirror === undefined ? pin.upstream : `${settings.mirror.replace(/\/$/, "")}/${pin.name}`, version: pin.version };
}

/**
 * Relative paths of the charts, by name; pulls what is not there yet and asks no registry for what is.
 * The file's name carries the digest: the same chart has the same path on every machine.
 * @throws ChartError when a chart is missing and cannot be had.
 */
export async function ensureCharts(
  pins: readonly ChartPin[],
  settings: ChartSettings,
  projectDir: string,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const pin of pins) paths.set(pin.name, join(CHART_DIR, await ensureChart(pin, settings, join(projectDir, CHART_DIR))));
  return paths;
}

async function ensureChart(pin: ChartPin, settings: ChartSettings, dir: string): Promise<string> {
  const reference = chartReference(pin, settings);
  const key = `${reference.url}@${reference.version}`;
  const known = readIndex(dir)[key];
  if (known !== undefined && existsSync(join(dir, known))) return known;
  const { bytes, sha256 } = await pullChart(reference, { scheme: settings.plainHttp ? "http" : "https" });
  const file = `${pin.name}-${pin.version}-${sha256.slice(0, 12)}.tgz`;
  mkdirSync(dir, { recursive: true });
  writeWhole(join(dir, file), bytes);
  writeWhole(join(dir, INDEX), `${JSON.stringify({ ...readIndex(dir), [key]: file }, undefined, 2)}\n`);
  return file;
}

function readIndex(dir: string): Readonly<Record<string, string>> {
  const path = join(dir, INDEX);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, string>) : {}; // written by this file only
}

/** All or nothing, so that an interrupted pull leaves no half chart. */
function writeWhole(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
