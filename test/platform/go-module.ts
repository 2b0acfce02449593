import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

let cache: string | undefined;

function cacheFolder(): string {
  if (cache !== undefined) return cache;
  const go = spawnSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" });
  cache = go.status === 0 ? go.stdout.trim() : join(process.env["GOPATH"] ?? join(homedir(), "go"), "pkg/mod");
  return cache;
}

/** Folder of a Go module's sources where the module cache has them; nothing is downloaded. */
export function moduleFolder(module: string, version: string): string | undefined {
  const escaped = module.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
  const folder = join(cacheFolder(), `${escaped}@${version}`);
  return existsSync(folder) ? folder : undefined;
}
