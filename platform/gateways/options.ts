import { z } from "zod";
import { parseCidr } from "../../config/cidr";

const gateway = z.enum(["external", "internal"]);
const name = z.string().regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "must be a DNS label of at most 32 characters");
const port = z.int().min(1).max(65535);

/** A Service that calls are handed on to. */
const service = z.strictObject({
  name: name.describe("Service, such as `postgres`."),
  namespace: name.describe("Its namespace; the route is made there."),
  port: port.describe("Its port."),
});

/** Options of the app `envoy-gateway`. */
export const envoyGatewayOptions = z.strictObject({
  /** Proxy pods of each Gateway. */
  replicas: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe("Proxy pods of each Gateway. Default: 2 where there is more than one node for them, else 1."),
  /** Memory of one proxy pod, MiB. */
  memoryMiB: z.int().min(256).max(16384).default(1024).describe("Most memory that one proxy pod may take, MiB."),
  /** Time to end open connections in, seconds. */
  drainSeconds: z.int().min(1).max(3600).default(180).describe("Seconds that open connections have to end in when a proxy stops."),
  /** One set of proxies and one address for all Gateways. */
  merged: z
    .boolean()
    .default(false)
    .describe("One set of proxies with one address, `external`, for all Gateways: saves memory, and home and Internet share a port."),
  /** Oldest TLS version. */
  minTls: z.enum(["1.2", "1.3"]).default("1.2").describe("Oldest TLS version that callers may speak."),
  /** HTTP/3. */
  http3: z.boolean().default(false).describe("Offer HTTP/3 on UDP 443 as well."),
  /** Networks whose X-Forwarded-For is believed. */
  trustedCidrs: z
    .array(z.string().refine((text) => parseCidr(text) !== undefined, "must be a CIDR such as 10.244.0.0/16"))
    .min(1)
    .optional()
    .describe("Networks whose X-Forwarded-For is believed. Default: the pods' networks, where the tunnel ends."),
  /** Compression of answers, most wanted first. */
  compression: z
    .array(z.enum(["Brotli", "Gzip", "Zstd"]))
    .default(["Zstd", "Brotli", "Gzip"])
    .describe("What answers may be packed with, most wanted first; an empty list turns it off."),
  /** Tries after a broken connection. */
  retries: z.int().min(0).max(10).default(2).describe("Further tries after a connection that broke before any answer."),
  /** Time for an answer, seconds. */
  requestTimeoutSeconds: z
    .int()
    .min(0)
    .max(86400)
    .default(0)
    .describe("Seconds that a whole answer may take; 0: no limit, as streams and uploads need."),
  /** Extra port for gRPC. */
  grpcPort: port.optional().describe("Port on which gRPC is served besides 443, for callers that want one of its own, such as 50051."),
  /** Ports handed on as they are. */
  tcp: z
    .array(
      z.strictObject({
        name: name.describe("Names listener and route."),
        gateway: gateway.default("internal").describe("Gateway that listens."),
        port: port.describe("Port of the Gateway."),
        service: service.describe("Where connections go."),
      }),
    )
    .default([])
    .describe("TCP ports that are handed on to a Service as they are."),
  /** TLS handed on as it is. */
  passthrough: z
    .array(
      z.strictObject({
        name: name.describe("Names listener and route."),
        gateway: gateway.default("internal").describe("Gateway that listens, on 443."),
        host: z
          .string()
          .regex(/^([a-z0-9-]+\.)+[a-z]+$/, "must be a host name")
          .describe("Host name that callers ask for (SNI)."),
        service: service.describe("Where connections go; it has the certificate."),
      }),
    )
    .default([])
    .describe("Hosts whose TLS is handed on to a Service that has a certificate of its own."),
  /** Sink for the proxies' metrics. */
  metricsSink: z
    .strictObject({
      host: z.string().min(1).describe("Host of an OpenTelemetry collector."),
      port: port.default(4317).describe("Its port for OTLP over gRPC."),
    })
    .optional()
    .describe("OpenTelemetry collector that the proxies push their metrics to, besides being scraped by Prometheus."),
  /** Share of the requests that are traced, percent. */
  traceSampling: z.int().min(0).max(100).default(10).describe("Percent of the requests that are traced while Tempo is on."),
  /** Envoy Gateway's own console. */
  adminConsole: z
    .strictObject({
      subdomain: name.default("envoy").describe("First label of its host."),
      gateway: gateway.default("internal").describe("Gateway that serves it."),
      protection: z
        .enum(["browser", "proxy"])
        .default("browser")
        .describe("Who lets callers in: it shows the whole configuration, so somebody must."),
    })
    .optional()
    .describe("Serve Envoy Gateway's admin console, protected. Off unless given; `{}` is enough."),
});

export type EnvoyGatewayOptions = z.output<typeof envoyGatewayOptions>;
