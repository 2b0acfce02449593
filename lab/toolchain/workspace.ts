import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { goFailure, runGo } from "./go";
import type { Workspace } from "./parts";
import { fetchModules, moduleKey, type ModulePin } from "./source-modules";

/** Where a workspace is made and what it is made of. */
export interface WorkspaceArgs {
  /** `lab/toolchain/modules`. */
  readonly modulesFolder: string;
  /** An empty folder. */
  readonly target: string;
  /** File that remembers where Go keeps modules. */
  readonly memory: string;
}

/** Fills an empty folder with everything that `go build` needs of ours; the checkout itself is never built in. */
export async function prepareWorkspace(workspace: Workspace, { modulesFolder, target, memory }: WorkspaceArgs): Promise<void> {
  const ours = join(modulesFolder, workspace.folder);
  const borrowed = workspace.borrowed ?? [];
  const pins: ModulePin[] = [...(workspace.copyOf ? [workspace.copyOf] : []), ...borrowed];
  const folders = await fetchModules(unique(pins), memory);
  if (workspace.copyOf) copyWritable(folders.get(moduleKey(workspace.copyOf)) ?? "", target);
  overlay(ours, target);
  for (const file of borrowed) copyWritable(join(folders.get(moduleKey(file)) ?? "", file.path), join(target, file.as));
  for (const [path, content] of Object.entries(workspace.placeholders ?? {})) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), content);
  }
  await addReplaces(workspace, target);
}

async function addReplaces(workspace: Workspace, folder: string): Promise<void> {
  const replaces = Object.entries(workspace.replace ?? {}).map(([module, by]) => `-replace=${module}=${by}`);
  if (replaces.length === 0) return;
  const result = await runGo(["mod", "edit", ...replaces], { folder });
  if (result.code !== 0) throw goFailure(`edit the module file of ${workspace.folder}`, result);
}

/** Lays our files over what is there; sums of ours are added to sums that are there. */
function overlay(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name === "go.sum" && existsSync(target)) writeFileSync(target, readFileSync(target, "utf8") + readFileSync(source, "utf8"));
    else copyWritable(source, target);
  }
}

/** Go's module cache is read-only, and so would a copy be. */
function copyWritable(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, force: true });
  makeWritable(to);
}

function makeWritable(path: string): void {
  if (!statSync(path).isDirectory()) return chmodSync(path, 0o644);
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) makeWritable(join(path, name));
}

function unique(pins: readonly ModulePin[]): ModulePin[] {
  return [...new Map(pins.map((pin) => [moduleKey(pin), pin])).values()];
}
