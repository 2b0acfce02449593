import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PartCache, type CachedPart } from "./cache";
import { buildKey } from "./content-key";
import { BUILD_FLAGS, goFailure, runGo, type GoEnvironment } from "./go";
import type { Part } from "./parts";
import { prepareWorkspace } from "./workspace";

const REPORT_MS = 10_000;

/** What a build needs to know besides the parts. */
export interface BuildContext {
  readonly cache: PartCache;
  readonly go: GoEnvironment;
  /** `lab/toolchain/modules`. */
  readonly modulesFolder: string;
  /** File that remembers where Go keeps modules. */
  readonly memory: string;
  readonly progress: (line: string) => void;
}

/** Makes executables of parts that share a workspace in a folder of its own, by the names that their recipes give. */
export type Builder = (parts: readonly Part[], output: string, context: BuildContext) => Promise<void>;

/** Builds every part that the cache lacks, one call per workspace, and publishes each as soon as its call is done. */
export async function buildParts(
  parts: readonly Part[],
  context: BuildContext,
  build: Builder = goBuild,
): Promise<Map<string, CachedPart>> {
  const built = new Map<string, CachedPart>();
  for (const group of groupByWorkspace(parts)) {
    for (const part of await buildGroup(group, context, build)) built.set(part.record.tool, part);
  }
  return built;
}

/** Parts that one `go build` makes together, in the order in which they were given. */
export function groupByWorkspace(parts: readonly Part[]): Part[][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const { folder } = part.build.workspace;
    groups.set(folder, [...(groups.get(folder) ?? []), part]);
  }
  return [...groups.values()];
}

async function buildGroup(parts: readonly Part[], context: BuildContext, build: Builder): Promise<CachedPart[]> {
  const { cache, progress } = context;
  const together = parts.map(({ tool }) => tool);
  const output = cache.scratch("out");
  const start = Date.now();
  progress(`building ${together.join(", ")}`);
  await build(parts, output, context);
  const seconds = Math.round((Date.now() - start) / 100) / 10;
  progress(`built ${together.join(", ")} in ${clock(seconds)}`);
  const published = parts.map((part) => {
    const { tool, version } = part;
    const folder = cache.scratch(tool);
    renameSync(join(output, part.build.binary), join(folder, tool));
    const key = buildKey(part, context.modulesFolder, context.go);
    return cache.publish(folder, key, { tool, version, origin: "build", seconds, together });
  });
  rmSync(output, { recursive: true, force: true });
  return published;
}

/** One `go build` for all the parts. Go keeps each compiled package, so an interrupted build goes on where it was. */
const goBuild: Builder = async (parts, output, context) => {
  const [first] = parts;
  if (!first) return;
  const folder = context.cache.scratch("work");
  await prepareWorkspace(first.build.workspace, { ...context, target: folder });
  const call = `-ldflags=${linkFlags(parts)}`;
  const packages = parts.map((part) => part.build.package);
  const names = parts.map(({ tool }) => tool).join(", ");
  const stopwatch = reportCompiled(names, context.progress);
  try {
    const tags = [...new Set(parts.flatMap((part) => part.build.tags ?? []))];
    const args = [
      "build",
      "-v",
      ...BUILD_FLAGS,
      ...(tags.length === 0 ? [] : [`-tags=${tags.join(",")}`]),
      call,
      "-o",
      `${output}/`,
      ...packages,
    ];
    const result = await runGo(args, { folder, onPackage: stopwatch.compiled });
    if (result.code !== 0) throw goFailure(`build ${names}`, result);
  } finally {
    stopwatch.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A variable that a program lacks is ignored by the linker, so parts can share one set. */
function linkFlags(parts: readonly Part[]): string {
  const variables = new Map(parts.flatMap((part) => Object.entries(part.build.variables)));
  return ["-s", "-w", ...[...variables].map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

function reportCompiled(names: string, progress: (line: string) => void): { compiled: () => void; stop: () => void } {
  const start = Date.now();
  let count = 0;
  const timer = setInterval(() => {
    progress(`building ${names}: ${count} packages compiled, ${clock((Date.now() - start) / 1000)}`);
  }, REPORT_MS);
  return { compiled: () => void count++, stop: () => clearInterval(timer) };
}

/** Minutes and seconds, such as 3:07. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
