import { machinesOf } from "../machines";
import type { Resource } from "../resource";
import { defineRule } from "../rule";
import { listAt, repeated, textAt } from "../values";

/** One value with the machine that has it. */
interface Claim {
  readonly what: string;
  readonly machine: Resource;
}

/** Two machines of one id, MAC or address: one of them fails late, or both half work. */
export const machineIdentityUnique = defineRule({
  id: "machine-identity-unique",
  says: "No two machines of the stack have one VM id, MAC address or IP address.",
  reason: "Proxmox refuses the second id only when it makes the machine; two equal addresses are refused by nobody.",
  level: "mandatory",
  stack: (resources) =>
    [...repeated(machinesOf(resources).flatMap(claimsOf), ({ what }) => what)].map(([what, claims]) => ({
      message: `${claims.map(({ machine }) => machine.name).join(" and ")} have the same ${what}`,
      urn: claims[0]?.machine.urn,
    })),
});

function claimsOf(machine: Resource): readonly Claim[] {
  const { props } = machine;
  const macs = listAt(props, "networkDevices").map((device) => textAt(device, "macAddress").toUpperCase());
  const addresses = listAt(props, "initialization", "ipConfigs")
    .flatMap((each) => [textAt(each, "ipv4", "address"), textAt(each, "ipv6", "address")])
    .map((address) => address.split("/")[0] ?? "");
  const ids = Number.isInteger(props["vmId"]) ? [`VM id ${String(props["vmId"])}`] : [];
  return [...ids, ...macs.map((mac) => `MAC ${mac}`), ...addresses.map((address) => `address ${address}`)]
    .filter((what) => !/ (dhcp|auto)?$/.test(what))
    .map((what) => ({ what, machine }));
}
