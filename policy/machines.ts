import type { ProxmoxHostSettings, Settings } from "../config/settings";
import type { Resource } from "./resource";
import { MACHINE } from "./types";
import { textAt, textsAt } from "./values";

/** The machines of a stack. */
export function machinesOf(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ type }) => type === MACHINE);
}

/** The machines that run etcd; their tags say so. */
export function controlPlanesOf(resources: readonly Resource[]): readonly Resource[] {
  return machinesOf(resources).filter(({ props }) => textsAt(props, "tags").includes("controlplane"));
}

/** A host with the Proxmox cluster that it belongs to. */
export interface Host extends ProxmoxHostSettings {
  readonly proxmox: string;
}

/** Every host of the settings. */
export function hostsOf({ proxmox }: Settings): readonly Host[] {
  return proxmox.flatMap(({ name, hosts }) => hosts.map((host) => ({ ...host, proxmox: name })));
}

/** Whether a machine is on a host. Hosts of two Proxmox clusters may have one name; the provider tells them apart. */
export function isOn(host: Host, { props, provider }: Resource): boolean {
  const namesCluster = provider?.startsWith("proxmox-") === true;
  return textAt(props, "nodeName") === host.name && (!namesCluster || provider === `proxmox-${host.proxmox}`);
}
