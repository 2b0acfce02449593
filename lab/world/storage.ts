import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventLog } from "./events";
import type { DatastoreFacts, ProxmoxFacts } from "./facts";
import { IMAGE_BYTES, type ImageFacts, type ImageFactory } from "./image-factory";

/** A file in a datastore. */
export interface Download {
  readonly proxmox: string;
  /** Host that has it; on shared storage the one that fetched it. */
  readonly host: string;
  /** `<datastore>:<content>/<file>`. */
  readonly volume: string;
  readonly url: string;
  readonly bytes: number;
  readonly image: ImageFacts;
}

/** A request to Proxmox' `download-url`. */
export interface DownloadRequest {
  readonly host: string;
  readonly datastore: string;
  readonly content: string;
  readonly file: string;
  readonly url: string;
  /** What Proxmox is to unpack it with. */
  readonly decompression?: string;
}

/** Formats that Proxmox takes per content type. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = { import: ["qcow2", "raw", "vmdk", "ova"], iso: ["iso", "img"] };

/** Datastores of one Proxmox cluster and the images in them. */
export class Storage {
  private downloads: Download[] = [];

  constructor(
    private readonly facts: ProxmoxFacts,
    private readonly factory: ImageFactory,
    private readonly clock: Clock,
    private readonly events: EventLog,
  ) {}

  /** Throws when that host does not see the datastore, or it does not take the content. */
  datastore(host: string, name: string, content: string): DatastoreFacts {
    const datastore = this.facts.datastores.find((candidate) => candidate.name === name);
    if (!datastore?.hosts.includes(host)) throw new WorldError("not-found", `storage '${name}' is not available on node '${host}'`);
    if (!datastore.contents.includes(content)) {
      throw new WorldError("invalid-argument", `storage '${name}' does not support content type '${content}'`);
    }
    return datastore;
  }

  /** Size of what a URL leads to, as Proxmox' `query-url-metadata` tells. */
  metadata(url: string): { readonly bytes: number; readonly file: string } {
    this.factory.locate(url);
    return { bytes: IMAGE_BYTES, file: url.slice(url.lastIndexOf("/") + 1) };
  }

  /** Fetches an image. Refused when the file is there already: Proxmox never overwrites. */
  async download(request: DownloadRequest, signal?: AbortSignal): Promise<Download> {
    const { host, datastore, content, file, url } = request;
    this.datastore(host, datastore, content);
    this.assertName(request);
    const volume = `${datastore}:${content}/${file}`;
    const image = this.factory.locate(url);
    if (this.find(host, volume)) throw new WorldError("already-exists", `refusing to override existing file '${volume}'`);
    this.assertUnpacked(request, image);
    const subject = `${host}/${volume}`;
    this.events.append(this.clock.timestamp(), "download.start", subject, { url });
    try {
      await this.clock.take("download", signal);
    } catch (error) {
      this.events.append(this.clock.timestamp(), "download.failed", subject, { url });
      throw error;
    }
    const download: Download = { proxmox: this.facts.name, host, volume, url, bytes: IMAGE_BYTES, image };
    this.downloads.push(download);
    this.events.append(this.clock.timestamp(), "download.done", subject, { url, bytes: IMAGE_BYTES });
    return download;
  }

  private assertName({ content, file }: DownloadRequest): void {
    const extensions = EXTENSIONS[content] ?? [];
    if (!extensions.some((extension) => file.endsWith(`.${extension}`))) {
      throw new WorldError(
        "invalid-argument",
        `invalid filename or wrong extension: '${file}' (${content} takes ${extensions.join(", ")})`,
      );
    }
  }

  private assertUnpacked({ decompression, file }: DownloadRequest, image: ImageFacts): void {
    const packed = /\.(xz|zst|gz|bz2|lzo)$/.exec(image.format)?.[1];
    if (packed === decompression) return;
    throw new WorldError(
      "invalid-argument",
      packed === undefined
        ? `'${file}' is not packed with ${decompression}`
        : `'${file}' is packed with ${packed} and Proxmox was not told to unpack it`,
    );
  }

  /** The file as that host sees it. */
  find(host: string, volume: string): Download | undefined {
    const datastore = this.facts.datastores.find((candidate) => candidate.name === volume.split(":")[0]);
    if (!datastore?.hosts.includes(host)) return undefined;
    return this.downloads.find((download) => download.volume === volume && (datastore.kind === "shared" || download.host === host));
  }

  /** Removes the file; machines made from it keep their disks. */
  delete(host: string, volume: string): void {
    const download = this.find(host, volume);
    if (!download) throw new WorldError("not-found", `volume '${volume}' does not exist`);
    this.downloads = this.downloads.filter((other) => other !== download);
    this.events.append(this.clock.timestamp(), "download.deleted", `${host}/${volume}`);
  }

  list(): readonly Download[] {
    return [...this.downloads];
  }

  restore(downloads: readonly Download[]): void {
    this.downloads = [...downloads];
  }
}
