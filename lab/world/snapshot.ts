import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterState } from "./cluster-state";
import type { ProxmoxSnapshot } from "./proxmox";

/** Format of the file; another number is refused. */
const FORMAT = 1;

/** Everything that outlives the daemon. Machine configs are in it, so its file is for the owner's eyes only. */
export interface WorldSnapshot {
  readonly format: typeof FORMAT;
  readonly schematics: readonly (readonly [string, string])[];
  /** By name of the Proxmox cluster. */
  readonly proxmox: Readonly<Record<string, ProxmoxSnapshot>>;
  readonly clusters: readonly ClusterState[];
  /** State of other parts of the world, by name; each knows its own form. */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** The file `world.json` in the lab's directory. */
export class SnapshotFile {
  private readonly path: string;

  constructor(private readonly labDir: string) {
    this.path = join(labDir, "world.json");
  }

  /** Undefined when there is none; throws on one of another format. */
  read(): WorldSnapshot | undefined {
    if (!existsSync(this.path)) return undefined;
    const value: unknown = JSON.parse(readFileSync(this.path, "utf8"));
    if (!isSnapshot(value)) throw new Error(`${this.path} was written by another version of the lab: remove it to start over`);
    return value;
  }

  /** Replaces the file in one step. */
  write(snapshot: Omit<WorldSnapshot, "format">): void {
    mkdirSync(this.labDir, { recursive: true });
    const scratch = `${this.path}.new`;
    writeFileSync(scratch, JSON.stringify({ format: FORMAT, ...snapshot }), { mode: 0o600 });
    renameSync(scratch, this.path);
  }
}

const isSnapshot = (value: unknown): value is WorldSnapshot =>
  typeof value === "object" && value !== null && "format" in value && value.format === FORMAT;
