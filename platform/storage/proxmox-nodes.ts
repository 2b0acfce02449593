import type { NodeSettings, Settings } from "../../config/settings";
import { PROXMOX_CSI } from "./storage-classes";

/** Name of the cloud controller's app. */
export const PROXMOX_CCM = "proxmox-ccm";

/** Taint that a kubelet puts on its new node where a cloud controller is to look at it first. */
export const UNINITIALIZED = { key: "node.cloudprovider.kubernetes.io/uninitialized", operator: "Exists", effect: "NoSchedule" } as const;

/** Whether nodes wait for the cloud controller. */
export function hasCloudController(settings: Pick<Settings, "platform">): boolean {
  return Object.hasOwn(settings.platform, PROXMOX_CCM);
}

/** What must be able to run before the cloud controller does, and so on a node that it has not looked at yet. */
export function bootstrapTolerations(settings: Pick<Settings, "platform">): readonly (typeof UNINITIALIZED)[] {
  return hasCloudController(settings) ? [UNINITIALIZED] : [];
}

/** Where a node is, as the volume driver must know it; the cloud controller says so itself. */
export function topologyLabels(
  settings: Pick<Settings, "platform">,
  node: Pick<NodeSettings, "proxmox" | "host">,
): Readonly<Record<string, string>> {
  if (hasCloudController(settings) || !Object.hasOwn(settings.platform, PROXMOX_CSI)) return {};
  return { "topology.kubernetes.io/region": node.proxmox, "topology.kubernetes.io/zone": node.host };
}
