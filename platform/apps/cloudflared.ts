import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import { z } from "zod";
import { EDGE_NAMESPACE, TUNNEL_SECRET } from "../base";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../edge/restricted";
import { defineApp } from "../kit/app";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";

const NAME = "cloudflared";
const LABELS = { "app.kubernetes.io/name": NAME };
const METRICS_PORT = 8080;
/** Cloudflare's edge: QUIC by UDP, HTTP/2 by TCP. */
const EDGE_PORT = 7844;

const options = z.strictObject({
  /** How the tunnel is carried: `quic` by UDP, `http2` by TCP for networks that drop UDP. */
  protocol: z
    .enum(["quic", "http2"])
    .default("quic")
    .describe("How the tunnel is carried: `quic` by UDP, `http2` by TCP for networks that drop UDP."),
  /** Post-quantum key exchange: `required` refuses an edge without it; only with `quic`. */
  postQuantum: z
    .enum(["preferred", "required"])
    .default("preferred")
    .describe("Post-quantum key exchange: `required` refuses an edge without it; only with `quic`."),
});

/** The tunnel's connector. What the tunnel leads to is configured at Cloudflare, by the edge. */
export const cloudflared = defineApp({
  name: NAME,
  summary: "Connector of the Cloudflare tunnel, which ends at the external gateway",
  namespace: { name: EDGE_NAMESPACE, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  active: ({ settings }) => settings.cloudflare !== undefined,
  objects: ({ options, facts }) => [
    typed<IDeployment>({
      apiVersion: "apps/v1",
      kind: "Deployment",
      // A token that was rotated counts from the next start on.
      metadata: { name: NAME, labels: LABELS, annotations: { "reloader.stakater.com/auto": "true" } },
      spec: {
        replicas: facts.replicas,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            securityContext: RESTRICTED_POD,
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: LABELS },
              },
            ],
            containers: [container(options)],
          },
        },
      },
    }),
  ],
  monitors: () => [{ kind: "PodMonitor", name: NAME, selector: LABELS, port: "metrics", containerPort: METRICS_PORT }],
  alerts: () => [
    {
      alert: "TunnelDown",
      expr: `sum(cloudflared_tunnel_ha_connections{namespace="${EDGE_NAMESPACE}"}) < 1 or absent(cloudflared_tunnel_ha_connections{namespace="${EDGE_NAMESPACE}"})`,
      for: "5m",
      severity: "critical",
      summary: "The tunnel has no connection to Cloudflare: nothing is reached from the Internet.",
    },
  ],
  // 443 is for its own features and look-ups; the gateways are reached by Service, so by the port of their pods.
  network: () => ({ to: [{ peer: "gateways" }, { peer: "world", ports: [EDGE_PORT], protocol: "ANY" }, { peer: "world", ports: [443] }] }),
  problems: ({ options }) =>
    options.protocol === "http2" && options.postQuantum === "required"
      ? [
          {
            path: ["postQuantum"],
            message: "cloudflared has post-quantum key exchange over QUIC only",
            fix: "leave it out, or set protocol: quic",
          },
        ]
      : [],
  warnings: ({ enabled }) =>
    enabled.has("envoy-gateway") ? [] : ["cloudflared is on and envoy-gateway is off: the tunnel leads nowhere, and every call gets a 502"],
});

/** Environment variables of `cloudflared tunnel` and `tunnel run`; the image's entry point turns updates off. */
function container(options: {
  readonly protocol: string;
  readonly postQuantum: string;
}): Readonly<Record<string, unknown>> & { readonly name: string } {
  return {
    name: NAME,
    image: IMAGES.cloudflared,
    args: ["tunnel", "run"],
    env: [
      { name: "NO_AUTOUPDATE", value: "true" },
      { name: "TUNNEL_METRICS", value: `0.0.0.0:${METRICS_PORT}` },
      { name: "TUNNEL_TRANSPORT_PROTOCOL", value: options.protocol },
      ...(options.postQuantum === "required" ? [{ name: "TUNNEL_POST_QUANTUM", value: "true" }] : []),
      { name: "TUNNEL_TOKEN", valueFrom: { secretKeyRef: { name: TUNNEL_SECRET, key: "TUNNEL_TOKEN" } } },
    ],
    ports: [{ name: "metrics", containerPort: METRICS_PORT }],
    // It says ready once it has a connection to the edge; it is alive without one, and a restart would not help.
    readinessProbe: { httpGet: { path: "/ready", port: "metrics" } },
    livenessProbe: { httpGet: { path: "/healthcheck", port: "metrics" }, initialDelaySeconds: 10, failureThreshold: 5 },
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    securityContext: RESTRICTED_CONTAINER,
  };
}
