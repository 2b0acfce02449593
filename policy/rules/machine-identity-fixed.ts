import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { at, listAt, textAt } from "../values";

const MAC = /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i;
const ADDRESS = /^[0-9a-f.:]+\/\d{1,3}$/i;

/** What a node is known by stands in the settings, before the machine exists. */
export const machineIdentityFixed = defineRule({
  id: "machine-identity-fixed",
  says: "A machine's VM id, host, MAC addresses and IP addresses are given, not left to Proxmox or DHCP.",
  reason:
    "Ids picked at random race each other (bpg/terraform-provider-proxmox#1521), and an address by DHCP may change after the config is applied (siderolabs/talos#7872).",
  level: "mandatory",
  types: [MACHINE],
  resource: ({ props }) => {
    const devices = listAt(props, "networkDevices");
    const addresses = listAt(props, "initialization", "ipConfigs");
    return [
      ...(Number.isInteger(props["vmId"]) ? [] : ["vmId is not given"]),
      ...(textAt(props, "nodeName") === "" ? ["nodeName is not given"] : []),
      ...(devices.length > 0 ? [] : ["it has no network device"]),
      ...devices.filter((device) => !MAC.test(textAt(device, "macAddress"))).map(() => "a network device has no macAddress"),
      ...(addresses.length > 0 ? [] : ["its nocloud drive has no address"]),
      ...addresses
        .flatMap((each) => [at(each, "ipv4"), at(each, "ipv6")])
        .filter((family) => family !== undefined && !ADDRESS.test(textAt(family, "address")))
        .map((family) => `its address is ${textAt(family, "address") || "not known"}, not one with a prefix length`),
    ];
  },
});
