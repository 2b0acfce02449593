/** Official downloads: taken only with a published checksum, and given up quickly where the network does not allow them. */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PartCache, CachedPart } from "./cache";
import { downloadKey } from "./content-key";
import type { DownloadFile, DownloadRecipe, Part } from "./parts";

const PROBE_MS = 1_500;
const TRANSFER_MS = 5 * 60 * 1000;
const run = promisify(execFile);

/** Operating system and processor as Go names them. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** This machine. */
function thisPlatform(): Platform {
  return { os: process.platform, arch: process.arch === "x64" ? "amd64" : process.arch };
}

/** Asks each host at most once whether it answers at all, for as long as this process lives. */
export class Hosts {
  readonly #answers = new Map<string, Promise<boolean>>();

  /** False when no connection comes about within a second and a half. */
  reachable(url: URL): Promise<boolean> {
    const known = this.#answers.get(url.host);
    if (known) return known;
    const answer = answers(url);
    this.#answers.set(url.host, answer);
    return answer;
  }
}

/** A download that was made before. */
export function findDownloaded(part: Part, cache: PartCache, platform = thisPlatform()): CachedPart | undefined {
  return part.download && cache.find(part.tool, keyFor(part.download, platform));
}

/** The part from its official download; a text that says why not, when it cannot be had. */
export async function downloadPart(part: Part, cache: PartCache, hosts: Hosts, platform = thisPlatform()): Promise<CachedPart | string> {
  if (!part.download) return "there is no official download";
  const files = part.download.files.map((file) => fill(file, platform));
  const unreachable = await firstUnreachable(files, hosts);
  if (unreachable) return `${unreachable} cannot be reached`;
  const folder = cache.scratch(part.tool);
  const start = Date.now();
  try {
    await Promise.all(files.map((file) => fetchFile(file, folder)));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return error instanceof Error ? error.message : String(error);
  }
  if (part.download.script) writeExecutable(join(folder, part.tool), part.download.script);
  const seconds = Math.round((Date.now() - start) / 100) / 10;
  return cache.publish(folder, keyFor(part.download, platform), {
    tool: part.tool,
    version: part.version,
    origin: "download",
    seconds,
    together: [part.tool],
  });
}

/** The checksum of a file in a published list: the line that ends with its name, or the only word there is. */
export function findChecksum(list: string, name: string): string | undefined {
  const lines = list.split("\n").map((line) => line.trim().split(/\s+/));
  const named = lines.find((words) => words.length > 1 && words.at(-1)?.replace(/^\*/, "") === name);
  const sum = named?.[0] ?? (lines.length > 0 && lines[0]?.length === 1 ? lines[0][0] : undefined);
  return sum && /^[0-9a-f]{64}$/i.test(sum) ? sum.toLowerCase() : undefined;
}

function keyFor(recipe: DownloadRecipe, { os, arch }: Platform): string {
  return downloadKey(recipe, `${os}/${arch}`);
}

function fill(file: DownloadFile, { os, arch }: Platform): DownloadFile {
  const values: Record<string, string> = { version: file.version, os, arch, pulumiArch: arch === "amd64" ? "x64" : arch };
  const text = (template: string): string => template.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? "");
  return { ...file, url: text(file.url), sha256Url: text(file.sha256Url), member: file.member && text(file.member) };
}

async function firstUnreachable(files: readonly DownloadFile[], hosts: Hosts): Promise<string | undefined> {
  const urls = files.flatMap(({ url, sha256Url }) => [new URL(url), new URL(sha256Url)]);
  const found = await Promise.all(urls.map(async (url) => ((await hosts.reachable(url)) ? undefined : url.host)));
  return found.find((host) => host !== undefined);
}

async function fetchFile(file: DownloadFile, folder: string): Promise<void> {
  const name = basename(new URL(file.url).pathname);
  const [content, list] = await Promise.all([get(file.url), get(file.sha256Url)]);
  const wanted = findChecksum(list.toString("utf8"), name);
  if (!wanted) throw new Error(`${file.sha256Url} has no checksum of ${name}`);
  const sum = createHash("sha256").update(content).digest("hex");
  if (sum !== wanted) throw new Error(`${file.url} has checksum ${sum}, published is ${wanted}`);
  if (file.member) await unpack(content, file.member, join(folder, file.as));
  else writeExecutable(join(folder, file.as), content);
}

async function get(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TRANSFER_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function unpack(archive: Buffer, member: string, target: string): Promise<void> {
  const folder = `${target}.unpacked`;
  mkdirSync(folder);
  writeFileSync(`${target}.tar.gz`, archive);
  await run("tar", ["-xzf", `${target}.tar.gz`, "-C", folder]);
  renameSync(join(folder, member), target);
  chmodSync(target, 0o755);
  rmSync(folder, { recursive: true });
  rmSync(`${target}.tar.gz`);
}

function writeExecutable(path: string, content: string | Buffer): void {
  writeFileSync(path, content, { mode: 0o755 });
}

/** A TCP connection says enough: a refused, filtered or unknown host shows within the time. */
function answers(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const port = Number(url.port) || (url.protocol === "http:" ? 80 : 443);
    const socket = connect({ host: url.hostname, port, timeout: PROBE_MS });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
    setTimeout(() => settle(false), PROBE_MS).unref();
  });
}
