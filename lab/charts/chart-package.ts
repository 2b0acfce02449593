import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { tarball, type TarEntry } from "./tarball";

/** A chart's folder and what it is packaged as. */
export interface ChartSource {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  /** Absolute path of the folder with Chart.yaml (a `Chart.template.yaml` counts, too). */
  readonly directory: string;
  /** File that serves as values.yaml. @default values.yaml */
  readonly valuesFile?: string;
  /** `${NAME}` in the values, as a release of the chart would fill them in. */
  readonly substitutions?: Readonly<Record<string, string>>;
  /** Files from elsewhere: path in the chart -> absolute path. */
  readonly extraFiles?: Readonly<Record<string, string>>;
}

/** A chart as Helm takes it. */
export interface ChartPackage {
  readonly archive: Buffer;
  /** The chart's metadata as JSON, as an OCI registry keeps it beside the archive. */
  readonly metadata: string;
}

interface ChartMetadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly { readonly name: string; readonly condition?: string }[];
  readonly [field: string]: unknown;
}

/**
 * Packages a chart from a source tree: the same files always make the same bytes. Name and version are the given ones,
 * since source trees carry placeholders. A dependency that the tree lacks is left out when it is one that a condition
 * switches, and the chart's annotations say so. @throws Error when a dependency that always counts is missing.
 */
export function packageChart(source: ChartSource): ChartPackage {
  const metadata = chartMetadata(source);
  const ignored = ignoreRules(source.directory);
  const files = walk(source.directory, "").filter((path) => !ignored(path) && !OWN_FILES.includes(path));
  const values = join(source.directory, source.valuesFile ?? "values.yaml");
  const entries: TarEntry[] = [
    { path: "Chart.yaml", content: Buffer.from(stringify(metadata)) },
    ...(existsSync(values) ? [{ path: "values.yaml", content: substitute(readFileSync(values), source.substitutions ?? {}) }] : []),
    ...files.map((path) => ({ path, content: readFileSync(join(source.directory, path)) })),
    ...Object.entries(source.extraFiles ?? {}).map(([path, file]) => ({ path, content: readFileSync(file) })),
  ];
  const archive = tarball(entries.map(({ path, content }) => ({ path: `${source.name}/${path}`, content })));
  return { archive, metadata: JSON.stringify(metadata) };
}

function substitute(content: Buffer, values: Readonly<Record<string, string>>): Buffer {
  const names = Object.entries(values);
  return names.length === 0
    ? content
    : Buffer.from(names.reduce((text, [name, value]) => text.replaceAll(`\${${name}}`, value), content.toString("utf8")));
}

/** Files whose place is taken by what is made here; a lock would name what was left out. */
const OWN_FILES: readonly string[] = ["Chart.yaml", "Chart.template.yaml", "Chart.lock", "values.yaml"];

function chartMetadata({ name, version, appVersion, directory }: ChartSource): ChartMetadata {
  const file = ["Chart.yaml", "Chart.template.yaml"]
    .map((candidate) => join(directory, candidate))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`${directory} holds no chart`);
  const original = parse(readFileSync(file, "utf8")) as ChartMetadata; // Helm checks what it reads
  const missing = (original.dependencies ?? []).filter((dependency) => !existsSync(join(directory, "charts", dependency.name)));
  const needed = missing.filter(({ condition }) => condition === undefined);
  if (needed.length > 0) throw new Error(`chart ${name}: its source has no ${needed.map((dependency) => dependency.name).join(", ")}`);
  const leftOut = missing.map((dependency) => dependency.name).join(", ");
  return {
    ...original,
    name,
    version,
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(missing.length === 0 ? {} : { dependencies: (original.dependencies ?? []).filter((dependency) => !missing.includes(dependency)) }),
    annotations: { ...original.annotations, ...(leftOut === "" ? {} : { "lab.hearth.dev/left-out": leftOut }) },
  };
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : entry.isFile() ? [path] : [];
  });
}

/** The rules of `.helmignore` that charts use: names and globs, folders with a slash at the end, paths with one inside. */
function ignoreRules(directory: string): (path: string) => boolean {
  const file = join(directory, ".helmignore");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const rules = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("!"));
  return (path) => path === ".helmignore" || rules.some((rule) => matches(rule, path));
}

function matches(rule: string, path: string): boolean {
  const folder = rule.endsWith("/");
  const pattern = rule.replace(/^\//, "").replace(/\/$/, "");
  const glob = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^/]*")
      .replace(/\?/g, "[^/]")}$`,
  );
  const parts = path.split("/");
  if (pattern.includes("/") || rule.startsWith("/")) return parts.some((_, count) => glob.test(parts.slice(0, count + 1).join("/")));
  return (folder ? parts.slice(0, -1) : parts).some((part) => glob.test(part));
}
