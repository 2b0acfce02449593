import type { PlatformFacts } from "../kit/facts";

/** Name of the app that brings them. */
export const PROXMOX_CSI = "proxmox-csi";

/** Names of the storage classes on Proxmox' datastores. */
export const PROXMOX_CLASSES = { default: "proxmox-csi", retain: "proxmox-csi-retain", xfs: "proxmox-csi-xfs" } as const;

/** The class that apps name, where the platform brings one. */
export function defaultStorageClass(enabled: ReadonlySet<string>): Pick<PlatformFacts, "storageClass"> {
  return enabled.has(PROXMOX_CSI) ? { storageClass: PROXMOX_CLASSES.default } : {};
}
