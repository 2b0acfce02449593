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

/** Accounts that charts are installed with, by the binding that is called like them -> namespace. */
const CHART_ACCOUNTS: Readonly<Record<string, string>> = {
  "alloy-release": "alloy",
  "cert-manager-release": "cert-manager",
  "envoy-ai-gateway-release": "envoy-ai-gateway-system",
  "envoy-gateway-release": "envoy-gateway-system",
  "external-dns-release": "external-dns",
  "external-dns-unifi-release": "external-dns-unifi",
  "external-secrets-release": "external-secrets",
  "kube-prometheus-stack-release": "monitoring",
  "metrics-server-release": "kube-system",
  "proxmox-ccm-release": "kube-system",
  "proxmox-csi-release": "csi-proxmox",
  "reloader-release": "reloader",
  "spegel-release": "spegel",
  "tuppr-release": "system-upgrade",
  "volsync-release": "volsync-system",
};

/** Who has `cluster-admin`: `<binding> to <kind> <namespace>/<name>` -> why. A binding of one of these names for anybody else is refused. */
export const CLUSTER_ADMINS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CHART_ACCOUNTS).map(([name, namespace]) => [`${name} to ServiceAccount ${namespace}/${name}`, CHART]),
);
