import type { PlatformFacts } from "../kit/facts";
import type { Connection, NetworkNeeds } from "../kit/requests";
import { whereIs } from "../network/where";
import type { EnvoyGatewayOptions } from "./options";

/** Port on which the API server asks where a proxy's pod runs. */
const TOPOLOGY_WEBHOOK = 9443;

/** Envoy Gateway moves the ports of its proxies that are below 1024 up by 10000 (`wellKnownPortShift` in its translator). */
export function proxyPort(port: number): number {
  return port < 1024 ? port + 10000 : port;
}

/** What the gateways need besides the hosts of apps: callers from everywhere, and whatever the options hand calls and signals on to. */
export function gatewayNetwork(
  options: EnvoyGatewayOptions,
  { enabled, facts }: { readonly enabled: ReadonlySet<string>; readonly facts: PlatformFacts },
): NetworkNeeds {
  const ports = [80, 443, ...(options.grpcPort === undefined ? [] : [options.grpcPort]), ...options.tcp.map(({ port }) => port)].map(
    proxyPort,
  );
  const callers = (["world", "nodes"] as const).flatMap((peer): readonly Connection[] => [
    { peer, ports },
    ...(options.http3 ? [{ peer, ports: [proxyPort(443)], protocol: "UDP" as const }] : []),
  ]);
  const { metricsSink } = options;
  return {
    from: [...callers, { peer: "kube-apiserver", ports: [TOPOLOGY_WEBHOOK] }],
    to: [
      { peer: "kube-apiserver" },
      // Models and tools are services on the Internet.
      ...(enabled.has("envoy-ai-gateway") ? [{ peer: "world" as const, ports: [443] }] : []),
      ...(facts.tracing === undefined ? [] : [{ peer: { app: "tempo" }, ports: [facts.tracing.grpcPort] }]),
      ...(metricsSink === undefined ? [] : [{ peer: whereIs(metricsSink.host), ports: [metricsSink.port] }]),
      // A Service's port says nothing of the pods' port.
      ...[...options.tcp, ...options.passthrough].map(({ service }) => ({ peer: { namespace: service.namespace } })),
    ],
  };
}
