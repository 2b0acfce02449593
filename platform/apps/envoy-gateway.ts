import { aiExtension } from "../ai/extension";
import { envoyGatewayOptions } from "../gateways/options";
import { ALERTS } from "../gateways/alerts";
import { gatewayNetwork } from "../gateways/network";
import { gatewayProblems } from "../gateways/problems";
import { defineApp } from "../kit/app";
import { CERT_MANAGER, ENVOY_GATEWAY, GATEWAYS_NAMESPACE, PROXIES_NAMESPACE, PROXY_LABELS } from "../names";
import { CHARTS } from "../versions";

/** Labels of the controller's pods; the chart's name is `gateway-helm`, whatever the release is called. */
const CONTROLLER = { "control-plane": "envoy-gateway" } as const;

const ADMIN_PORT = 19000;

/** Gateways for everything that has a host: Envoy Gateway and the proxies that it runs. The Gateways are in `platform/gateways/`. */
export const envoyGateway = defineApp({
  name: ENVOY_GATEWAY,
  summary: "Gateways by Envoy Gateway: TLS, routes, policies",
  namespace: { name: PROXIES_NAMESPACE, podSecurity: "restricted" },
  moreNamespaces: [{ name: GATEWAYS_NAMESPACE, podSecurity: "restricted" }],
  presence: "chosen",
  needs: [CERT_MANAGER],
  after: [],
  timeout: "10m",
  options: envoyGatewayOptions,
  chart: { ...CHARTS.envoyGateway, rights: "cluster" },
  values: ({ options, enabled, facts }) => ({
    crds: { enabled: false },
    deployment: { replicas: facts.replicas },
    podDisruptionBudget: { minAvailable: facts.replicas - 1 },
    config: {
      envoyGateway: {
        ...aiExtension(enabled),
        ...(options.adminConsole === undefined ? {} : { admin: { address: { host: "0.0.0.0", port: ADMIN_PORT } } }),
      },
    },
  }),
  objects: ({ options }) =>
    options.adminConsole === undefined
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "envoy-gateway-admin" },
            spec: { selector: CONTROLLER, ports: [{ name: "http", port: ADMIN_PORT, targetPort: ADMIN_PORT }] },
          },
        ],
  hosts: ({ options: { adminConsole }, facts }) =>
    adminConsole === undefined
      ? []
      : [
          {
            host: `${adminConsole.subdomain}.${facts.domain}`,
            service: "envoy-gateway-admin",
            port: ADMIN_PORT,
            gateway: adminConsole.gateway,
            protection: { by: adminConsole.protection },
          },
        ],
  monitors: () => [
    { kind: "PodMonitor", name: "envoy-gateway", selector: CONTROLLER, port: "metrics", containerPort: 19001 },
    { kind: "PodMonitor", name: "envoy-proxy", selector: PROXY_LABELS, port: "metrics", containerPort: 19001, path: "/stats/prometheus" },
  ],
  alerts: () => ALERTS,
  problems: ({ options, enabled }) => gatewayProblems(options, enabled),
  network: ({ options, enabled, facts }) => gatewayNetwork(options, { enabled, facts }),
});
