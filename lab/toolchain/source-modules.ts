/**
 * Go modules of which the lab wants the files (charts, CRDs, stages), pinned by version and by a sum that we recorded.
 * To add one, put it into `sources.json`; `go mod download -json MODULE@VERSION` prints its sum.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../config/user-error";
import { goFailure, runGo } from "./go";

/** One module and the sum that Go computes of its contents. */
export interface ModulePin {
  readonly module: string;
  readonly version: string;
  /** `h1:...`, as in a go.sum. */
  readonly sum: string;
  /** Fetched only when it is asked for by name: the sources of a chart that few labs use. @default false */
  readonly onDemand?: boolean | undefined;
}

const PINS = z.array(
  z.strictObject({ module: z.string(), version: z.string(), sum: z.string().startsWith("h1:"), onDemand: z.boolean().optional() }),
);
const FOLDERS = z.record(z.string(), z.string());
const ANSWER = z.object({
  Path: z.string(),
  Version: z.string(),
  Dir: z.string().optional(),
  Sum: z.string().optional(),
  Error: z.string().optional(),
});

/** What `go mod download -json` says of one module. */
export type DownloadAnswer = z.infer<typeof ANSWER>;

/** The pins in `sources.json`. */
export function readPins(file = join(__dirname, "sources.json")): readonly ModulePin[] {
  return PINS.parse(JSON.parse(readFileSync(file, "utf8")));
}

/**
 * Folders of modules in Go's own module cache, by `module@version`; fetches what is missing. Where they are is remembered in
 * `memory`, so that Go is asked only once. Throws a UserError when a module cannot be had or is not what was recorded.
 */
export async function fetchModules(pins: readonly ModulePin[], memory: string): Promise<ReadonlyMap<string, string>> {
  const known = readMemory(memory);
  const missing = pins.filter((pin) => !existsSync(known[memoryKey(pin)] ?? ""));
  if (missing.length > 0) {
    const fetched = await download(missing, join(memory, ".."));
    Object.assign(known, fetched);
    writeFileSync(`${memory}.${process.pid}`, `${JSON.stringify(known, null, 2)}\n`);
    renameSync(`${memory}.${process.pid}`, memory);
  }
  return new Map(pins.map((pin) => [moduleKey(pin), known[memoryKey(pin)] ?? ""]));
}

/** Folder of a module that an earlier call fetched into the same memory, in whatever process; undefined when none did. */
export function rememberedModule(pin: ModulePin, memory: string): string | undefined {
  const folder = readMemory(memory)[memoryKey(pin)];
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** `module@version`, the key of {@link fetchModules}' answer. */
export function moduleKey(pin: Pick<ModulePin, "module" | "version">): string {
  return `${pin.module}@${pin.version}`;
}

/** Holds what Go fetched against the pins; a folder per pin. */
export function verifyModules(pins: readonly ModulePin[], answers: readonly DownloadAnswer[]): Record<string, string> {
  const folders: Record<string, string> = {};
  for (const pin of pins) {
    const answer = answers.find(({ Path, Version }) => Path === pin.module && Version === pin.version);
    if (answer?.Error || !answer?.Dir)
      throw new UserError(`Cannot fetch ${moduleKey(pin)}: ${answer?.Error ?? "Go says nothing about it"}`);
    if (answer.Sum !== pin.sum) {
      throw new UserError(`${moduleKey(pin)} is not what was pinned: its sum is ${answer.Sum ?? "unknown"}, recorded is ${pin.sum}.`);
    }
    folders[memoryKey(pin)] = answer.Dir;
  }
  return folders;
}

/** The sum is part of it: a pin that changed asks Go again. */
function memoryKey(pin: ModulePin): string {
  return `${moduleKey(pin)} ${pin.sum}`;
}

function readMemory(file: string): Record<string, string> {
  try {
    return FOLDERS.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

/** The checksum database is left out, since some modules are not in it and our own sums are stricter. */
async function download(pins: readonly ModulePin[], folder: string): Promise<Record<string, string>> {
  const environment = { GONOSUMDB: pins.map(({ module }) => module).join(",") };
  const result = await runGo(["mod", "download", "-json", ...pins.map(moduleKey)], { folder, environment });
  const answers = parseAnswers(result.stdout);
  const failed = answers.flatMap(({ Error: message }) => (message ? [message] : []));
  if (result.code !== 0) throw goFailure(`fetch ${pins.map(moduleKey).join(", ")}`, { complaints: [...result.complaints, ...failed] });
  return verifyModules(pins, answers);
}

/** Go prints one indented JSON object after the other. */
export function parseAnswers(text: string): DownloadAnswer[] {
  return text
    .split(/^(?=\{)/m)
    .filter((object) => object.trim() !== "")
    .map((object) => ANSWER.parse(JSON.parse(object)));
}
