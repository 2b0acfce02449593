import { Agent, type RequestOptions, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "./objects";

/** How to reach and log in to a kube-apiserver. PEM texts. */
export interface KubeAccess {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(method: string, path: string, status: number, message: string) {
    super(`${method} ${path}: ${status} ${message}`);
    this.status = status;
  }
}

/** Of a collection: whole objects, or kind and metadata alone, which for CRDs is a fiftieth of it or less. */
export type CollectionContent = "objects" | "metadata";

/** What to accept for a collection; the API server takes the rest away itself. */
const LISTS: Readonly<Record<CollectionContent, string>> = {
  objects: "application/json",
  metadata: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
};

/** The same for the events of its watch. */
const WATCHES: Readonly<Record<CollectionContent, string>> = {
  objects: "application/json",
  metadata: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
};

interface Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** One event of a watch, as the API server sends it. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

/** How often a request is sent at most, as client-go does. */
const TRIES = 10;

/** A small client of the Kubernetes API: what the lab needs, over one client certificate. */
export class KubeClient {
  readonly #access: KubeAccess;
  readonly #agent: Agent;
  /** Without a bound: a watch keeps its connection, and must not keep one from a request. */
  readonly #watchAgent: Agent;
  readonly #resources = new Map<string, readonly ApiResource[]>();

  constructor(access: KubeAccess) {
    this.#access = access;
    const identity = { ca: access.ca, cert: access.certificate, key: access.key };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ...identity });
    this.#watchAgent = new Agent(identity);
  }

  /** Closes idle connections; later requests open new ones. */
  close(): void {
    this.#agent.destroy();
    this.#watchAgent.destroy();
  }

  /**
   * Any request, sent again when the API server says after how long: it refuses a kind while it prepares its storage.
   * The caller names the shape of the answer, which is the API server's promise. @throws ApiError
   */
  request<T = unknown>(method: string, path: string, options: Request = {}): Promise<T> {
    return this.#request(method, path, options, TRIES);
  }

  async #request<T>(method: string, path: string, options: Request, triesLeft: number): Promise<T> {
    const response = await this.#send(method, path, options);
    const text = await readAll(response);
    const status = response.statusCode ?? 0;
    const wait = status === 429 && triesLeft > 1 ? Number(response.headers["retry-after"]) : NaN;
    if (Number.isFinite(wait)) {
      await sleep(wait * 1000);
      return this.#request(method, path, options, triesLeft - 1);
    }
    if (status >= 300) throw toApiError(method, path, status, text);
    const json = (response.headers["content-type"] ?? "").startsWith("application/json");
    return (json ? JSON.parse(text) : text) as T; // the API server's own schema is what checks it
  }

  /** Reads one object; undefined when there is none. */
  async find<T extends KubeObject = KubeObject>(path: string): Promise<T | undefined> {
    return this.request<T>("GET", path).catch(ignoreMissing);
  }

  /** Reads a collection. */
  async list<T extends KubeObject = KubeObject>(path: string, query: Readonly<Record<string, string>> = {}): Promise<readonly T[]> {
    return (await this.listWithVersion<T>(path, query)).items;
  }

  /** Reads a collection together with the version from which a watch can go on. */
  async listWithVersion<T extends KubeObject>(
    path: string,
    query: Readonly<Record<string, string>> = {},
    content: CollectionContent = "objects",
  ): Promise<{ readonly items: readonly T[]; readonly version: string }> {
    const request = { query, accept: LISTS[content] };
    const answer = await this.request<{ metadata: { resourceVersion: string }; items: readonly T[] | null }>("GET", path, request);
    return { items: answer.items ?? [], version: answer.metadata.resourceVersion };
  }

  /** Server-side apply with strict field validation. @throws ApiError on a conflict, unless forced. */
  async apply<T extends KubeObject = KubeObject>(object: KubeObject, options: { readonly manager: string; readonly onConflict: "fail" | "force" }): Promise<T> {
    const force = String(options.onConflict === "force");
    const query = { fieldManager: options.manager, force, fieldValidation: "Strict" };
    return this.request<T>("PATCH", await this.pathOf(object), { query, body: object, contentType: "application/apply-patch+yaml" });
  }

  /** JSON merge patch; `subresource` as in "status". */
  async merge<T extends KubeObject = KubeObject>(path: string, patch: unknown): Promise<T> {
    return this.request<T>("PATCH", path, { body: patch, contentType: "application/merge-patch+json" });
  }

  /** Deletes; nothing when it is gone already. */
  async delete(path: string): Promise<void> {
    await this.request("DELETE", path).catch(ignoreMissing);
  }

  /** Opens a watch and calls back for each event until it closes. Rejects when it cannot be opened. */
  async watch(
    path: string,
    query: Readonly<Record<string, string>>,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
    content: CollectionContent = "objects",
  ): Promise<void> {
    const request = { query: { ...query, watch: "true", allowWatchBookmarks: "true" }, accept: WATCHES[content], timeoutMs: 0 };
    const response = await this.#send("GET", path, request, signal);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw toApiError("GET", path, status, await readAll(response));
    response.setEncoding("utf8");
    let rest = "";
    for await (const chunk of response) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") onEvent(JSON.parse(line) as WatchEvent); // framing is the API server's contract
    }
  }

  /** Path of an object, its plural looked up at the API server. @throws Error when the kind is not served. */
  async pathOf(object: KubeObject): Promise<string> {
    const { apiVersion, kind, metadata } = object;
    const resource = await this.#resource(apiVersion, kind);
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${groupPath(apiVersion)}${namespace}/${resource.name}/${metadata.name}`;
  }

  async #resource(apiVersion: string, kind: string): Promise<ApiResource> {
    const known = this.#resources.get(apiVersion)?.find((resource) => resource.kind === kind);
    if (known !== undefined) return known;
    const answer = await this.request<{ resources: readonly ApiResource[] }>("GET", groupPath(apiVersion));
    const resources = answer.resources.filter(({ name }) => !name.includes("/"));
    this.#resources.set(apiVersion, resources);
    const found = resources.find((resource) => resource.kind === kind);
    if (found === undefined) throw new Error(`the API server does not serve ${apiVersion} ${kind}`);
    return found;
  }

  #send(
    method: string,
    path: string,
    { query = {}, body, contentType, accept = "application/json", timeoutMs = 30_000 }: Request,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const search = new URLSearchParams(query).toString();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      host: this.#access.host,
      port: this.#access.port,
      method,
      path: search === "" ? path : `${path}?${search}`,
      agent: query["watch"] === undefined ? this.#agent : this.#watchAgent,
      timeout: timeoutMs,
      headers: {
        accept,
        ...(payload === undefined ? {} : { "content-type": contentType ?? "application/json", "content-length": Buffer.byteLength(payload) }),
      },
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, resolve);
      outgoing.once("error", reject);
      outgoing.once("timeout", () => outgoing.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)));
      outgoing.end(payload);
    });
  }
}

/** For `catch`: a missing object is an answer, everything else stays an error. */
export function ignoreMissing(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}

/** `/api/v1` or `/apis/<group>/<version>`. */
function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function toApiError(method: string, path: string, status: number, text: string): ApiError {
  try {
    const { message = text } = JSON.parse(text) as { message?: string }; // a Status object
    return new ApiError(method, path, status, message);
  } catch {
    return new ApiError(method, path, status, text.trim());
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
