/** Who may do more than others, and why: what is not here is refused. */

/** Namespaces whose pods may be root on their node. */
export const PRIVILEGED_NAMESPACES: Readonly<Record<string, string>> = {
  "kube-system": "Cilium's agent programs the node's network; Kubernetes exempts this namespace itself",
  alloy: "reads the logs of every pod, and the journal, from the node's disk",
  "csi-proxmox": "formats and mounts disks on the node",
  monitoring: "node-exporter reads the node's own /proc and /sys",
  spegel: "serves images out of the node's containerd",
  "system-upgrade": "tuppr's jobs upgrade the node that they run on",
};

/** Why an app's chart is installed with every right: it makes cluster roles itself, and nobody may give what he has not. */
const CHART = "the account that Flux installs its chart with: a chart that makes ClusterRoles needs every right that it gives";

/** Bindings that give `cluster-admin`, by name. */
export const CLUSTER_ADMINS: Readonly<Record<string, string>> = {
  "alloy-release": CHART,
  "cert-manager-release": CHART,
  "envoy-ai-gateway-release": CHART,
  "envoy-gateway-release": CHART,
  "external-dns-release": CHART,
  "external-dns-unifi-release": CHART,
  "external-secrets-release": CHART,
  "kube-prometheus-stack-release": CHART,
  "metrics-server-release": CHART,
  "proxmox-ccm-release": CHART,
  "proxmox-csi-release": CHART,
  "reloader-release": CHART,
  "spegel-release": CHART,
  "tuppr-release": CHART,
  "volsync-release": CHART,
};
