import type { AlertRule, Dashboard, Monitor } from "../kit/requests";
import { PROXIES_NAMESPACE, PROXY_LABELS } from "../names";
import { AI_CONTROLLER } from "./extension";

/**
 * Metrics of the AI filter beside each proxy, port `aigw-admin`: internal/metrics of envoyproxy/ai-gateway v1.0.0, with
 * the names that its tests read from Prometheus' format. Envoy's own come from the proxies' other port.
 */

/** Pods with the filter, by Gateway, and the controller. */
export function aiMonitors(): readonly Monitor[] {
  return [
    {
      kind: "PodMonitor",
      name: "ai-filter",
      namespace: PROXIES_NAMESPACE,
      selector: PROXY_LABELS,
      port: "aigw-admin",
      containerPort: 1064,
    },
    {
      kind: "ServiceMonitor",
      name: "ai-gateway-controller",
      selector: { "app.kubernetes.io/name": "ai-gateway-helm" },
      port: "http-metrics",
      containerPort: 8080,
    },
  ];
}

const REQUESTS = "gen_ai_server_request_duration_seconds_count";

/** Alerts on what callers of models feel. */
export const AI_ALERTS: readonly AlertRule[] = [
  {
    alert: "AiGatewayErrors",
    expr: `sum by (gen_ai_request_model) (rate(${REQUESTS}{error_type!=""}[10m])) / sum by (gen_ai_request_model) (rate(${REQUESTS}[10m])) > 0.1`,
    for: "10m",
    severity: "warning",
    summary: "More than a tenth of the requests for {{ $labels.gen_ai_request_model }} fail",
  },
  {
    alert: "AiGatewaySlow",
    expr: `histogram_quantile(0.95, sum by (gen_ai_request_model, le) (rate(gen_ai_server_request_duration_seconds_bucket[15m]))) > 60`,
    for: "15m",
    severity: "info",
    summary: "One in twenty answers of {{ $labels.gen_ai_request_model }} takes longer than a minute",
  },
  {
    alert: "AiGatewayControllerDown",
    expr: `absent(up{namespace="${AI_CONTROLLER.namespace}", service="${AI_CONTROLLER.service}"} == 1)`,
    for: "10m",
    severity: "warning",
    summary: "Envoy AI Gateway's controller is not there: changes of the gateways' configuration wait for it",
  },
];

const MCP_CALLS = "mcp_method_count_total";

/** Alerts on what callers of tools feel. */
export const MCP_ALERTS: readonly AlertRule[] = [
  {
    alert: "McpGatewayErrors",
    expr: `sum by (mcp_backend) (rate(${MCP_CALLS}{status="error"}[10m])) / sum by (mcp_backend) (rate(${MCP_CALLS}[10m])) > 0.1`,
    for: "10m",
    severity: "warning",
    summary: "More than a tenth of the MCP calls to {{ $labels.mcp_backend }} fail",
  },
];

/** Models: calls, failures, time and tokens. */
export const AI_DASHBOARD: Dashboard = {
  name: "ai-gateway",
  folder: "Gateways",
  model: board("AI gateway", [
    panel("Requests by model", "reqps", `sum by (gen_ai_request_model) (rate(${REQUESTS}[5m]))`, "{{gen_ai_request_model}}"),
    panel("Failures by type", "reqps", `sum by (error_type) (rate(${REQUESTS}{error_type!=""}[5m]))`, "{{error_type}}"),
    panel(
      "Time to a whole answer, 95 of 100",
      "s",
      "histogram_quantile(0.95, sum by (gen_ai_request_model, le) (rate(gen_ai_server_request_duration_seconds_bucket[5m])))",
      "{{gen_ai_request_model}}",
    ),
    panel(
      "Tokens",
      "short",
      "sum by (gen_ai_request_model, gen_ai_token_type) (rate(gen_ai_client_token_usage_sum[5m]))",
      "{{gen_ai_request_model}} {{gen_ai_token_type}}",
    ),
  ]),
};

/** Tools: calls and failures by server. */
export const MCP_DASHBOARD: Dashboard = {
  name: "mcp-gateway",
  folder: "Gateways",
  model: board("MCP gateway", [
    panel("Calls by method", "reqps", `sum by (mcp_method_name) (rate(${MCP_CALLS}[5m]))`, "{{mcp_method_name}}"),
    panel("Calls by server and outcome", "reqps", `sum by (mcp_backend, status) (rate(${MCP_CALLS}[5m]))`, "{{mcp_backend}} {{status}}"),
  ]),
};

function board(title: string, panels: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>> {
  const placed = panels.map((each, index) => ({
    ...each,
    id: index + 1,
    gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
  }));
  return { title, schemaVersion: 39, editable: false, time: { from: "now-6h", to: "now" }, refresh: "1m", panels: placed };
}

function panel(title: string, unit: string, expr: string, legendFormat: string): Readonly<Record<string, unknown>> {
  return {
    title,
    type: "timeseries",
    datasource: { type: "prometheus" },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: [{ expr, legendFormat, refId: "A" }],
  };
}
