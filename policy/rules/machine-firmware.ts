import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, findings } from "../values";

/** What Talos boots with, and what cannot be changed later. */
export const machineFirmware = defineRule({
  id: "machine-firmware",
  says: "A machine is a `q35` with OVMF and a `4m` EFI disk without keys enrolled in advance.",
  reason:
    "The EFI disk defaults to `2m`, which is too small for secure boot, and another type replaces the machine; keys enrolled in advance refuse Talos' own (siderolabs/talos#11010).",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) =>
    findings(
      [props["machine"] !== "q35", "machine is not q35, which PCI Express needs"],
      [props["bios"] !== "ovmf", "bios is not ovmf"],
      [at(props, "efiDisk", "type") !== "4m", "efiDisk.type is not 4m"],
      [at(props, "efiDisk", "preEnrolledKeys") === true, "efiDisk.preEnrolledKeys is on"],
    ),
});
