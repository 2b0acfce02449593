import type { NodeSettings } from "../../../config/settings";
import { dataDiskSerial } from "../../machines/data-disks";
import { typed, type Patch, type PatchDocument } from "./document";

/** Encryption of what Talos itself stores: its state and everything under `/var`. */
export const systemEncryption: Patch = (_settings, node) =>
  (["STATE", "EPHEMERAL"] as const).flatMap((name) => {
    const encryption = encryptionOf(node, name);
    return encryption === undefined ? [] : [typed("VolumeConfig", { name, encryption })];
  });

/**
 * A volume per data disk, mounted at `/var/mnt/<name>`. The disk is picked by its serial, never by its device name, which
 * depends on the order in which the kernel finds the disks.
 */
export const dataDisks: Patch = (_settings, node) =>
  node.dataDisks.map(({ name }) => {
    const serial = dataDiskSerial(name);
    const match = `!system_disk && (disk.serial == "${serial}" || "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${serial}" in disk.symlinks)`;
    const encryption = encryptionOf(node, name);
    return typed("UserVolumeConfig", {
      name,
      provisioning: { diskSelector: { match }, minSize: "1GiB", grow: true },
      filesystem: { type: "xfs" },
      ...(encryption !== undefined && { encryption }),
    });
  });

/** A key of the machine's id keeps a lost disk from being read; one sealed in the TPM also ties it to secure boot. */
function encryptionOf(node: NodeSettings, volume: string): PatchDocument | undefined {
  if (node.diskEncryption === "none") return undefined;
  const key = node.diskEncryption === "tpm" ? { tpm: { checkSecurebootStatusOnEnroll: true } } : { nodeID: {} };
  // A volume bound to the state partition cannot be opened beside a foreign one.
  const lock = node.diskEncryption === "tpm" && volume !== "STATE" ? { lockToState: true } : {};
  return { provider: "luks2", keys: [{ slot: 0, ...key, ...lock }] };
}
