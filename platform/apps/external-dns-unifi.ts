import { z } from "zod";
import { externalDnsAlert, externalDnsMonitor, externalDnsValues } from "../edge/external-dns";
import { RESTRICTED_CONTAINER } from "../edge/restricted";
import { defineApp } from "../kit/app";
import { CHARTS, IMAGES } from "../versions";

const NAME = "external-dns-unifi";

/** Secret with the key of UniFi's API, key `api-key`; of the settings under `unifi-api-key`. */
const SECRET = { name: "unifi", key: "api-key" } as const;

const options = z.strictObject({
  /** Where the UniFi console answers, such as https://192.168.10.1; needs UniFi Network 9.0 or newer. */
  host: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("Where the UniFi console answers, such as https://192.168.10.1; needs UniFi Network 9.0 or newer. Always needed."),
  /** Site whose DNS is kept. */
  site: z.string().min(1).default("default").describe("Site whose DNS is kept."),
  /** `verify` when the console has a certificate that the system's roots know; its own is signed by itself. */
  tls: z
    .enum(["verify", "insecure"])
    .default("insecure")
    .describe("`verify` when the console has a certificate that the system's roots know; its own is signed by itself."),
});

/**
 * Names at home of what every gateway but the external one serves, as records in a UniFi console. It takes the place of k8s-gateway.
 * UniFi has no zones: records of other origin are told apart by their TXT companions alone.
 */
export const externalDnsUnifi = defineApp({
  name: NAME,
  summary: "DNS records in a UniFi console for the routes of every gateway at home",
  namespace: { name: NAME, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  chart: { ...CHARTS.externalDns, rights: "cluster" },
  values: ({ options, settings }) => ({
    ...externalDnsValues({
      owner: `${settings.cluster.name}-unifi`,
      audience: "home",
      domains: settings.cluster.domains,
      exclude: [],
      sources: ["gateway-httproute", "gateway-grpcroute", "gateway-tlsroute"],
      extraArgs: {},
    }),
    provider: {
      name: "webhook",
      webhook: {
        image: image(IMAGES.externalDnsUnifi),
        env: [
          { name: "UNIFI_HOST", value: options.host ?? "" },
          { name: "UNIFI_SITE", value: options.site },
          { name: "UNIFI_SKIP_TLS_VERIFY", value: String(options.tls === "insecure") },
          { name: "UNIFI_API_KEY", valueFrom: { secretKeyRef: SECRET } },
        ],
        // Served beside /healthz on 8080, the port that the chart calls http-webhook (cmd/webhook/init/server/server.go).
        readinessProbe: { httpGet: { path: "/readyz", port: "http-webhook" } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        // The chart sets none on this container.
        securityContext: RESTRICTED_CONTAINER,
      },
    },
  }),
  secrets: () => [{ name: SECRET.name, data: { [SECRET.key]: { from: "config", secret: "unifi-api-key" } } }],
  monitors: () => [externalDnsMonitor(NAME)],
  alerts: () => [externalDnsAlert(NAME)],
  network: () => ({ to: [{ peer: "kube-apiserver" }, { peer: "world" }] }),
  problems: ({ options, enabled }) => [
    ...(options.host === undefined
      ? [{ path: ["host"], message: "is missing: nobody knows where the console is", fix: "write host: https://<address of the console>" }]
      : []),
    ...(enabled.has("k8s-gateway")
      ? [
          {
            path: [],
            message: "both external-dns-unifi and k8s-gateway are on, and each would answer for the same names at home",
            fix: "take one of them out",
          },
        ]
      : []),
  ],
});

/** An image as the chart takes it: a digest goes with the tag. */
function image(reference: string): { readonly repository: string; readonly tag: string } {
  const [repository = "", ...tag] = reference.split(":");
  return { repository, tag: tag.join(":") };
}
