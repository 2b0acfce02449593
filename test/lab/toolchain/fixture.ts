import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ToolName } from "../../../lab/contracts";
import type { GoEnvironment } from "../../../lab/toolchain/go";
import type { Part } from "../../../lab/toolchain/parts";

/** A Go that only a cache key looks at. */
export const GO: GoEnvironment = { version: "go1.26.8", os: "linux", arch: "amd64" };

/** A folder of its own that {@link removeFolders} takes away. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "hearth-toolchain-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** For afterEach. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files, path to content, with their folders. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A program that prints this and ends with this code. */
export function program(folder: string, name: string, says: string, code = 0): string {
  write(folder, { [name]: `#!/bin/sh\necho '${says}'\nexit ${code}\n` });
  chmodSync(join(folder, name), 0o755);
  return join(folder, name);
}

/** A part built from a package of our own in one module folder. */
export function part(tool: ToolName, overrides: Partial<Part> = {}): Part {
  return {
    tool,
    version: "1.2.3",
    build: { workspace: { folder: "module" }, package: `./${tool}`, binary: tool, variables: {} },
    ...overrides,
  };
}

/** A modules folder with sources for {@link part}s of these names. */
export function modulesFolder(...tools: readonly ToolName[]): string {
  const folder = temporaryFolder();
  write(folder, { "module/go.mod": "module example\n", "module/go.sum": "sums\n" });
  for (const tool of tools) write(folder, { [`module/${tool}/main.go`]: `package main // ${tool}\n` });
  return folder;
}
