import ipaddr from "ipaddr.js";
import { z } from "zod";
import { CLOUDFLARE_SECRET, cloudflareSecret } from "../edge/cloudflare-token";
import { externalDnsAlert, externalDnsMonitor, externalDnsValues } from "../edge/external-dns";
import { defineApp } from "../kit/app";
import { edgeHost } from "../names";
import { CHARTS } from "../versions";

const options = z.strictObject({
  /** Whether Cloudflare stands in front of the records: a tunnel works no other way. */
  proxied: z.boolean().default(true).describe("Whether Cloudflare stands in front of the records: a tunnel works no other way."),
});

/** Public names of what the external gateway serves, as records that point at the tunnel's one name. */
export const externalDns = defineApp({
  name: "external-dns",
  summary: "Public DNS records at Cloudflare for the routes of the external gateway",
  namespace: { name: "external-dns", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  chart: { ...CHARTS.externalDns, rights: "cluster" },
  values: ({ options, settings }) => ({
    ...externalDnsValues({
      owner: settings.cluster.name,
      audience: "internet",
      domains: settings.cluster.domains,
      // The tunnel's own record is Pulumi's.
      exclude: settings.cluster.domains.map(edgeHost),
      sources: ["crd", "gateway-httproute", "gateway-grpcroute"],
      extraArgs: { "cloudflare-proxied": options.proxied, "cloudflare-dns-records-per-page": 1000 },
    }),
    provider: { name: "cloudflare" },
    env: [{ name: "CF_API_TOKEN", valueFrom: { secretKeyRef: CLOUDFLARE_SECRET } }],
  }),
  secrets: ({ settings }) => [cloudflareSecret(settings)],
  monitors: () => [externalDnsMonitor("external-dns")],
  alerts: () => [externalDnsAlert("external-dns")],
  network: () => ({ to: [{ peer: "kube-apiserver" }, { peer: "world", ports: [443] }] }),
  problems: ({ options: { proxied }, settings: { cloudflare, network } }) => [
    ...(!proxied && cloudflare !== undefined
      ? [
          {
            path: ["proxied"],
            message: "the records point at the tunnel, which Cloudflare answers for only where it is in front",
            fix: "leave proxied out, or take the section cloudflare out",
          },
        ]
      : []),
    // Its API refuses such a record (error 9003), and with it whatever else the same round would have changed.
    ...(proxied && cloudflare === undefined && ipaddr.parse(network.addresses.external).range() !== "unicast"
      ? [
          {
            path: ["proxied"],
            message: `without a tunnel the records point at ${network.addresses.external}, where Cloudflare cannot reach anything`,
            fix: "write proxied: false, or add the section cloudflare",
          },
        ]
      : []),
  ],
});
