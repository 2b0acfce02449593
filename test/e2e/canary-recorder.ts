/** Records everything that a run of the engine says, in every place where it says it. */
import { type EngineEvent, PulumiCommand } from "@pulumi/pulumi/automation";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../../lab/session";
import type { Source } from "./canary-scan";

/** What a run of the CLI came to. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** The part of the Automation API's command that its types leave out. */
interface Command {
  run(args: string[], cwd: string, env: Record<string, string>, ...rest: readonly unknown[]): Promise<CommandResult>;
}

/** How a run shows itself: as people see it, as `--diff`, as `--json`. */
export type Display = "plain" | "diff" | "json";

/** Collects what the engine says, whoever in this process asks it: command lines, stdout, stderr, errors, events. */
export class Recorder {
  readonly #texts: Source[] = [];
  readonly #run: Command["run"];
  #display: Display = "plain";

  constructor() {
    const { run } = commandClass();
    this.#run = run;
    const record = (command: Command, ...args: Parameters<Command["run"]>): Promise<CommandResult> => this.#record(command, ...args);
    commandClass().run = function (this: Command, ...args) {
      return record(this, ...args);
    };
  }

  /** Everything recorded so far. */
  get sources(): readonly Source[] {
    return this.#texts;
  }

  add(channel: string, where: string, text: string): void {
    this.#texts.push({ channel, where, data: Buffer.from(text) });
  }

  /** Runs `work` with one of the displays. */
  async shown<T>(display: Display, work: (onEvent: (event: EngineEvent) => void) => Promise<T>): Promise<T> {
    this.#display = display;
    const events: EngineEvent[] = [];
    try {
      return await work((event) => events.push(event));
    } finally {
      this.#display = "plain";
      this.add("event log", display, events.map((event) => JSON.stringify(event)).join("\n"));
    }
  }

  /** Records no more. */
  stop(): void {
    commandClass().run = this.#run;
  }

  async #record(
    command: Command,
    args: string[],
    ...rest: readonly [string, Record<string, string>, ...unknown[]]
  ): Promise<CommandResult> {
    const verb = args[0] ?? "";
    const shown = this.#display === "plain" || !["up", "preview"].includes(verb) ? args : [...args, `--${this.#display}`];
    const where = `pulumi ${verb} (${this.#display})`;
    this.add("command lines", where, shown.join("\n"));
    try {
      const result = await this.#run.call(command, shown, ...rest);
      // What is asked for with --show-secrets goes to whoever asked, and nowhere else.
      if (!shown.includes("--show-secrets")) this.#said(where, result);
      return result;
    } catch (error) {
      this.add("error texts", where, String(error));
      throw error;
    }
  }

  #said(where: string, { stdout, stderr }: CommandResult): void {
    this.add("stdout", where, stdout);
    this.add("stderr", where, stderr);
  }
}

/** Runs one command of the CLI in a session's place. */
export function runCli({ stack: { workspace } }: Session, args: string[]): Promise<CommandResult> {
  return commandClass().run.call(workspace.pulumiCommand as unknown as Command, args, workspace.workDir, workspace.envVars); // `run` is marked internal and stripped from the types
}

/** What every command of this process runs through. */
function commandClass(): Command {
  return PulumiCommand.prototype as unknown as Command; // likewise
}

/** Milliseconds between two looks at what changes. */
const INTERVAL = 200;
/** Bytes of a file that is looked at while it may still go away. */
const LARGEST = 4 << 20;

/** Catches what is there for a moment only: temporary files and the command lines of processes, which everybody can read. */
export class Watcher {
  readonly #files = new Map<string, { readonly stamp: string; readonly data: Buffer }>();
  readonly #commands = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  /** Looks into folders, so many levels deep; `except` is older, is scanned by other means, or is somebody else's. */
  constructor(
    private readonly folders: readonly { readonly path: string; readonly levels: number }[],
    private readonly except: (path: string) => boolean,
  ) {
    this.#timer = setInterval(() => this.look(), INTERVAL);
  }

  /** Looks once more, then no more. */
  stop(): void {
    this.look();
    clearInterval(this.#timer);
  }

  get sources(): readonly Source[] {
    const files = [...this.#files].map(([where, { data }]): Source => ({ channel: "temporary files", where, data }));
    return [...files, { channel: "command lines", where: "/proc", data: Buffer.from([...this.#commands].join("\n")) }];
  }

  look(): void {
    for (const { path, levels } of this.folders) this.#walk(path, levels);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const command = orUndefined(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      if (command !== undefined && command !== "") this.#commands.add(command);
    }
  }

  #walk(path: string, levels: number): void {
    const stats = this.except(path) || levels < 0 ? undefined : orUndefined(() => lstatSync(path));
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      for (const name of orUndefined(() => readdirSync(path)) ?? []) this.#walk(join(path, name), levels - 1);
      return;
    }
    const stamp = `${stats.mtimeMs} ${stats.size}`;
    if (!stats.isFile() || stats.size > LARGEST || this.#files.get(path)?.stamp === stamp) return;
    const data = orUndefined(() => readFileSync(path));
    if (data !== undefined) this.#files.set(path, { stamp, data });
  }
}

/** Undefined for what went away while it was looked at. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
