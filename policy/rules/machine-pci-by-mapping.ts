import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, listAt, textAt } from "../values";

/** A token may use a mapping; a raw id is root's alone. */
export const machinePciByMapping = defineRule({
  id: "machine-pci-by-mapping",
  says: "PCI devices are passed through by a hardware mapping, never by a raw id.",
  reason: "Only root@pam with a password may name a raw id (bpg/terraform-provider-proxmox#495), and it moves when a card is added.",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) =>
    listAt(props, "hostpcis")
      .filter((device) => at(device, "id") !== undefined || textAt(device, "mapping") === "")
      .map(
        (device) =>
          `${textAt(device, "device")} has ${at(device, "id") === undefined ? "no mapping" : "a raw id"}: name a hardware mapping`,
      ),
});
