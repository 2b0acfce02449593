import type { Dashboard } from "../kit/requests";

const SOURCE = { type: "prometheus", uid: "$datasource" };

interface Chart {
  readonly title: string;
  readonly expr: string;
  readonly legend: string;
  readonly unit: string;
}

const CHARTS: readonly Chart[] = [
  { title: "Instances up", expr: "cnpg_collector_up{SELECT}", legend: "{{pod}}", unit: "bool" },
  {
    title: "Connections",
    expr: "sum by (namespace, pod, state) (cnpg_backends_total{SELECT})",
    legend: "{{pod}} {{state}}",
    unit: "short",
  },
  { title: "Database size", expr: "cnpg_pg_database_size_bytes{SELECT}", legend: "{{pod}} {{datname}}", unit: "bytes" },
  { title: "Replication lag", expr: "cnpg_pg_replication_lag{SELECT}", legend: "{{pod}}", unit: "s" },
  {
    title: "Transactions",
    expr: "sum by (namespace, pod) (rate(cnpg_pg_stat_database_xact_commit{SELECT}[5m]))",
    legend: "{{pod}}",
    unit: "ops",
  },
  {
    title: "Longest transaction",
    expr: "max by (namespace, pod) (cnpg_backends_max_tx_duration_seconds{SELECT})",
    legend: "{{pod}}",
    unit: "s",
  },
  {
    title: "Write-ahead log not archived yet",
    expr: 'cnpg_collector_pg_wal_archive_status{value="ready",FILTER}',
    legend: "{{pod}}",
    unit: "short",
  },
  {
    title: "Age of the last base backup",
    expr: "time() - (barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{SELECT} > 0)",
    legend: "{{pod}}",
    unit: "s",
  },
];

const FILTER = 'namespace=~"$namespace"';

/** PostgreSQL at a glance: one namespace, several or all. */
export const DATABASE_DASHBOARD: Dashboard = {
  name: "postgresql",
  folder: "Data",
  model: {
    title: "PostgreSQL",
    tags: ["data"],
    schemaVersion: 39,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "datasource", label: "Source", type: "datasource", query: "prometheus" },
        {
          name: "namespace",
          label: "Namespace",
          type: "query",
          datasource: SOURCE,
          query: "label_values(cnpg_collector_up, namespace)",
          includeAll: true,
          multi: true,
          refresh: 2,
          current: { text: "All", value: "$__all" },
        },
      ],
    },
    panels: CHARTS.map(({ title, expr, legend, unit }, index) => ({
      id: index + 1,
      title,
      type: "timeseries",
      datasource: SOURCE,
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: [
        { refId: "A", datasource: SOURCE, expr: expr.replace("{SELECT}", `{${FILTER}}`).replace("FILTER", FILTER), legendFormat: legend },
      ],
    })),
  },
};
