import { installerImage } from "../images";
import type { Patch } from "./document";

/**
 * Which installer an upgrade or a reinstall uses, and onto which disk. It is the nocloud installer of the node's own
 * schematic: the plain one drops the nocloud network data, and another schematic drops the node's extensions.
 */
export const install: Patch = (settings, node) => [
  // scsi0 is the only disk that the machine boots from, and the first one that the kernel sees.
  { machine: { install: { disk: "/dev/sda", image: installerImage(settings, node), wipe: false } } },
];
