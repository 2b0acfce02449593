import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { TalosHelper } from "../contracts";

/** What Talos' library said to a request, in its own words, or why it could not be asked. */
export class HelperError extends Error {
  constructor(
    /** The operation that failed. */
    readonly op: string,
    message: string,
  ) {
    super(message);
    this.name = "HelperError";
  }
}

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly op: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HelperError) => void;
}

/**
 * Starts the `talos-helper` at this path. Every method rejects with a {@link HelperError}. `close` lets running requests finish
 * and ends the process; a helper that is idle does not keep Node alive.
 */
export function startTalosHelper(path: string): TalosHelper {
  const connection = new Connection(path);
  return {
    secrets: (args) => connection.ask("secrets", args),
    clientConfiguration: (args) => connection.ask("clientConfiguration", args),
    config: (args) => connection.ask("config", args),
    patch: (args) => connection.ask("patch", args),
    inspect: (args) => connection.ask("inspect", args),
    talosconfig: (args) => connection.ask("talosconfig", args),
    kubeconfig: (args) => connection.ask("kubeconfig", args),
    issue: (args) => connection.ask("issue", args),
    selfSigned: (args) => connection.ask("selfSigned", args),
    schematic: (args) => connection.ask("schematic", args),
    close: () => connection.close(),
  };
}

/** Requests by number over the two streams of one process. */
class Connection {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #ended: string | undefined;
  #complaints = "";

  constructor(path: string) {
    this.#child = spawn(path, [], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.once("error", (error) => this.#end(`talos-helper did not start: ${error.message}`));
    this.#child.once("close", (code) => this.#end(`talos-helper ended with code ${code ?? "unknown"}: ${this.#complaints.trim()}`));
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#complaints = `${this.#complaints}${chunk.toString("utf8")}`.slice(-2000)));
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#settle(line));
    this.#holdNodeWhileAsked();
  }

  /** Sends one request. The result has the shape that the operation's Go type has, which the contract test holds it to. */
  ask<Result>(op: string, args: object): Promise<Result> {
    if (this.#ended) return Promise.reject(new HelperError(op, this.#ended));
    const id = ++this.#last;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { op, resolve: resolve as (result: unknown) => void, reject });
      this.#holdNodeWhileAsked();
      this.#child.stdin.write(`${JSON.stringify({ ...args, id, op })}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #settle(line: string): void {
    const answer = readAnswer(line);
    if (!answer) {
      this.#end(`talos-helper said what is no answer: ${line.slice(0, 200)}`);
      this.#child.kill();
      return;
    }
    const waiting = answer.id === null ? undefined : this.#waiting.get(answer.id);
    if (!waiting || answer.id === null) return;
    this.#waiting.delete(answer.id);
    this.#holdNodeWhileAsked();
    if (answer.error === undefined) waiting.resolve(answer.result);
    else waiting.reject(new HelperError(waiting.op, answer.error.trim()));
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { op, reject } of this.#waiting.values()) reject(new HelperError(op, this.#ended));
    this.#waiting.clear();
  }

  #holdNodeWhileAsked(): void {
    const { stdin, stdout, stderr } = this.#child;
    const handles = [this.#child, ...[stdin, stdout, stderr].filter((stream) => stream instanceof Socket)];
    for (const handle of handles) {
      if (this.#waiting.size > 0) handle.ref();
      else handle.unref();
    }
  }
}

function readAnswer(line: string): Answer | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
