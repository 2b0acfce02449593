import type { Settings } from "../../config/settings";
import { downloadsFor, type ImageDownload, imageOf } from "./images";

/** Node name -> the image that its machine was made from; an output of the stack, so that a later run knows. */
export type MadeFrom = Readonly<Record<string, ImageDownload>>;

/** What `madeFrom` holds after this run: machines that were there keep their image, new ones get the present one. */
export function madeFrom(settings: Settings, before: MadeFrom): MadeFrom {
  return Object.fromEntries(settings.nodes.map((node) => [node.name, before[node.name] ?? imageOf(settings, node)]));
}

/** Images of an earlier run that stay, since a machine that is still there was made from them. Sorted by key. */
export function imagesToKeep(settings: Settings, before: MadeFrom): readonly ImageDownload[] {
  const present = new Set(downloadsFor(settings).map(({ key }) => key));
  const names = new Set(settings.nodes.map(({ name }) => name));
  const kept = new Map<string, ImageDownload>();
  for (const [node, image] of Object.entries(before)) if (names.has(node) && !present.has(image.key)) kept.set(image.key, image);
  return [...kept.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
