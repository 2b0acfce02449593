import type { AlertRule, Dashboard, Monitor } from "../kit/requests";
import { KEYCLOAK_LABELS, KEYCLOAK_NAMESPACE, KEYCLOAK_SERVICE, MANAGEMENT_PORT } from "./names";

const IN = `namespace="${KEYCLOAK_NAMESPACE}"`;

/** Metrics of every pod, from its management port. */
export const keycloakMonitor: Monitor = {
  kind: "ServiceMonitor",
  name: "keycloak",
  selector: KEYCLOAK_LABELS,
  port: "management",
  containerPort: MANAGEMENT_PORT,
};

/** What somebody must know of Keycloak. */
export const keycloakAlerts: readonly AlertRule[] = [
  {
    alert: "KeycloakDown",
    expr: `absent(up{${IN},service="${KEYCLOAK_SERVICE.name}"} == 1)`,
    for: "5m",
    severity: "critical",
    summary: "No Keycloak answers: nobody can log in.",
  },
  {
    alert: "KeycloakErrors",
    expr: `sum(rate(http_server_requests_seconds_count{${IN},status=~"5.."}[5m])) / sum(rate(http_server_requests_seconds_count{${IN}}[5m])) > 0.05`,
    for: "10m",
    severity: "warning",
    summary: "Keycloak answers more than 5 % of the requests with an error of its own.",
  },
  {
    alert: "KeycloakLoginsFail",
    expr: `sum(rate(keycloak_user_events_total{${IN},event="login",error!=""}[10m])) * 60 > 30`,
    for: "10m",
    severity: "warning",
    summary: "More than 30 log-ins a minute fail: somebody may be guessing passwords.",
  },
  {
    alert: "KeycloakDatabaseBusy",
    expr: `sum(agroal_awaiting_count{${IN}}) > 0`,
    for: "5m",
    severity: "warning",
    summary: "Keycloak waits for connections to its database.",
  },
  {
    alert: "KeycloakImportFailed",
    expr: `max by (job_name) (kube_job_status_failed{${IN}}) > 3 unless max by (job_name) (kube_job_status_succeeded{${IN}}) > 0`,
    for: "10m",
    severity: "warning",
    summary: "The import {{ $labels.job_name }} fails again and again: the realm is not what the tree says.",
  },
];

/** What Keycloak does. */
export const keycloakDashboard: Dashboard = {
  name: "keycloak",
  folder: "Identity",
  model: {
    title: "Keycloak",
    schemaVersion: 39,
    time: { from: "now-6h", to: "now" },
    panels: [
      panel(0, "Log-ins a minute", `sum by (error) (rate(keycloak_user_events_total{${IN},event="login"}[5m])) * 60`, "{{error}}"),
      panel(1, "Requests a second", `sum by (status) (rate(http_server_requests_seconds_count{${IN}}[5m]))`, "{{status}}"),
      panel(2, "Database connections in use", `sum by (pod) (agroal_active_count{${IN}})`, "{{pod}}"),
      panel(3, "Heap in bytes", `sum by (pod) (jvm_memory_used_bytes{${IN},area="heap"})`, "{{pod}}"),
    ],
  },
};

function panel(index: number, title: string, expr: string, legendFormat: string): Readonly<Record<string, unknown>> {
  return {
    id: index + 1,
    title,
    type: "timeseries",
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    targets: [{ expr, legendFormat, refId: "A" }],
  };
}
