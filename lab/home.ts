import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of one lab and what lies where in it. Only its owner can read it: it holds every key of the cluster. */
export class LabHome {
  readonly dir: string;

  constructor(
    readonly stack: string,
    /** Folder that holds all labs. @default `.lab` in the project, or HEARTH_LAB_DIR */
    root = process.env["HEARTH_LAB_DIR"] ?? join(PROJECT, ".lab"),
  ) {
    this.dir = resolve(root, stack);
  }

  /** Makes the folders. */
  prepare(): this {
    for (const dir of [this.dir, this.project, this.state, this.logs, this.pulumiHome, this.temporary])
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(this.dir, 0o700);
    return this;
  }

  /** Working directory of the engine: a copy of Pulumi.yaml and of the stack file, charts. */
  get project(): string {
    return join(this.dir, "project");
  }
  /** The engine's file backend. */
  get state(): string {
    return join(this.dir, "state");
  }
  get pulumiHome(): string {
    return join(this.dir, "pulumi-home");
  }
  /** Temporary files of the engine and its plugins: the Kubernetes provider writes the kubeconfig into one. */
  get temporary(): string {
    return join(this.dir, "tmp");
  }
  get logs(): string {
    return join(this.dir, "log");
  }
  /** Control socket of the daemon. */
  get socket(): string {
    return join(this.dir, "daemon.sock");
  }
  /** Passphrase of the state's secrets, made by the lab. */
  get passphrase(): string {
    return join(this.dir, "passphrase");
  }
  /** Token of the lab's Git server. */
  get gitToken(): string {
    return join(this.dir, "git-token");
  }
  get kubeconfig(): string {
    return join(this.dir, "kubeconfig");
  }
  get talosconfig(): string {
    return join(this.dir, "talosconfig");
  }
}

/** Root of the checkout. */
export const PROJECT = resolve(__dirname, "..");
