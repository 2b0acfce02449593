import type { AlertRule } from "../kit/requests";

/**
 * Metrics of Envoy (`envoy_*`, from the proxies' /stats/prometheus) and of Envoy Gateway itself (`xds_nack_total`,
 * `status_update_total`: internal/xds/cache/metrics.go and internal/provider/kubernetes/metrics.go of v1.9.1).
 */
export const ALERTS: readonly AlertRule[] = [
  {
    alert: "GatewayErrors",
    expr: 'sum by (namespace) (rate(envoy_http_downstream_rq_xx{envoy_response_code_class="5"}[5m])) / sum by (namespace) (rate(envoy_http_downstream_rq_completed[5m])) > 0.05 and sum by (namespace) (rate(envoy_http_downstream_rq_completed[5m])) > 0.1',
    for: "10m",
    severity: "warning",
    summary: "More than one in twenty answers of the gateways is an error of ours.",
  },
  {
    alert: "GatewayCertificateExpires",
    // Whole days. Certificates of 160 hours never have a week left, and are renewed with two days to go.
    expr: "min(envoy_server_days_until_first_cert_expiring) < 1",
    for: "1h",
    severity: "critical",
    summary: "A certificate that a gateway serves ends in less than a day.",
  },
  {
    alert: "GatewayConfigurationRefused",
    expr: "sum(increase(xds_nack_total[10m])) > 0",
    for: "10m",
    severity: "warning",
    summary: "A proxy refuses its configuration and goes on with the one before.",
  },
  {
    alert: "GatewayStatusNotWritten",
    expr: 'sum(increase(status_update_total{status="failure"}[15m])) > 3',
    for: "15m",
    severity: "warning",
    summary: "Envoy Gateway cannot write the status of Gateways or routes, so Flux waits for them.",
  },
];
