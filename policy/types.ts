/** Type tokens of the resources that rules look at. */
export const MACHINE = "proxmoxve:index/vmLegacy:VmLegacy";
export const DOWNLOAD = "proxmoxve:download/file:File";
export const PROXMOX_PROVIDER = "pulumi:providers:proxmoxve";
export const ROLE = "proxmoxve:index/roleLegacy:RoleLegacy";
export const ACL = "proxmoxve:index/acl:Acl";
export const TALOS_SECRETS = "talos:machine/secrets:Secrets";
export const TALOS_APPLY = "talos:machine/configurationApply:ConfigurationApply";
export const TALOS_BOOTSTRAP = "talos:machine/bootstrap:Bootstrap";
export const TALOS_KUBECONFIG = "talos:cluster/kubeconfig:Kubeconfig";
export const TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared";
export const TUNNEL_CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
export const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
export const KUBERNETES_PROVIDER = "pulumi:providers:kubernetes";
export const HELM_RELEASE = "kubernetes:helm.sh/v3:Release";
export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const SECRET = "kubernetes:core/v1:Secret";
export const STACK = "pulumi:pulumi:Stack";

/** Whether a resource is an object in the cluster. */
export function isKubernetesObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");
}
