import { z } from "zod";
import type { Settings } from "../../config/settings";
import { PROXMOX_CSI } from "./storage-classes";

/** Options of the volumes on Proxmox' datastores. */
export const proxmoxCsiOptions = z.strictObject({
  /** Datastore of Proxmox that volumes are made on. By default the one that the machines' disks are on. */
  datastore: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9._-]*$/, "must be the name of a datastore")
    .optional()
    .describe("datastore of Proxmox that volumes are made on; by default the one that the machines' disks are on"),
  /** How the host caches writes of a volume. */
  cache: z
    .enum(["directsync", "none", "writeback", "writethrough"])
    .default("writethrough")
    .describe("how the host caches writes of a volume"),
  /** Whether volumes tell the machine that they are on solid state. */
  ssd: z.boolean().default(true).describe("whether volumes tell the machine that they are on solid state"),
});

/** The datastore that volumes are made on. */
export function csiDatastore(settings: Pick<Settings, "platform" | "proxmox">): string {
  const { datastore } = proxmoxCsiOptions.parse(settings.platform[PROXMOX_CSI] ?? {});
  return datastore ?? settings.proxmox[0]?.hosts[0]?.diskDatastore ?? "local-lvm";
}
