import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, listAt } from "../values";

/** A machine is made from its image and nothing else. */
export const machineNoClone = defineRule({
  id: "machine-no-clone",
  says: "A machine is no clone and no template, and a disk of it is imported from an image.",
  reason:
    "A clone can lose its nocloud address on a change of CPU or memory (bpg/terraform-provider-proxmox#1701), and a machine without an image boots nothing.",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) => [
    ...(props["clone"] === undefined ? [] : ["it is a clone: import its disk from an image"]),
    ...(props["template"] === true ? ["it is a template"] : []),
    ...(listAt(props, "disks").some((disk) => at(disk, "importFrom") !== undefined) ? [] : ["no disk is imported from an image"]),
  ],
});
