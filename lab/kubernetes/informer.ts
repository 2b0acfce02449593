import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type CollectionContent, type KubeClient } from "./client";
import type { KubeObject } from "./objects";

/** What to keep an eye on. */
export interface InformerOptions {
  /** Path of a collection, such as `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** How much of each object is kept. @default "objects" */
  readonly content?: CollectionContent;
  /** Milliseconds between two looks for a kind that is not served, unless `wake` is called. @default 500 */
  readonly unservedRetryMs?: number;
  /** Called after every change and once after the first list; calls never overlap, and changes meanwhile lead to one more. */
  readonly onChange: () => Promise<void>;
  /** Told about failures; the informer goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

const RETRY_MS = 500;

/** A CRD is Established about a second before its kind is served: this long and this often is asked after `wake`. */
const AWAKE_MS = 5_000;
const AWAKE_RETRY_MS = 100;

/**
 * A local copy of a collection, kept up to date by list and watch. A kind that is not served (its CRD is not there yet)
 * is an empty collection, and is asked for again every `unservedRetryMs` or, sooner, after `wake`.
 */
export class Informer<T extends KubeObject> {
  readonly #client: KubeClient;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #abort = new AbortController();
  /** Ends the wait for a kind that is not served. */
  #wait: AbortController | undefined;
  #awakeUntil = 0;
  #dirty = false;
  #notifying: Promise<void> | undefined;
  #loop: Promise<void> | undefined;

  constructor(client: KubeClient, options: InformerOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** The objects as last seen. */
  items(): readonly T[] {
    return [...this.#objects.values()];
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Stops and waits for a reconciliation that is under way. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wait?.abort();
    await this.#loop;
    await this.#notifying;
  }

  /** Asks for one more call of `onChange`, e.g. because something that it depends on changed. */
  poke(): void {
    this.#dirty = true;
    this.#notifying ??= this.#notify();
  }

  /** Says that the kind, should it not be served, soon will be. Without effect on one that is. */
  wake(): void {
    this.#awakeUntil = Date.now() + AWAKE_MS;
    this.#wait?.abort();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#listAndWatch();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (hasStatus(error, 404)) {
          this.#clear();
          await this.#waitUnserved();
          continue;
        }
        if (!hasStatus(error, 410)) this.#options.onError?.(error);
      }
      await sleep(RETRY_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined);
    }
  }

  async #waitUnserved(): Promise<void> {
    if (Date.now() < this.#awakeUntil) {
      await sleep(AWAKE_RETRY_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined);
      return;
    }
    this.#wait = new AbortController();
    await sleep(this.#options.unservedRetryMs ?? RETRY_MS, undefined, { signal: this.#wait.signal }).catch(() => undefined);
    this.#wait = undefined;
  }

  async #listAndWatch(): Promise<void> {
    const { path, query = {}, content } = this.#options;
    const { items, version } = await this.#client.listWithVersion<T>(path, query, content);
    this.#objects.clear();
    for (const item of items) this.#objects.set(keyOf(item), item);
    this.poke();
    let resourceVersion = version;
    while (!this.#abort.signal.aborted) {
      await this.#client.watch(
        path,
        { ...query, resourceVersion },
        ({ type, object }) => {
          if (type === "ERROR") throw new ApiError("GET", path, 410, "the watch is too old");
          resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
          if (type === "BOOKMARK") return;
          if (type === "DELETED") this.#objects.delete(keyOf(object));
          else this.#objects.set(keyOf(object), object as T); // the collection's path fixes the kind
          this.poke();
        },
        this.#abort.signal,
        content,
      );
    }
  }

  #clear(): void {
    if (this.#objects.size === 0) return;
    this.#objects.clear();
    this.poke();
  }

  async #notify(): Promise<void> {
    while (this.#dirty && !this.#abort.signal.aborted) {
      this.#dirty = false;
      try {
        await this.#options.onChange();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#options.onError?.(error);
        await sleep(RETRY_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined);
        this.#dirty = true;
      }
    }
    this.#notifying = undefined;
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
