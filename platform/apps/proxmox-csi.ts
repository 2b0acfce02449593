import type { IStorageClass } from "kubernetes-models/storage.k8s.io/v1" with { "resolution-mode": "import" };
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { CONFIG_KEY, proxmoxConfig, proxmoxTrust } from "../storage/proxmox-config";
import { csiDatastore, proxmoxCsiOptions } from "../storage/proxmox-csi-options";
import { PROXMOX_CLASSES, PROXMOX_CSI } from "../storage/storage-classes";
import { CHARTS } from "../versions";

/** Secret with the clusters and the driver's token. */
const CONFIG_SECRET = "proxmox-csi-config";

/** Name of the driver, fixed in its chart. */
const DRIVER = "csi.proxmox.sinextra.dev";

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/** Volumes on Proxmox' datastores, attached to the machine that needs them. */
export const proxmoxCsi = defineApp({
  name: PROXMOX_CSI,
  summary: "volumes on Proxmox' datastores",
  namespace: { name: "csi-proxmox", podSecurity: "privileged" },
  presence: "chosen",
  needs: [],
  after: ["proxmox-ccm"],
  options: proxmoxCsiOptions,
  chart: { ...CHARTS.proxmoxCsi, rights: "cluster" },
  values: ({ settings }) => ({
    fullnameOverride: PROXMOX_CSI,
    existingConfigSecret: CONFIG_SECRET,
    existingConfigSecretKey: CONFIG_KEY,
    podAnnotations: { "reloader.stakater.com/auto": "true" },
    // The controller reaches Proxmox' API; control planes are where nothing else needs a volume from it.
    nodeSelector: { [CONTROL_PLANE]: "" },
    tolerations: [{ key: CONTROL_PLANE, operator: "Exists", effect: "NoSchedule" }],
    node: { kubeletDir: "/var/lib/kubelet", tolerations: [{ operator: "Exists" }] },
    ...proxmoxTrust(settings.proxmox, PROXMOX_CSI).values,
  }),
  objects: ({ settings, options }) => {
    const parameters = { storage: csiDatastore(settings), cache: options.cache, ssd: String(options.ssd) };
    return [
      ...proxmoxTrust(settings.proxmox, PROXMOX_CSI).objects,
      storageClass(PROXMOX_CLASSES.default, { ...parameters, filesystem: "ext4" }, "Delete", {
        "storageclass.kubernetes.io/is-default-class": "true",
      }),
      storageClass(PROXMOX_CLASSES.retain, { ...parameters, filesystem: "ext4" }, "Retain"),
      storageClass(PROXMOX_CLASSES.xfs, { ...parameters, filesystem: "xfs" }, "Delete"),
    ];
  },
  secrets: ({ settings }) => [{ name: CONFIG_SECRET, data: { [CONFIG_KEY]: proxmoxConfig(settings.proxmox, "csi") } }],
  network: () => ({ to: [{ peer: "world" }, { peer: "kube-apiserver" }] }),
  warnings: ({ settings }) =>
    settings.proxmox.some(({ sharedDatastores }) => sharedDatastores.includes(csiDatastore(settings)))
      ? []
      : [`${csiDatastore(settings)} is on each host by itself, so a pod with a volume can only run on the host that the volume is on`],
});

interface Parameters {
  readonly storage: string;
  readonly cache: string;
  readonly ssd: string;
  readonly filesystem: "ext4" | "xfs";
}

/** A volume is made where its first pod is to run: another host could not attach it. */
function storageClass(
  name: string,
  { filesystem, ...parameters }: Parameters,
  reclaimPolicy: "Delete" | "Retain",
  annotations: Record<string, string> = {},
): KubeObject {
  return typed<IStorageClass>({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    // A class cannot be changed, only made anew; volumes do not mind.
    metadata: { name, annotations: { "kustomize.toolkit.fluxcd.io/force": "enabled", ...annotations } },
    provisioner: DRIVER,
    allowVolumeExpansion: true,
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy,
    parameters: { "csi.storage.k8s.io/fstype": filesystem, ...parameters },
    mountOptions: ["noatime"],
  });
}
