import type { RuleCases } from "./case";

/** Turns the base into a cluster that announces by BGP. */
const BGP = {
  "network.loadBalancerPool": "192.168.20.0/24",
  "network.addresses": undefined,
  "network.announce": { mode: "bgp", routerAddress: "192.168.10.1", routerAsn: 64512, nodeAsn: 64513, password: { secure: "v1:x" } },
} as const;

/** Turns the base into a dual-stack cluster. */
export const DUAL_STACK = {
  "network.nodes": { ipv4: "192.168.10.0/24", ipv6: "fd00:10::/64" },
  "network.pods": { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/56" },
  "network.services": { ipv4: "10.96.0.0/12", ipv6: "fd00:96::/112" },
  "network.loadBalancerPool": { ipv4: "192.168.10.192/26", ipv6: "fd00:10::c0/122" },
} as const;

export const NETWORK_CASES: readonly RuleCases[] = [
  {
    rule: "network.apart",
    refused: [
      {
        name: "pods over the node network",
        at: "network.pods",
        set: { "network.pods": "192.168.0.0/16" },
        also: ["network.dns-servers-outside"],
      },
      { name: "services inside the pods", at: "network.services", set: { "network.services": "10.244.16.0/20" } },
      {
        name: "a BGP pool inside the services",
        at: "network.loadBalancerPool",
        set: { ...BGP, "network.loadBalancerPool": "10.100.0.0/24" },
      },
      {
        name: "IPv6 services inside the pods",
        at: "network.services.ipv6",
        set: { ...DUAL_STACK, "network.services": { ipv4: "10.96.0.0/12", ipv6: "fd00:244::/112" } },
      },
    ],
    accepted: [{ name: "services right after the pods", set: { "network.services": "10.245.0.0/16" } }],
  },
  {
    rule: "network.pool-inside",
    refused: [
      {
        name: "an L2 pool elsewhere",
        at: "network.loadBalancerPool",
        set: { "network.loadBalancerPool": "192.168.20.0/24", "network.addresses": undefined },
      },
      {
        name: "an L2 pool that is the node network",
        at: "network.loadBalancerPool",
        set: { "network.loadBalancerPool": "192.168.10.0/24", "network.addresses": undefined },
        also: ["network.pool-free", "network.address-unique", "network.dns-servers-outside"],
      },
      {
        name: "an IPv6 L2 pool elsewhere",
        at: "network.loadBalancerPool.ipv6",
        set: { ...DUAL_STACK, "network.loadBalancerPool": { ipv4: "192.168.10.192/26", ipv6: "fd00:20::/112" } },
      },
    ],
    accepted: [{ name: "the upper half", set: { "network.loadBalancerPool": "192.168.10.128/25" } }],
  },
  {
    rule: "network.pool-outside",
    refused: [
      {
        name: "a BGP pool in the node network",
        at: "network.loadBalancerPool",
        set: { ...BGP, "network.loadBalancerPool": "192.168.10.192/26" },
      },
      {
        name: "a BGP pool around the node network",
        at: "network.loadBalancerPool",
        set: { ...BGP, "network.loadBalancerPool": "192.168.0.0/16" },
        also: ["network.pool-free", "network.dns-servers-outside"],
      },
    ],
    accepted: [{ name: "a BGP pool right after the node network", set: { ...BGP, "network.loadBalancerPool": "192.168.11.0/29" } }],
  },
  {
    rule: "network.pool-size",
    refused: [
      {
        name: "four addresses",
        at: "network.loadBalancerPool",
        set: { "network.loadBalancerPool": "192.168.10.252/30", "network.addresses": undefined },
        also: ["network.address-usable"],
      },
      { name: "one address by BGP", at: "network.loadBalancerPool", set: { ...BGP, "network.loadBalancerPool": "192.168.20.1/32" } },
    ],
    accepted: [{ name: "eight addresses", set: { "network.loadBalancerPool": "192.168.10.248/29", "network.addresses": undefined } }],
  },
  {
    rule: "network.pods-size",
    refused: [
      { name: "one /24 for five nodes", at: "network.pods", set: { "network.pods": "10.244.0.0/24" } },
      { name: "less than a /24", at: "network.pods", set: { "network.pods": "10.244.0.0/26" } },
      {
        name: "an IPv6 network that is not split",
        at: "network.pods.ipv6",
        set: { ...DUAL_STACK, "network.pods": { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/40" } },
      },
    ],
    accepted: [{ name: "eight /24 for five nodes", set: { "network.pods": "10.244.0.0/21" } }],
  },
  {
    rule: "network.services-size",
    refused: [
      { name: "no room for CoreDNS", at: "network.services", set: { "network.services": "10.96.0.0/29" } },
      { name: "more than the API server takes", at: "network.services", set: { "network.services": "172.0.0.0/11" } },
      {
        name: "an IPv6 /64",
        at: "network.services.ipv6",
        set: { ...DUAL_STACK, "network.services": { ipv4: "10.96.0.0/12", ipv6: "fd00:96::/64" } },
      },
    ],
    accepted: [{ name: "sixteen addresses", set: { "network.services": "10.96.0.0/28" } }],
  },
  {
    rule: "network.kind",
    refused: [
      { name: "multicast pods", at: "network.pods", set: { "network.pods": "224.0.0.0/8" } },
      { name: "link-local services", at: "network.services", set: { "network.services": "169.254.0.0/16" } },
      { name: "loopback pods", at: "network.pods", set: { "network.pods": "127.244.0.0/16" } },
    ],
    accepted: [{ name: "shared address space", set: { "network.pods": "100.64.0.0/10" } }],
  },
  {
    rule: "network.loopback",
    refused: [
      {
        name: "a loopback network, not said",
        at: "network.nodes",
        set: {
          "network.nodes": "127.10.0.0/24",
          "network.gateway": "127.10.0.1",
          "network.vip": "127.10.0.10",
          "network.loadBalancerPool": "127.10.0.192/26",
          "network.addresses": undefined,
          "cluster.endpoint": undefined,
          ...Object.fromEntries(
            ["cp-1", "cp-2", "cp-3", "worker-1", "worker-2"].map((name, index) => [`nodes.${name}.address`, `127.10.0.${index + 11}`]),
          ),
        },
      },
      { name: "said, but not so", at: "network.loopback", set: { "network.loopback": true } },
    ],
    accepted: [
      {
        name: "a loopback network, said",
        set: {
          "network.loopback": true,
          "network.nodes": "127.10.0.0/24",
          "network.gateway": "127.10.0.1",
          "network.vip": "127.10.0.10",
          "network.loadBalancerPool": "127.10.0.192/26",
          "network.addresses": undefined,
          "cluster.endpoint": undefined,
          ...Object.fromEntries(
            ["cp-1", "cp-2", "cp-3", "worker-1", "worker-2"].map((name, index) => [`nodes.${name}.address`, `127.10.0.${index + 11}`]),
          ),
        },
      },
      { name: "said to be none", set: { "network.loopback": false } },
    ],
  },
  {
    rule: "network.dual-stack",
    refused: [
      { name: "IPv6 pods alone", at: "network.pods", set: { "network.pods": { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/56" } } },
      { name: "no IPv6 services", at: "network.services", set: { ...DUAL_STACK, "network.services": "10.96.0.0/12" } },
      { name: "no IPv6 pool", at: "network.loadBalancerPool", set: { ...DUAL_STACK, "network.loadBalancerPool": "192.168.10.192/26" } },
      {
        name: "an IPv6 address in a cluster without",
        at: "nodes.worker-2.address.ipv6",
        set: { "nodes.worker-2.address": { ipv4: "192.168.10.22", ipv6: "fd00:10::22" } },
      },
      {
        name: "an IPv6 gateway in a cluster without",
        at: "network.gateway.ipv6",
        set: { "network.gateway": { ipv4: "192.168.10.1", ipv6: "fd00:10::1" } },
      },
    ],
    accepted: [
      { name: "everything in both", set: DUAL_STACK },
      {
        name: "everything in both, addresses given",
        set: {
          ...DUAL_STACK,
          "network.gateway": { ipv4: "192.168.10.1", ipv6: "fd00:10::fd:1" },
          "nodes.worker-2.address": { ipv4: "192.168.10.22", ipv6: "fd00:10::1:22" },
        },
      },
    ],
  },
  {
    rule: "network.address-inside",
    refused: [
      { name: "a node elsewhere", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.11.22" } },
      { name: "a gateway elsewhere", at: "network.gateway", set: { "network.gateway": "192.168.11.1" } },
      { name: "a VIP elsewhere", at: "network.vip", set: { "network.vip": "192.168.11.10", "cluster.endpoint": "192.168.11.10" } },
      { name: "a named address outside the pool", at: "network.addresses.auth", set: { "network.addresses.auth": "192.168.10.190" } },
      {
        name: "a BGP router elsewhere",
        at: "network.announce.routerAddress",
        set: { ...BGP, "network.announce.routerAddress": "192.168.11.1" },
      },
      {
        name: "an IPv6 address elsewhere",
        at: "nodes.worker-2.address.ipv6",
        set: { ...DUAL_STACK, "nodes.worker-2.address": { ipv4: "192.168.10.22", ipv6: "fd00:11::22" } },
      },
    ],
    accepted: [
      {
        name: "the first and the last of their network",
        set: {
          "nodes.worker-2.address": "192.168.10.2",
          "network.addresses.auth": "192.168.10.193",
          "network.addresses.external": "192.168.10.254",
        },
      },
    ],
  },
  {
    rule: "network.address-usable",
    refused: [
      { name: "a node with the network address", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.0" } },
      {
        name: "a VIP with the broadcast address",
        at: "network.vip",
        set: {
          "network.vip": "192.168.10.255",
          "cluster.endpoint": "192.168.10.255",
          "network.loadBalancerPool": "192.168.10.128/26",
          "network.addresses": undefined,
        },
      },
      { name: "a named address with the pool's last", at: "network.addresses.auth", set: { "network.addresses.auth": "192.168.10.255" } },
      { name: "a named address with the pool's first", at: "network.addresses.auth", set: { "network.addresses.auth": "192.168.10.192" } },
    ],
    accepted: [{ name: ".0 within a larger network", set: { "network.nodes": "192.168.8.0/22", "nodes.worker-2.address": "192.168.9.0" } }],
  },
  {
    rule: "network.address-unique",
    refused: [
      { name: "two nodes with one address", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.21" } },
      { name: "a node with the gateway's", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.1" } },
      { name: "a node with the VIP's", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.10" } },
      { name: "two names for one address", at: "network.addresses.dns", set: { "network.addresses.dns": "192.168.10.200" } },
      { name: "a name with another's slot", at: "network.addresses.external", set: { "network.addresses.external": "192.168.10.194" } },
      {
        name: "a node with the BGP router's",
        at: "nodes.worker-2.address",
        set: { ...BGP, "network.announce.routerAddress": "192.168.10.22" },
      },
      { name: "the gateway with the VIP's", at: "network.vip", set: { "network.vip": "192.168.10.1", "cluster.endpoint": "192.168.10.1" } },
    ],
    accepted: [{ name: "a BGP router that is the gateway", set: BGP }],
  },
  {
    rule: "network.pool-free",
    refused: [
      { name: "a node in the pool", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.220" } },
      { name: "the VIP in the pool", at: "network.vip", set: { "network.vip": "192.168.10.220", "cluster.endpoint": "192.168.10.220" } },
      { name: "the gateway in the pool", at: "network.gateway", set: { "network.gateway": "192.168.10.254" } },
    ],
    accepted: [{ name: "a node right before the pool", set: { "nodes.worker-2.address": "192.168.10.191" } }],
  },
  {
    rule: "network.dns-servers-outside",
    refused: [
      { name: "a resolver in the pool", at: "network.dnsServers[0]", set: { "network.dnsServers": ["192.168.10.210"] } },
      { name: "CoreDNS itself", at: "network.dnsServers[1]", set: { "network.dnsServers": ["9.9.9.9", "10.96.0.10"] } },
    ],
    accepted: [{ name: "a resolver among the nodes", set: { "network.dnsServers": ["192.168.10.53"] } }],
  },
  {
    rule: "bgp.complete",
    refused: [
      { name: "no node ASN", at: "network.announce.nodeAsn", set: { ...BGP, "network.announce.nodeAsn": undefined } },
      { name: "no router", at: "network.announce.routerAddress", set: { ...BGP, "network.announce.routerAddress": undefined } },
      { name: "an ASN with L2", at: "network.announce.routerAsn", set: { "network.announce": { mode: "l2", routerAsn: 64512 } } },
      {
        name: "a password with L2",
        at: "network.announce.password",
        set: { "network.announce": { mode: "l2", password: { secure: "v1:x" } } },
      },
    ],
    accepted: [
      { name: "all of BGP", set: BGP },
      { name: "BGP without a password", set: { ...BGP, "network.announce.password": undefined } },
    ],
  },
  {
    rule: "bgp.asn",
    refused: [
      { name: "AS_TRANS", at: "network.announce.routerAsn", set: { ...BGP, "network.announce.routerAsn": 23456 } },
      { name: "the last of two bytes", at: "network.announce.nodeAsn", set: { ...BGP, "network.announce.nodeAsn": 65535 } },
    ],
    accepted: [
      {
        name: "the last private one, on both sides",
        set: { ...BGP, "network.announce.routerAsn": 65534, "network.announce.nodeAsn": 65534 },
      },
    ],
  },
  {
    rule: "bgp.timers",
    refused: [
      {
        name: "a hold time below three keep-alives",
        at: "network.announce.holdTime",
        set: { ...BGP, "network.announce.holdTime": 29, "network.announce.keepAlive": 10 },
      },
      {
        name: "a keep-alive too long for the default",
        at: "network.announce.keepAlive",
        set: { ...BGP, "network.announce.keepAlive": 31 },
      },
    ],
    accepted: [{ name: "three keep-alives", set: { ...BGP, "network.announce.holdTime": 30, "network.announce.keepAlive": 10 } }],
  },
];
