import type { ITLSRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/TLSRoute" with { "resolution-mode": "import" };
import { gatewayObjects } from "../gateways/gateways";
import { envoyGatewayOptions, type EnvoyGatewayOptions } from "../gateways/options";
import type { KubeObject } from "../kit/objects";
import type { Provider } from "../kit/provider";
import { typed } from "../kit/typed";
import { ENVOY_GATEWAY, GATEWAYS_NAMESPACE } from "../names";

/** The Gateways themselves: here rather than in the app, because which listeners they have follows from everybody's hosts. */
export const gateway: Provider = {
  name: "gateways",
  needs: () => [],
  provide(app, platform) {
    if (app.name !== ENVOY_GATEWAY) return {};
    const options = envoyGatewayOptions.parse(platform.settings.platform[ENVOY_GATEWAY] ?? {});
    return {
      configuration: gatewayObjects(options, platform),
      access: [...options.tcp.map(tcpRoute), ...options.passthrough.map(tlsRoute)],
    };
  },
};

type Handed = Pick<EnvoyGatewayOptions["tcp"][number], "name" | "gateway" | "service">;

interface RouteSpec {
  parentRefs: { name: string; namespace: string; sectionName: string }[];
  rules: { backendRefs: { name: string; port: number }[] }[];
}

/** Beside its Service, so that no grant is needed. */
function handedOn({ name, gateway: parent, service }: Handed): Pick<KubeObject, "metadata"> & { spec: RouteSpec } {
  return {
    metadata: { name, namespace: service.namespace },
    spec: {
      parentRefs: [{ name: parent, namespace: GATEWAYS_NAMESPACE, sectionName: name }],
      rules: [{ backendRefs: [{ name: service.name, port: service.port }] }],
    },
  };
}

function tcpRoute(route: EnvoyGatewayOptions["tcp"][number]): KubeObject {
  return { apiVersion: "gateway.networking.k8s.io/v1", kind: "TCPRoute", ...handedOn(route) };
}

function tlsRoute(route: EnvoyGatewayOptions["passthrough"][number]): KubeObject {
  const { metadata, spec } = handedOn(route);
  return typed<ITLSRoute>({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "TLSRoute",
    metadata,
    spec: { ...spec, hostnames: [route.host] },
  });
}
