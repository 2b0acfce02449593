import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type KubeClient } from "./client";
import type { KubeObject } from "./objects";

/** What to keep an eye on. */
export interface InformerOptions {
  /** Path of a collection, such as `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Called after every change and once after the first list; calls never overlap, and changes meanwhile lead to one more. */
  readonly onChange: () => Promise<void>;
  /** Told about failures; the informer goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

const RETRY_MS = 500;

/**
 * A local copy of a collection, kept up to date by list and watch. A kind that is not served (its CRD is not there yet)
 * is an empty collection.
 */
export class Informer<T extends KubeObject> {
  readonly #client: KubeClient;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #abort = new AbortController();
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
    await this.#loop;
    await this.#notifying;
  }

  /** Asks for one more call of `onChange`, e.g. because something that it depends on changed. */
  poke(): void {
    this.#dirty = true;
    this.#notifying ??= this.#notify();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#listAndWatch();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 404) this.#clear();
        else if (!isGone(error)) this.#options.onError?.(error);
      }
      await sleep(RETRY_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined);
    }
  }

  async #listAndWatch(): Promise<void> {
    const { path, query = {} } = this.#options;
    const { items, version } = await this.#client.listWithVersion<T>(path, query);
    this.#objects.clear();
    for (const item of items) this.#objects.set(keyOf(item), item);
    this.poke();
    let resourceVersion = version;
    while (!this.#abort.signal.aborted) {
      await this.#client.watch(
        path,
        { ...query, resourceVersion },
        ({ type, object }) => {
          if (type === "ERROR") throw new ApiError("GET", path, 410, "Gone", "the watch is too old");
          resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
          if (type === "BOOKMARK") return;
          if (type === "DELETED") this.#objects.delete(keyOf(object));
          else this.#objects.set(keyOf(object), object as T); // the collection's path fixes the kind
          this.poke();
        },
        this.#abort.signal,
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

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}
