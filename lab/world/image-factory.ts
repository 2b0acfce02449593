import type { TalosHelper } from "../contracts";
import { WorldError } from "./errors";

/** What an image of the factory is, read from its URL. */
export interface ImageFacts {
  readonly schematic: string;
  /** Without a leading v. */
  readonly talos: string;
  readonly platform: string;
  readonly architecture: string;
  readonly secureBoot: "yes" | "no";
  /** File extension: `qcow2`, `raw.xz`. */
  readonly format: string;
}

/** The schematic without any customization; the factory always knows it. */
const VANILLA_SCHEMATIC = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

/** Bytes; every image of this stand-in is as large. */
export const IMAGE_BYTES = 105_906_176;

/** Stand-in for the Image Factory: knows schematics by content and serves images of those that it knows. */
export class ImageFactory {
  private readonly schematics = new Map<string, string>([[VANILLA_SCHEMATIC, "customization: {}\n"]]);

  constructor(
    /** URL without a trailing slash. */
    readonly url: string,
    private readonly helper: TalosHelper,
  ) {}

  /** Stores a schematic; the same content has the same id. */
  async post(yaml: string): Promise<string> {
    const { id, canonical } = await this.helper.schematic({ yaml });
    this.schematics.set(id, canonical);
    return id;
  }

  /** Canonical YAML of a schematic. */
  schematic(id: string): string | undefined {
    return this.schematics.get(id);
  }

  /** Whether images of that schematic have the extension. */
  hasExtension(id: string, extension: string): "yes" | "no" {
    return this.schematics.get(id)?.includes(extension) ? "yes" : "no";
  }

  /** Answers a request for an image. Not found: another host, an unknown schematic or a name that is no image. */
  locate(url: string): ImageFacts {
    if (!url.startsWith(`${this.url}/`)) throw new WorldError("not-found", `${url}: no such host in the lab, which has ${this.url} alone`);
    const match = /^\/image\/([0-9a-f]{64})\/v([^/]+)\/([a-z]+)-(amd64|arm64)(-secureboot)?\.(.+)$/.exec(url.slice(this.url.length));
    const [, schematic, talos, platform, architecture, secureBoot, format] = match ?? [];
    if (!schematic || !talos || !platform || !architecture || !format)
      throw new WorldError("not-found", `${url}: 404, not the name of an image`);
    if (!this.schematics.has(schematic)) throw new WorldError("not-found", `${url}: 404, the factory does not know schematic ${schematic}`);
    return { schematic, talos, platform, architecture, secureBoot: secureBoot ? "yes" : "no", format };
  }

  /** Ids of what was posted; content-addressed and never deleted. */
  ids(): readonly string[] {
    return [...this.schematics.keys()].filter((id) => id !== VANILLA_SCHEMATIC).sort();
  }

  toJSON(): readonly (readonly [string, string])[] {
    return [...this.schematics];
  }

  restore(entries: readonly (readonly [string, string])[]): void {
    for (const [id, canonical] of entries) this.schematics.set(id, canonical);
  }
}

/** Reads `<host>/<platform>-installer/<schematic>:v<version>`; an installer without a platform is the metal one. */
export function parseInstaller(
  image: string,
): { readonly platform: string; readonly schematic: string; readonly talos: string } | undefined {
  const match = /(?:^|\/)(?:([a-z]+)-)?installer(?:-secureboot)?(?:\/([0-9a-f]{64}))?:v?([^:/]+)$/.exec(image);
  return match?.[3] ? { platform: match[1] ?? "metal", schematic: match[2] ?? VANILLA_SCHEMATIC, talos: match[3] } : undefined;
}

/** Version in the tag of an image, without a leading v. */
export const tagOf = (image: string): string => /:v?([^:/@]+)(?:@.*)?$/.exec(image)?.[1] ?? "";
