import { hasCloudController } from "../../../platform/storage/proxmox-nodes";
import { isControlPlane, type Patch } from "./document";
import { prefixOf } from "./network";

/**
 * Etcd peers talk over the node network, never over the shared address, which moves. Its metrics are served on a port of
 * their own, since the client port asks for a certificate that no scraper has.
 */
export const etcd: Patch = (settings, node) => {
  if (!isControlPlane(node)) return [];
  const { vip, nodes } = settings.network;
  const advertisedSubnets = vip === undefined ? [nodes.ipv4] : [nodes.ipv4, `!${vip}`];
  return [{ cluster: { etcd: { advertisedSubnets, extraArgs: { "listen-metrics-urls": "http://0.0.0.0:2381" } } } }];
};

/**
 * SANs of kube-apiserver besides the node's own, and routing of aggregated APIs to pods instead of service addresses,
 * which nothing on the host resolves without kube-proxy.
 */
export const apiServer: Patch = (settings, node) =>
  isControlPlane(node)
    ? [{ cluster: { apiServer: { certSANs: [...settings.cluster.certificateSans], extraArgs: { "enable-aggregator-routing": "true" } } } }]
    : [];

/** Kubelets leave it to the cloud controller to say where their nodes are, and taint them until it has; only while there is one. */
export const cloudController: Patch = (settings) =>
  hasCloudController(settings) ? [{ cluster: { externalCloudProvider: { enabled: true } } }] : [];

/** SANs of the Talos API, on every node. */
export const machineSans: Patch = (settings) => [{ machine: { certSANs: [...settings.cluster.certificateSans] } }];

/** Metrics of scheduler and controller manager on the node's address: by default they listen on loopback, where nothing scrapes. */
export const controlPlaneMetrics: Patch = (_settings, node) =>
  isControlPlane(node)
    ? [
        {
          cluster: {
            controllerManager: { extraArgs: { "bind-address": "0.0.0.0" } },
            scheduler: { extraArgs: { "bind-address": "0.0.0.0" } },
          },
        },
      ]
    : [];

/** How many more bits a node's pod network may have than the whole; the controller manager refuses more. */
const MAX_NODE_MASK_BITS = 16;

/** The IPv6 pod network of one node: /64 by default, which is refused when the whole is no larger or is too large to be cut so. */
export const nodeCidrMask: Patch = ({ network }, node) => {
  if (!isControlPlane(node) || network.pods.ipv6 === undefined) return [];
  const whole = prefixOf(network.pods.ipv6);
  if (whole < 64 && 64 - whole <= MAX_NODE_MASK_BITS) return [];
  const mask = Math.min(whole + MAX_NODE_MASK_BITS, 120);
  return [{ cluster: { controllerManager: { extraArgs: { "node-cidr-mask-size-ipv6": String(mask) } } } }];
};

/** Whether workloads run on control planes. */
export const scheduling: Patch = (settings, node) =>
  isControlPlane(node) ? [{ cluster: { allowSchedulingOnControlPlanes: settings.cluster.scheduleOnControlPlanes } }] : [];

/** Namespaces whose pods may ask for a Talos API certificate: upgrades and etcd backups run there, and nothing else. */
export const TALOS_API_NAMESPACES = ["system-upgrade", "talos-backup"] as const;

/** The Talos API from inside the cluster, for upgrades and backups. Talos allows the feature on control planes only. */
export const talosApiAccess: Patch = (_settings, node) =>
  isControlPlane(node)
    ? [
        {
          machine: {
            features: {
              kubernetesTalosAPIAccess: {
                enabled: true,
                allowedRoles: ["os:admin", "os:etcd:backup"],
                allowedKubernetesNamespaces: [...TALOS_API_NAMESPACES],
              },
            },
          },
        },
      ]
    : [];

/** Cilium replaces kube-proxy. */
export const kubeProxy: Patch = (_settings, node) => (isControlPlane(node) ? [{ cluster: { proxy: { disabled: true } } }] : []);
