import { defineRule } from "../rule";

/** Type -> what is the matter with it; source: headers of @muhlba91/pulumi-proxmoxve 8.6.0. */
const UNFIT: Readonly<Record<string, string>> = {
  "proxmoxve:index/vm:Vm": "has no disks, EFI, network or agent, and says itself that it is not for production",
  "proxmoxve:index/vm2Legacy:Vm2Legacy": "is the old name of the unfinished class",
  "proxmoxve:cloned/vm:Vm": "is experimental, and a clone can lose its address on a change of memory",
  "proxmoxve:cloned/vmLegacy:VmLegacy": "is experimental, and a clone can lose its address on a change of memory",
  "proxmoxve:index/fileLegacy:FileLegacy": "needs root by SSH on the host",
  "proxmoxve:download/fileLegacy:FileLegacy": "is deprecated",
};

/** The provider has several classes for one thing; only one of each is finished. */
export const machineClassSupported = defineRule({
  id: "machine-class-supported",
  says: "Machines are `VmLegacy`, images `download.File`.",
  reason: "The provider's other classes are unfinished, experimental or deprecated, whatever their names say.",
  level: "mandatory",
  types: Object.keys(UNFIT),
  resource: ({ type }) => [`${type} ${UNFIT[type] ?? ""}: use VmLegacy and download.File`],
});
