import { z } from "zod";
import type { BgpSettings, NetworkSettings, Settings } from "../../config/settings";
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import type { AppSecret } from "../kit/secrets";
import { frrConfig } from "../router/frr";

/** Cilium's agents read the password in their own namespace only. */
const PASSWORD_SECRET = "bgp-peer-password";

/** Ties the advertisement to the peer's families. */
const ADVERTISED = { "hearth/advertise": "load-balancers" };

/** Who gets an address from the pool, and how the network learns of it: by ARP and NDP, or by BGP. */
export const ciliumNetworks = defineApp({
  name: "cilium-networks",
  summary: "Load-balancer pool and its announcement, by L2 or BGP",
  namespace: { name: "kube-system" },
  presence: "always",
  needs: ["crds"],
  after: [],
  options: z.strictObject({}),
  objects: ({ settings }) => [pool(settings.network), ...announcement(settings.network)],
  secrets: ({ settings }) => passwordSecret(settings.network.announce),
  documents: ({ settings }) => routerFiles(settings),
});

function pool(network: NetworkSettings): KubeObject {
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumLoadBalancerIPPool",
    metadata: { name: "pool" },
    spec: {
      // The first and last address of a block look like network and broadcast addresses to many routers.
      allowFirstLastIPs: "No",
      blocks: families(network.loadBalancerPool).map(({ cidr }) => ({ cidr })),
    },
  };
}

function families(pair: { readonly ipv4: string; readonly ipv6?: string }): readonly { afi: "ipv4" | "ipv6"; cidr: string }[] {
  return [{ afi: "ipv4", cidr: pair.ipv4 }, ...(pair.ipv6 === undefined ? [] : [{ afi: "ipv6" as const, cidr: pair.ipv6 }])];
}

function announcement(network: NetworkSettings): readonly KubeObject[] {
  return network.announce.mode === "l2" ? [l2Policy()] : bgpObjects(network, network.announce);
}

function l2Policy(): KubeObject {
  return {
    apiVersion: "cilium.io/v2alpha1",
    kind: "CiliumL2AnnouncementPolicy",
    metadata: { name: "pool" },
    // Neither selector: every service on every node, control planes included, since they may be all there is.
    spec: { loadBalancerIPs: true },
  };
}

function bgpObjects(network: NetworkSettings, bgp: BgpSettings): readonly KubeObject[] {
  return [
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumBGPClusterConfig",
      metadata: { name: "cluster" },
      spec: {
        bgpInstances: [
          {
            name: "cluster",
            localASN: bgp.nodeAsn,
            peers: [{ name: "router", peerASN: bgp.routerAsn, peerAddress: bgp.routerAddress, peerConfigRef: { name: "router" } }],
          },
        ],
      },
    },
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumBGPPeerConfig",
      metadata: { name: "router" },
      spec: {
        ...(bgp.password === undefined ? {} : { authSecretRef: PASSWORD_SECRET }),
        families: families(network.loadBalancerPool).map(({ afi }) => ({
          afi,
          safi: "unicast",
          advertisements: { matchLabels: ADVERTISED },
        })),
        ...(bgp.gracefulRestart === 0 ? {} : { gracefulRestart: { enabled: true, restartTimeSeconds: bgp.gracefulRestart } }),
        timers: { holdTimeSeconds: bgp.holdTime, keepAliveTimeSeconds: bgp.keepAlive },
      },
    },
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumBGPAdvertisement",
      metadata: { name: "load-balancers", labels: ADVERTISED },
      spec: {
        advertisements: [
          {
            advertisementType: "Service",
            service: { addresses: ["LoadBalancerIP"] },
            // An absent selector selects nothing; this one matches every service.
            selector: { matchExpressions: [{ key: "hearth/never-advertise", operator: "DoesNotExist" }] },
          },
        ],
      },
    },
  ];
}

function passwordSecret(announce: NetworkSettings["announce"]): readonly AppSecret[] {
  if (announce.mode === "l2" || announce.password === undefined) return [];
  return [{ name: PASSWORD_SECRET, data: { password: { from: "setting", value: announce.password } } }];
}

function routerFiles(settings: Settings): Readonly<Record<string, string>> {
  const { announce } = settings.network;
  return announce.mode === "l2" ? {} : { "router/frr.conf": frrConfig(settings, announce) };
}
