import { defineRule } from "../rule";
import { MACHINE } from "../types";

/** A new image is for new machines. */
export const machineImageIgnored = defineRule({
  id: "machine-image-ignored",
  says: "A machine ignores a change of the image that its disk was made from, and is deleted before it is replaced.",
  reason:
    "The provider documents `importFrom` as read once; another image would only show a change that is none, and two machines of one id cannot stand side by side.",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ options }) => [
    ...(options.ignoreChanges.some((path) => /^disks\[(0|\*)\]\.importFrom$|^disks$/.test(path))
      ? []
      : ["ignoreChanges has no disks[0].importFrom"]),
    ...(options.deleteBeforeReplace === true ? [] : ["deleteBeforeReplace is not on"]),
  ],
});
