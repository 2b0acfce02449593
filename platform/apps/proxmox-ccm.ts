import { z } from "zod";
import { defineApp } from "../kit/app";
import { CONFIG_KEY, proxmoxConfig, proxmoxTrust } from "../storage/proxmox-config";
import { PROXMOX_CCM } from "../storage/proxmox-nodes";
import { CHARTS } from "../versions";

/** Secret with the clusters and the controller's token. */
const CONFIG_SECRET = "proxmox-ccm-config";

/**
 * Tells Kubernetes which machine and host a node is, and takes nodes away whose machines are gone. While it is on, a
 * new node is tainted until it has spoken: everything that it waits for itself tolerates that taint.
 */
export const proxmoxCcm = defineApp({
  name: PROXMOX_CCM,
  summary: "cloud controller for Proxmox: regions, zones and nodes that are gone",
  namespace: { name: "kube-system" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({}),
  chart: { ...CHARTS.proxmoxCcm, rights: "cluster" },
  // The chart tolerates control planes and the taint by itself.
  values: ({ settings }) => ({
    fullnameOverride: PROXMOX_CCM,
    existingConfigSecret: CONFIG_SECRET,
    existingConfigSecretKey: CONFIG_KEY,
    enabledControllers: ["cloud-node", "cloud-node-lifecycle"],
    nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
    podAnnotations: { "reloader.stakater.com/auto": "true" },
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    ...proxmoxTrust(settings.proxmox, PROXMOX_CCM).values,
  }),
  objects: ({ settings }) => proxmoxTrust(settings.proxmox, PROXMOX_CCM).objects,
  secrets: ({ settings }) => [{ name: CONFIG_SECRET, data: { [CONFIG_KEY]: proxmoxConfig(settings.proxmox, "ccm") } }],
  network: () => ({ to: [{ peer: "world" }, { peer: "kube-apiserver" }] }),
});
