import type { NodeSettings, Settings } from "../../../config/settings";
import { cni, discovery, hostDns, kubePrism, subnets } from "./cluster-network";
import {
  apiServer,
  cloudController,
  controlPlaneMetrics,
  etcd,
  kubeProxy,
  machineSans,
  nodeCidrMask,
  scheduling,
  talosApiAccess,
} from "./control-plane";
import { toYaml, type Patch } from "./document";
import { extensions } from "./extensions";
import { hostname } from "./hostname";
import { install } from "./install";
import { nodeIp, taints } from "./kubelet";
import { balancing, labels } from "./labels";
import { logging } from "./logging";
import { link, linkAlias, resolver, time, virtualIp } from "./network";
import { registryMirrors } from "./registry-mirrors";
import { containerd, kernelModules, sysctls } from "./system";
import { dataDisks, systemEncryption } from "./volumes";

/** Every concern of a machine config, in the order in which the patches are applied. */
export const PATCHES: Readonly<Record<string, Patch>> = {
  install,
  hostname,
  linkAlias,
  link,
  virtualIp,
  resolver,
  time,
  machineSans,
  nodeIp,
  taints,
  labels,
  balancing,
  sysctls,
  kernelModules,
  containerd,
  registryMirrors,
  extensions,
  systemEncryption,
  dataDisks,
  cni,
  kubeProxy,
  subnets,
  nodeCidrMask,
  discovery,
  kubePrism,
  hostDns,
  etcd,
  apiServer,
  cloudController,
  controlPlaneMetrics,
  scheduling,
  talosApiAccess,
  logging,
};

/** The patches of one node as YAML, one document each, in a stable order. @throws UserError for a label that no node may have. */
export function patchesFor(settings: Settings, node: NodeSettings): readonly string[] {
  return Object.values(PATCHES).flatMap((patch) => patch(settings, node).map(toYaml));
}
