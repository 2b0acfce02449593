import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, listAt, textAt } from "../values";

const DRIVES = ["userDataFileId", "vendorDataFileId", "networkDataFileId", "metaDataFileId"];

/** Fields that replace the machine, with its disk, when the file behind them changes. */
export const machineNoFileId = defineRule({
  id: "machine-no-file-id",
  says: "A machine's disks are made by `importFrom`, never by `fileId`, and its nocloud drive holds no file of its own.",
  reason:
    "A changed `fileId` or user-data file replaces the machine and its disk, and needs root by SSH on the host (bpg/terraform-provider-proxmox#1138, #2112).",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) => [
    ...listAt(props, "disks")
      .filter((disk) => at(disk, "fileId") !== undefined)
      .map((disk) => `disk ${textAt(disk, "interface")} is made from a fileId: use importFrom`),
    ...DRIVES.filter((field) => at(props, "initialization", field) !== undefined).map(
      (field) => `initialization.${field} is set: what a node needs to know stands in its machine config`,
    ),
    ...(props["hookScriptFileId"] === undefined ? [] : ["hookScriptFileId is set: a script on the host is nobody's to review"]),
  ],
});
