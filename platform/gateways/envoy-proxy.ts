import type { IEnvoyProxy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/EnvoyProxy" with {
  "resolution-mode": "import",
};
import type { TracingFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import type { GatewayName } from "../kit/requests";
import { typed } from "../kit/typed";
import { GATEWAYS_NAMESPACE } from "../names";

/** How the proxies of one Gateway, or of all merged ones, run. */
export interface ProxyShape {
  /** Pods. */
  readonly replicas: number;
  readonly memoryMiB: number;
  /** Seconds that open connections have to end when a proxy stops. */
  readonly drainSeconds: number;
  readonly merged: boolean;
  /** Addresses of the Service, in the load-balancer pool. */
  readonly addresses: readonly string[];
  readonly tracing?: TracingFacts | undefined;
  /** Percent of the requests that are traced. */
  readonly traceSampling: number;
  /** Collector that takes metrics by OTLP over gRPC, besides Prometheus' scraping. */
  readonly metricsSink?: { readonly host: string; readonly port: number } | undefined;
}

/** Annotation that Cilium's LB-IPAM takes addresses from, a comma between two. */
const ADDRESSES = "lbipam.cilium.io/ips";

/**
 * The EnvoyProxy for one Gateway, of the same name, as is the proxies' Service.
 *
 * The address is asked for by LB-IPAM's annotation: Envoy Gateway writes a Gateway's `spec.addresses` into the
 * Service's `externalIPs` (internal/infrastructure/kubernetes/proxy/resource_provider.go), which LB-IPAM neither
 * assigns nor announces.
 */
export function envoyProxy(name: GatewayName, shape: ProxyShape): KubeObject {
  return typed<IEnvoyProxy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyProxy",
    metadata: { name, namespace: GATEWAYS_NAMESPACE },
    spec: {
      ...(shape.merged ? { mergeGateways: true } : {}),
      provider: {
        type: "Kubernetes",
        kubernetes: {
          envoyDeployment: {
            replicas: shape.replicas,
            container: { resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: `${shape.memoryMiB}Mi` } } },
          },
          ...(shape.replicas > 1 ? { envoyPDB: { minAvailable: 1 } } : {}),
          // `Cluster`: with L2 the node that answers for the address need not be one that runs a proxy.
          envoyService: { name, annotations: { [ADDRESSES]: shape.addresses.join(",") }, externalTrafficPolicy: "Cluster" },
        },
      },
      shutdown: { drainTimeout: `${shape.drainSeconds}s` },
      telemetry: telemetry(shape),
    },
  });
}

function telemetry({ tracing, traceSampling, metricsSink }: ProxyShape): IEnvoyProxy["spec"]["telemetry"] {
  const sink =
    metricsSink === undefined
      ? {}
      : { sinks: [{ type: "OpenTelemetry" as const, openTelemetry: { host: metricsSink.host, port: metricsSink.port } }] };
  const spans =
    tracing === undefined
      ? {}
      : {
          tracing: {
            samplingRate: traceSampling,
            // By host, since a reference would need a grant in the collector's namespace, which is another app's.
            provider: { type: "OpenTelemetry" as const, host: tracing.host, port: tracing.grpcPort },
          },
        };
  return { accessLog: { settings: [ACCESS_LOG] }, metrics: { prometheus: { compression: { type: "Gzip" as const } }, ...sink }, ...spans };
}

/** One JSON object per request on standard output, where the log collector finds it; no query, since it may hold a token. */
const ACCESS_LOG = {
  format: {
    type: "JSON" as const,
    json: {
      start_time: "%START_TIME%",
      method: "%REQ(:METHOD)%",
      path: "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%",
      authority: "%REQ(:AUTHORITY)%",
      protocol: "%PROTOCOL%",
      status: "%RESPONSE_CODE%",
      flags: "%RESPONSE_FLAGS%",
      details: "%RESPONSE_CODE_DETAILS%",
      bytes_received: "%BYTES_RECEIVED%",
      bytes_sent: "%BYTES_SENT%",
      duration_ms: "%DURATION%",
      client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
      request_id: "%REQ(X-REQUEST-ID)%",
      upstream: "%UPSTREAM_HOST%",
      route: "%ROUTE_NAME%",
    },
  },
  sinks: [{ type: "File" as const, file: { path: "/dev/stdout" } }],
};
