import type { NodeSettings, ProxmoxHostSettings, ProxmoxSettings, Settings } from "../../config/settings";
import { schematicId, schematicOf } from "./schematic";

/** The only architecture that the machines have. */
const ARCHITECTURE = "amd64";

/** One image that Proxmox fetches from the Image Factory. */
export interface ImageDownload {
  /** Logical name, unique in the stack and without an index: Proxmox cluster, place and file. */
  readonly key: string;
  /** Key of the Proxmox cluster. */
  readonly proxmox: string;
  /** Host that fetches; for a shared datastore the first declared one, so that nodes may come and go. */
  readonly nodeName: string;
  readonly datastore: string;
  readonly url: string;
  readonly fileName: string;
  /** `<datastore>:import/<file>`: what a disk is imported from. */
  readonly fileId: string;
  readonly schematic: string;
  /** Names of the nodes whose disks are imported from it, sorted. */
  readonly nodes: readonly string[];
}

/** The installer that holds the node's extensions and kernel arguments, for nocloud, as an image reference. */
export function installerImage(settings: Settings, node: NodeSettings): string {
  const { host } = new URL(settings.endpoints.imageFactory);
  const installer = node.secureBoot ? "nocloud-installer-secureboot" : "nocloud-installer";
  return `${host}/${installer}/${schematicId(schematicOf(node))}:v${settings.cluster.installed.talos}`;
}

/** Every image to fetch: one per datastore (shared, or a host's own), schematic and boot mode. Sorted by key. */
export function downloadsFor(settings: Settings): readonly ImageDownload[] {
  const byKey = new Map<string, ImageDownload>();
  const nodes = [...settings.nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const node of nodes) {
    const image = downloadOf(settings, node);
    byKey.set(image.key, { ...image, nodes: [...(byKey.get(image.key)?.nodes ?? []), node.name] });
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The image that a node's system disk is imported from. */
export function imageOf(settings: Settings, node: NodeSettings): ImageDownload {
  const image = downloadsFor(settings).find(({ nodes }) => nodes.includes(node.name));
  if (image === undefined) throw new Error(`node ${node.name} is none of the settings' nodes`);
  return image;
}

function downloadOf(settings: Settings, node: NodeSettings): ImageDownload {
  const { proxmox, host } = placeOf(settings, node);
  const schematic = schematicId(schematicOf(node));
  const version = settings.cluster.installed.talos;
  const asset = node.secureBoot ? `nocloud-${ARCHITECTURE}-secureboot` : `nocloud-${ARCHITECTURE}`;
  const fileName = `talos-${version}-${asset}-${schematic.slice(0, 12)}.qcow2`;
  const datastore = host.imageDatastore;
  const shared = proxmox.sharedDatastores.includes(datastore);
  const fetcher = (shared && proxmox.hosts.find(({ imageDatastore }) => imageDatastore === datastore)) || host;
  return {
    key: `${proxmox.name}-${shared ? "" : `${host.name}-`}${datastore}-${fileName.replace(/\.qcow2$/, "")}`,
    proxmox: proxmox.name,
    nodeName: fetcher.name,
    datastore,
    url: `${settings.endpoints.imageFactory.replace(/\/+$/, "")}/image/${schematic}/v${version}/${asset}.qcow2`,
    fileName,
    fileId: `${datastore}:import/${fileName}`,
    schematic,
    nodes: [node.name],
  };
}

/** The Proxmox cluster and host of a node. @throws Error when the settings do not have them, which a rule of config/ excludes. */
export function placeOf(settings: Settings, node: NodeSettings): { readonly proxmox: ProxmoxSettings; readonly host: ProxmoxHostSettings } {
  const proxmox = settings.proxmox.find(({ name }) => name === node.proxmox);
  const host = proxmox?.hosts.find(({ name }) => name === node.host);
  if (proxmox === undefined || host === undefined) throw new Error(`node ${node.name} is on no declared host`);
  return { proxmox, host };
}
