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

/**
 * Old names that the provider still takes, with the same inputs; source: headers of @pulumi/cloudflare 6. A rule about one of
 * these is about the other, too.
 */
export const TUNNELS = [TUNNEL, "cloudflare:index/tunnel:Tunnel"];
export const TUNNEL_CONFIGS = [TUNNEL_CONFIG, "cloudflare:index/tunnelConfig:TunnelConfig"];
export const DNS_RECORDS = [DNS_RECORD, "cloudflare:index/record:Record"];

/** What gives somebody rights in Proxmox: the old rule, and users and groups with rules among their own inputs. */
export const ACLS = [
  ACL,
  ...["aclLegacy:AclLegacy", "userLegacy:UserLegacy", "groupLegacy:GroupLegacy"].map((each) => `proxmoxve:index/${each}`),
];

/** Types that make or change a Secret or a Namespace: the SDK's own classes, and its classes for objects of any kind. */
export const SECRETS = coreTypes("Secret");
export const NAMESPACES = coreTypes("Namespace");

function coreTypes(kind: string): readonly string[] {
  return ["core/v1", "v1"].flatMap((version) => [kind, `${kind}Patch`].map((name) => `kubernetes:${version}:${name}`));
}

/** Whether a resource only changes an object that another makes. */
export function isObjectPatch(type: string): boolean {
  return isKubernetesObject(type) && type.endsWith("Patch");
}

/** Whether a resource is an object in the cluster. */
export function isKubernetesObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");
}
