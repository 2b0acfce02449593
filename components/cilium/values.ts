import type { Settings } from "../../config/settings";
import { bootstrapTolerations } from "../../platform/storage/proxmox-nodes";
import { KUBE_PRISM_PORT } from "../talos/patches/cluster-network";

/** What the agent may do on Talos: the chart's list without SYS_MODULE, since Talos loads no module for a pod. */
const AGENT_CAPABILITIES = [
  "CHOWN",
  "KILL",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "SYS_ADMIN",
  "SYS_RESOURCE",
  "DAC_OVERRIDE",
  "FOWNER",
  "SETGID",
  "SETUID",
] as const;
const CLEAN_STATE_CAPABILITIES = ["NET_ADMIN", "SYS_ADMIN", "SYS_RESOURCE"] as const;

/**
 * Values of Cilium's chart. Only keys that the chart has (a test holds them against its own values file), nothing
 * that asks for a CRD which is not there before Flux has run.
 */
export function ciliumValues({ network, nodes, platform }: Settings): Record<string, unknown> {
  return {
    kubeProxyReplacement: "true",
    // The endpoint may be down while a control plane restarts; KubePrism knows all of them.
    k8sServiceHost: "localhost",
    k8sServicePort: String(KUBE_PRISM_PORT),
    ...addressFamilies(network),
    ...routing(network),
    ...talos(),
    ...announcements(network),
    ...hubble(platform),
    MTU: network.mtu,
    operator: { replicas: nodes.length > 1 ? 2 : 1, rollOutPods: true },
    rollOutCiliumPods: true,
    envoy: { enabled: false },
    gatewayAPI: { enabled: false },
    cni: { exclusive: false },
    localRedirectPolicies: { enabled: true },
  };
}

function addressFamilies(network: Settings["network"]): Record<string, unknown> {
  return { ipam: { mode: "kubernetes" }, ipv4: { enabled: true }, ipv6: { enabled: network.dualStack } };
}

/** All nodes share one layer-2 segment, so pod traffic needs no tunnel. */
function routing({ pods }: Settings["network"]): Record<string, unknown> {
  return {
    routingMode: "native",
    autoDirectNodeRoutes: true,
    ipv4NativeRoutingCIDR: pods.ipv4,
    ...(pods.ipv6 === undefined ? {} : { ipv6NativeRoutingCIDR: pods.ipv6 }),
    endpointRoutes: { enabled: true },
    // hostLegacyRouting: Talos' hostDNS answers on a host address that eBPF host routing would bypass.
    bpf: { masquerade: true, hostLegacyRouting: true },
    loadBalancer: { algorithm: "maglev", mode: "snat" },
  };
}

/** Talos mounts cgroup v2 itself and forbids loading modules. */
function talos(): Record<string, unknown> {
  return {
    cgroup: { autoMount: { enabled: false }, hostRoot: "/sys/fs/cgroup" },
    securityContext: { capabilities: { ciliumAgent: [...AGENT_CAPABILITIES], cleanCiliumState: [...CLEAN_STATE_CAPABILITIES] } },
  };
}

function announcements({ announce }: Settings["network"]): Record<string, unknown> {
  return {
    l2announcements: { enabled: announce.mode === "l2" },
    bgpControlPlane: { enabled: announce.mode === "bgp" },
    // Every announced service costs a lease that is renewed every few seconds.
    ...(announce.mode === "l2" ? { k8sClientRateLimit: { qps: 20, burst: 40 } } : {}),
  };
}

/** Agent and operator tolerate what a new node may have; the others do not by themselves, and Helm waits for them. */
/** The relay gathers the nodes' flows for the user interface, which runs while the app that gives it a host is on. */
function hubble(platform: Settings["platform"]): Record<string, unknown> {
  const found = bootstrapTolerations({ platform });
  const tolerations = found.length === 0 ? {} : { tolerations: [...found] };
  const shown = Object.hasOwn(platform, "hubble-ui") ? { enabled: true, rollOutPods: true } : { enabled: false };
  return {
    ...(found.length === 0 ? {} : { certgen: tolerations }),
    hubble: {
      enabled: true,
      relay: { ...shown, ...tolerations },
      ui: { ...shown, ...tolerations },
      metrics: { enabled: ["dns", "drop", "tcp", "flow", "icmp"] },
      // Certificates by a job in the cluster, or every render of the chart would make new ones.
      tls: { auto: { method: "cronJob" } },
    },
  };
}
