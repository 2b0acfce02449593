/** The cache of finished parts: one folder per part and content, which appears by one rename and is never changed afterwards. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a part came from. */
export type Origin = "path" | "download" | "build";

/** What is recorded beside a finished part. */
export interface PartRecord {
  readonly tool: string;
  readonly version: string;
  readonly origin: Exclude<Origin, "path">;
  /** Seconds of the download or of the build; a build's are shared by the parts of `together`. */
  readonly seconds: number;
  /** The parts that one build made, this one included. */
  readonly together: readonly string[];
}

/** A part in the cache. */
export interface CachedPart {
  readonly path: string;
  readonly record: PartRecord;
}

const RECORD = "part.json";

/** `HEARTH_CACHE`, else the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment["HEARTH_CACHE"]) return environment["HEARTH_CACHE"];
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "hearth");
}

/** Finished parts under one folder. */
export class PartCache {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** The part with this content, if it was ever finished. */
  find(tool: string, key: string): CachedPart | undefined {
    const folder = this.#entry(tool, key);
    if (!existsSync(join(folder, RECORD)) || !existsSync(join(folder, tool))) return undefined;
    const record: PartRecord = JSON.parse(readFileSync(join(folder, RECORD), "utf8"));
    return { path: join(folder, tool), record };
  }

  /** A folder of this process to make things in; {@link clean} removes those of processes that ended. */
  scratch(purpose: string): string {
    const folder = join(this.folder, `tmp-${process.pid}-${purpose}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Moves a folder that holds the finished part into place. */
  publish(folder: string, key: string, record: PartRecord): CachedPart {
    writeFileSync(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    const entry = this.#entry(record.tool, key);
    rmSync(entry, { recursive: true, force: true });
    renameSync(folder, entry);
    return { path: join(entry, record.tool), record };
  }

  /** Removes what interrupted runs left. Only under the lock. */
  clean(isAlive: (pid: number) => boolean): void {
    for (const name of readdirSync(this.folder)) {
      const pid = /^tmp-(\d+)-/.exec(name)?.[1];
      if (pid && !isAlive(Number(pid))) rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }

  #entry(tool: string, key: string): string {
    return join(this.folder, `${tool}-${key}`);
  }
}
