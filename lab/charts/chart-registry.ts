import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { LabChart } from "./catalogue";
import { packageChart } from "./chart-package";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const PREFIX = "charts";

interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Buffer;
}

interface Artifact {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
}

/** One request that the registry answered. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** A read-only OCI registry of Helm charts over plain HTTP on 127.0.0.1. */
export class ChartRegistry {
  readonly #charts: readonly LabChart[];
  readonly #artifacts = new Map<LabChart, Artifact>();
  readonly #requests: RegistryRequest[] = [];
  #server: Server | undefined;
  #port: number;

  private constructor(charts: readonly LabChart[], port: number) {
    this.#charts = charts;
    this.#port = port;
  }

  /** Starts serving. `port` is a free one when absent. */
  static async start(charts: readonly LabChart[], port = 0): Promise<ChartRegistry> {
    const registry = new ChartRegistry(charts, port);
    await registry.switchOn();
    return registry;
  }

  /** For the setting `hearth:charts` -> `mirror`: every chart is under its own name below it. */
  get mirror(): string {
    return `oci://127.0.0.1:${this.#port}/${PREFIX}`;
  }

  /** What was asked so far, in order. */
  get requests(): readonly RegistryRequest[] {
    return this.#requests;
  }

  /** Refuses connections, as a registry that is down; the port stays reserved to this registry by name only. */
  async switchOff(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Serves (again), on the same port. */
  async switchOn(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => this.#serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the chart registry has no port");
    this.#port = address.port;
    this.#server = server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const method = request.method ?? "GET";
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    try {
      if (method === "GET" || method === "HEAD") this.#answer(path, method, response);
      else failure(response, 405, "UNSUPPORTED", "the lab's registry is read-only");
    } catch (error) {
      failure(response, 500, "UNKNOWN", error instanceof Error ? error.message : "");
    }
    this.#requests.push({ method, path, status: response.statusCode });
  }

  #answer(path: string, method: string, response: ServerResponse): void {
    if (path === "/v2/" || path === "/v2") return send(response, method, { mediaType: "application/json", content: Buffer.from("{}") });
    const [, repository = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
    const charts = this.#charts.filter(({ name }) => repository === `${PREFIX}/${name}`);
    if (charts.length === 0) return failure(response, 404, "NAME_UNKNOWN", `no chart ${repository}`);
    if (kind === "tags") {
      const content = Buffer.from(JSON.stringify({ name: repository, tags: charts.map(tagOf).sort() }));
      return send(response, method, { mediaType: "application/json", content });
    }
    const blob = kind === "manifests" ? this.#manifest(charts, reference) : this.#blob(charts, reference);
    if (blob === undefined)
      return failure(response, 404, kind === "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN", `no ${reference} in ${repository}`);
    response.setHeader("Docker-Content-Digest", blob.digest);
    send(response, method, blob);
  }

  #manifest(charts: readonly LabChart[], reference: string): Blob | undefined {
    const tagged = charts.find((chart) => tagOf(chart) === reference);
    if (tagged !== undefined) return this.#artifact(tagged).manifest;
    return charts.map((chart) => this.#artifact(chart).manifest).find(({ digest }) => digest === reference);
  }

  #blob(charts: readonly LabChart[], digest: string): Blob | undefined {
    return charts.flatMap((chart) => this.#artifact(chart).blobs).find((blob) => blob.digest === digest);
  }

  #artifact(chart: LabChart): Artifact {
    const known = this.#artifacts.get(chart);
    if (known !== undefined) return known;
    const { archive, metadata } = packageChart(chart.source());
    const [config, layer] = [toBlob(CONFIG, Buffer.from(metadata)), toBlob(LAYER, archive)];
    const describe = ({ mediaType, digest, content }: Blob): Record<string, unknown> => ({ mediaType, digest, size: content.length });
    const annotations = { "org.opencontainers.image.title": chart.name, "org.opencontainers.image.version": chart.version };
    const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: describe(config), layers: [describe(layer)], annotations };
    const artifact = { manifest: toBlob(MANIFEST, Buffer.from(JSON.stringify(manifest))), blobs: [config, layer] };
    this.#artifacts.set(chart, artifact);
    return artifact;
  }
}

/** A tag cannot hold the `+` of a version with build metadata; Helm writes `_` for it. */
function tagOf({ version }: LabChart): string {
  return version.replace(/\+/g, "_");
}

function toBlob(mediaType: string, content: Buffer): Blob {
  return { mediaType, content, digest: `sha256:${createHash("sha256").update(content).digest("hex")}` };
}

function send(
  response: ServerResponse,
  method: string,
  { mediaType, content }: { readonly mediaType: string; readonly content: Buffer },
): void {
  response.writeHead(200, { "content-type": mediaType, "content-length": content.length });
  response.end(method === "HEAD" ? undefined : content);
}

function failure(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
