import { join } from "node:path";
import { UserError } from "../../config/user-error";
import type { Toolchain, ToolName } from "../contracts";
import { buildParts, type Builder } from "./build";
import { cacheFolder, PartCache, type CachedPart, type Origin } from "./cache";
import { buildKey } from "./content-key";
import { downloadPart, findDownloaded, Hosts } from "./download";
import { findGo, type GoEnvironment } from "./go";
import { isAlive, withLock } from "./lock";
import { findOnPath } from "./on-path";
import { PARTS, type Part } from "./parts";
import { fetchModules, moduleKey, readPins, rememberedModule, type ModulePin } from "./source-modules";

/** What to ensure, and how. */
export interface ToolchainOptions {
  /**
   * Only these parts, and only the modules of `modules`.
   * @default every part but those that are made only when asked for, and every module
   */
  readonly only?: readonly ToolName[];
  /**
   * Only these modules of `sources.json`.
   * @default every module that is not fetched on demand, or none when `only` is given
   */
  readonly modules?: readonly string[];
  /** Receives one line at a time. */
  readonly progress: (line: string) => void;
  /** Replacements for tests: environment, parts, builder, Go. */
  readonly seams?: Partial<ToolchainSeams>;
}

/** What {@link ensureToolchain} works with. */
export interface ToolchainSeams {
  readonly environment: NodeJS.ProcessEnv;
  readonly parts: readonly Part[];
  readonly pins: readonly ModulePin[];
  readonly modulesFolder: string;
  readonly build: Builder | undefined;
  readonly findGo: (folder: string) => Promise<GoEnvironment>;
}

/** Where one part came from. */
export interface PartReport {
  readonly tool: ToolName;
  readonly path: string;
  readonly origin: Origin;
  readonly version: string;
  /** Seconds that making it took, whenever that was; undefined for one from the PATH. */
  readonly seconds?: number;
  /** Parts that the same seconds made. */
  readonly together: readonly string[];
}

/** The toolchain and how it came about. */
export interface EnsuredToolchain extends Toolchain {
  readonly parts: readonly PartReport[];
}

/**
 * Every part of the lab's toolchain, from the PATH, from its official download or built, in this order, and kept in a cache by
 * content. `HEARTH_TOOLCHAIN=build` skips downloads. Safe to interrupt and to run several times at once.
 * Throws a UserError when Go or the network is missing.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<EnsuredToolchain> {
  const seams = withDefaults(options.seams);
  const cache = new PartCache(join(cacheFolder(seams.environment), "toolchain"));
  const wanted = seams.parts.filter(({ tool, presence }) => (options.only ? options.only.includes(tool) : presence !== "asked"));
  const run = new Run(cache, seams, options.progress);
  const parts = await run.parts(wanted);
  const asked = options.modules ?? (options.only ? [] : undefined);
  const folders = await run.modules(seams.pins.filter(({ module, onDemand }) => asked?.includes(module) ?? onDemand !== true));
  return new Ensured(parts, seams.pins, folders, run.memory, run.remarks);
}

/** One call of {@link ensureToolchain}. */
class Run {
  readonly remarks: string[] = [];
  /** Where the folders of fetched modules are remembered. */
  readonly memory: string;

  constructor(
    readonly cache: PartCache,
    readonly seams: ToolchainSeams,
    readonly progress: (line: string) => void,
  ) {
    this.memory = join(cache.folder, "modules.json");
  }

  async parts(wanted: readonly Part[]): Promise<PartReport[]> {
    const found = new Map<ToolName, PartReport>();
    await this.#fromPath(wanted, found);
    await this.#fromCacheOrMade(wanted, found);
    for (const { tool, builtRemark } of wanted) if (builtRemark && found.get(tool)?.origin === "build") this.remarks.push(builtRemark);
    return wanted.flatMap(({ tool }) => found.get(tool) ?? []);
  }

  modules(pins: readonly ModulePin[]): Promise<ReadonlyMap<string, string>> {
    return fetchModules(pins, this.memory);
  }

  async #fromPath(wanted: readonly Part[], found: Map<ToolName, PartReport>): Promise<void> {
    for (const part of wanted) {
      const candidate = await findOnPath(part, this.seams.environment["PATH"] ?? "");
      if (!candidate) continue;
      const { path, version } = candidate;
      if (version === part.version) found.set(part.tool, { tool: part.tool, path, version, origin: "path", together: [part.tool] });
      else this.remarks.push(`${path} is ${version ?? "of unknown version"} and not used; pinned is ${part.version}`);
    }
  }

  /** The cache is read without the lock; once something is missing, it is read again under the lock. */
  async #fromCacheOrMade(wanted: readonly Part[], found: Map<ToolName, PartReport>): Promise<void> {
    const missing = (): Part[] => wanted.filter(({ tool }) => !found.has(tool));
    if (missing().length === 0) return;
    const { modulesFolder, build } = this.seams;
    const go = await this.seams.findGo(join(modulesFolder, "control-plane")).catch((error: unknown) => new NoGo(error));
    this.#fromCache(missing(), go, found);
    if (missing().length === 0) return;
    const wait = (holder: string): void => this.progress(`waiting for ${holder}, which makes the toolchain`);
    await withLock(join(this.cache.folder, "lock"), wait, async () => {
      this.cache.clean(isAlive);
      this.#fromCache(missing(), go, found);
      if (this.#mayDownload()) await this.#downloaded(missing(), found);
      if (missing().length === 0) return;
      if (go instanceof NoGo) throw go.cause;
      const context = { cache: this.cache, go, modulesFolder, memory: this.memory, progress: this.progress };
      const built = await buildParts(missing(), context, build);
      for (const part of missing()) report(part, built.get(part.tool), found);
    });
  }

  #fromCache(missing: readonly Part[], go: GoEnvironment | NoGo, found: Map<ToolName, PartReport>): void {
    for (const part of missing) {
      const downloaded = this.#mayDownload() ? findDownloaded(part, this.cache) : undefined;
      const built = go instanceof NoGo ? undefined : this.cache.find(part.tool, buildKey(part, this.seams.modulesFolder, go));
      report(part, downloaded ?? built, found);
    }
  }

  #mayDownload(): boolean {
    return this.seams.environment["HEARTH_TOOLCHAIN"] !== "build";
  }

  async #downloaded(missing: readonly Part[], found: Map<ToolName, PartReport>): Promise<void> {
    const hosts = new Hosts();
    await Promise.all(
      missing.map(async (part) => {
        const result = await downloadPart(part, this.cache, hosts);
        if (typeof result !== "string") return report(part, result, found);
        if (part.download) this.progress(`${part.tool}: ${result}, so it is built`);
      }),
    );
  }
}

/** There is no Go that will do, which matters only once something must be built. */
class NoGo {
  constructor(readonly cause: unknown) {}
}

class Ensured implements EnsuredToolchain {
  constructor(
    readonly parts: readonly PartReport[],
    readonly pins: readonly ModulePin[],
    readonly folders: ReadonlyMap<string, string>,
    readonly memory: string,
    readonly remarks: readonly string[],
  ) {}

  path(tool: ToolName): string {
    const part = this.parts.find((candidate) => candidate.tool === tool);
    if (!part) throw new Error(`the toolchain was ensured without ${tool}`);
    return part.path;
  }

  moduleDir(module: string): string {
    const pin = this.pins.find((candidate) => candidate.module === module);
    const folder = pin && (this.folders.get(moduleKey(pin)) ?? rememberedModule(pin, this.memory));
    if (!folder) throw new UserError(`${module} is not in lab/toolchain/sources.json, or the toolchain was ensured without it.`);
    return folder;
  }
}

function report(part: Part, made: CachedPart | undefined, found: Map<ToolName, PartReport>): void {
  if (!made) return;
  const { version, origin, seconds, together } = made.record;
  found.set(part.tool, { tool: part.tool, path: made.path, version, origin, seconds, together });
}

function withDefaults(seams: Partial<ToolchainSeams> = {}): ToolchainSeams {
  return {
    environment: process.env,
    parts: PARTS,
    pins: seams.pins ?? readPins(),
    modulesFolder: join(__dirname, "modules"),
    build: undefined,
    findGo,
    ...seams,
  };
}
