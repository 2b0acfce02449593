import type { CidrPair, NetworkSettings } from "../../../config/settings";
import type { Patch } from "./document";

/** No CNI from Talos: Cilium is installed later, and two CNIs would fight over the node. */
export const cni: Patch = () => [{ cluster: { network: { cni: { name: "none" } } } }];

/** Networks of pods and services, IPv4 first, which makes it the primary family. */
export const subnets: Patch = ({ network }) => [
  { cluster: { network: { podSubnets: families(network, network.pods), serviceSubnets: families(network, network.services) } } },
];

/** Members find each other by Talos' discovery service; the Kubernetes registry does not work with current Kubernetes. */
export const discovery: Patch = () => [
  { cluster: { discovery: { enabled: true, registries: { kubernetes: { disabled: true }, service: { disabled: false } } } } },
];

/** Port of KubePrism on every node's loopback. Cilium is pointed at it. */
export const KUBE_PRISM_PORT = 7445;

/** A load balancer to every API server on the node's own loopback: nothing inside the cluster depends on the shared address. */
export const kubePrism: Patch = () => [{ machine: { features: { kubePrism: { enabled: true, port: KUBE_PRISM_PORT } } } }];

/**
 * A caching DNS server on the host, also behind CoreDNS. With Cilium's eBPF host routing pods could not reach it, so
 * Cilium must run with `bpf.hostLegacyRouting`.
 */
export const hostDns: Patch = () => [{ machine: { features: { hostDNS: { enabled: true, forwardKubeDNSToHost: true } } } }];

function families(network: NetworkSettings, pair: CidrPair): readonly string[] {
  return network.dualStack && pair.ipv6 !== undefined ? [pair.ipv4, pair.ipv6] : [pair.ipv4];
}
