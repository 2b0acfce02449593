import * as proxmox from "@muhlba91/pulumi-proxmoxve";
import type * as pulumi from "@pulumi/pulumi";
import * as talos from "@pulumiverse/talos";
import type { Settings } from "../config/settings";
import { UserError } from "../config/user-error";
import { Phase } from "./component";
import { gate } from "./gates/gate";
import { resolved } from "./secret";
import { downloadsFor, type ImageDownload } from "./talos/images";
import { distinctSchematics, type NamedSchematic } from "./talos/schematic";

export interface TalosImagesArgs {
  readonly settings: Settings;
  /** By the Proxmox cluster's name. */
  readonly proxmox: ReadonlyMap<string, proxmox.Provider>;
  /** Images of earlier runs that machines were made from: they stay. */
  readonly kept: readonly ImageDownload[];
}

/** Seconds that Proxmox may take to fetch an image. */
const DOWNLOAD_TIMEOUT = 1800;

/**
 * Makes one schematic per distinct customization and one download per datastore and schematic. Names and ids are
 * computed from the settings; what the factory answers is only held against them.
 */
export class TalosImages extends Phase {
  private readonly schematics: ReadonlyMap<string, talos.imagefactory.Schematic>;
  private readonly downloads: ReadonlyMap<string, proxmox.download.File>;

  constructor(name: string, args: TalosImagesArgs, options: pulumi.ComponentResourceOptions) {
    super("TalosImages", name, options);
    this.schematics = new Map(distinctSchematics(args.settings).map((schematic) => [schematic.id, this.makeSchematic(schematic)]));
    this.downloads = new Map([...downloadsFor(args.settings), ...args.kept].map((image) => [image.key, this.download(image, args)]));
    this.registerOutputs({});
  }

  /** The download that an image comes from. @throws Error when the settings do not lead to that image. */
  downloadOf(image: ImageDownload): proxmox.download.File {
    const download = this.downloads.get(image.key);
    if (download === undefined) throw new Error(`no machine needs the image ${image.key}`);
    return download;
  }

  private makeSchematic({ id, yaml }: NamedSchematic): talos.imagefactory.Schematic {
    // Its id is a hash of its text, and the engine never changes the id of a resource that it updates.
    return new talos.imagefactory.Schematic(
      `schematic-${id.slice(0, 12)}`,
      { schematic: yaml },
      this.child({ replaceOnChanges: ["schematic"] }),
    );
  }

  private download(image: ImageDownload, { proxmox: providers }: TalosImagesArgs): proxmox.download.File {
    const schematic = this.schematics.get(image.schematic); // none for a kept image of an earlier customization
    return new proxmox.download.File(
      image.key,
      {
        nodeName: image.nodeName,
        datastoreId: image.datastore,
        contentType: "import",
        url: image.url,
        fileName: image.fileName,
        overwrite: false,
        overwriteUnmanaged: true,
        uploadTimeout: DOWNLOAD_TIMEOUT,
      },
      this.child({ provider: providers.get(image.proxmox), ...(schematic === undefined ? {} : this.afterSchematic(image, schematic)) }),
    );
  }

  private afterSchematic(image: ImageDownload, schematic: talos.imagefactory.Schematic): pulumi.CustomResourceOptions {
    return { dependsOn: [schematic], hooks: { beforeCreate: [this.idAgrees(image, schematic)] } };
  }

  /** Before a download: the factory gave the schematic the id that its URL was computed with. */
  private idAgrees({ key, schematic: computed }: ImageDownload, schematic: talos.imagefactory.Schematic): pulumi.ResourceHook {
    const passes = async (): Promise<void> => {
      const answered = await resolved(schematic.id);
      if (answered !== computed)
        throw new UserError(
          `the Image Factory calls the schematic of ${key} ${answered}, and ${computed} was computed: this program is too old for that factory`,
        );
    };
    return gate("schematic-agrees", passes, key);
  }
}
