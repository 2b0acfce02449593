import { createHash } from "node:crypto";
import { UserError } from "../config/user-error";

/** A chart in an OCI registry, by name and version. */
export interface ChartReference {
  /** `oci://registry.example.com/path/name`. */
  readonly url: string;
  readonly version: string;
}

/** A chart's archive and the sha256 of its bytes. */
export interface ChartArchive {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** The registry said no, or nothing. */
export class ChartError extends UserError {
  constructor(reference: ChartReference, why: string) {
    super(`chart ${reference.url} ${reference.version}: ${why}`);
  }
}

/** Media type of a chart's layer; source: Helm's OCI support (HIP-6). */
const CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** Milliseconds for one request. */
const TIMEOUT = 60_000;

interface Manifest {
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string }[];
}

export interface PullOptions {
  /** Plain http is for a registry on the loopback interface only; the settings see to that. */
  readonly scheme: "https" | "http";
}

/** Pulls a chart and checks its bytes against the digest in its manifest. @throws ChartError */
export async function pullChart(reference: ChartReference, { scheme }: PullOptions): Promise<ChartArchive> {
  const { host, repository } = parse(reference);
  const base = `${scheme}://${host}/v2/${repository}`;
  const tag = reference.version.replaceAll("+", "_"); // a tag cannot hold a plus sign; Helm writes an underscore
  const ask = asker(reference);
  const manifest = (await (await ask(`${base}/manifests/${tag}`, MANIFEST)).json()) as Manifest;
  const layer = manifest.layers?.find(({ mediaType }) => mediaType === CHART_LAYER);
  if (layer === undefined) throw new ChartError(reference, "the registry holds something under this name that is not a Helm chart");
  const bytes = Buffer.from(await (await ask(`${base}/blobs/${layer.digest}`, "*/*")).arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (`sha256:${sha256}` !== layer.digest)
    throw new ChartError(reference, `the archive is not what its manifest promises (${layer.digest})`);
  return { bytes, sha256 };
}

function parse(reference: ChartReference): { host: string; repository: string } {
  const match = /^oci:\/\/([^/]+)\/(.+)$/.exec(reference.url);
  if (match?.[1] === undefined || match[2] === undefined) throw new ChartError(reference, "not an oci:// address");
  return { host: match[1], repository: match[2] };
}

/** A GET that follows a registry's demand for an anonymous token once. */
function asker(reference: ChartReference): (url: string, accept: string) => Promise<Response> {
  let authorization: string | undefined;
  const get = (url: string, accept: string): Promise<Response> =>
    fetch(url, {
      headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw new ChartError(reference, `cannot reach ${new URL(url).host} (${reason(error)})`);
    });
  return async (url, accept) => {
    let response = await get(url, accept);
    const challenge = response.headers.get("www-authenticate");
    if (response.status === 401 && challenge !== null && authorization === undefined) {
      authorization = `Bearer ${await anonymousToken(challenge, get)}`;
      response = await get(url, accept);
    }
    if (!response.ok) throw new ChartError(reference, `${new URL(url).host} answered ${response.status}`);
    return response;
  };
}

/** Source: the distribution specification's token authentication. */
async function anonymousToken(challenge: string, get: (url: string, accept: string) => Promise<Response>): Promise<string> {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const url = new URL(fields.get("realm") ?? "");
  for (const key of ["service", "scope"]) if (fields.has(key)) url.searchParams.set(key, fields.get(key) ?? "");
  const answer = (await (await get(url.href, "application/json")).json()) as { readonly token?: string; readonly access_token?: string };
  return answer.token ?? answer.access_token ?? "";
}

function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
