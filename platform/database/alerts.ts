import type { AlertRule } from "../kit/requests";

/** Prefix of the metrics that the Barman Cloud plugin reports: its name with underscores. */
const BARMAN = "barman_cloud_cloudnative_pg_io";

/**
 * Alerts on every PostgreSQL of the platform. Only metrics that an instance really reports: those of the instance
 * manager (`cnpg_collector_*`) and of the operator's default queries (`cnpg_<query>_<column>`). Volumes that fill up are
 * kube-prometheus-stack's own alert.
 */
export const DATABASE_ALERTS: readonly AlertRule[] = [
  {
    alert: "PostgresDown",
    expr: "cnpg_collector_up == 0",
    for: "5m",
    severity: "critical",
    summary: "PostgreSQL does not answer in {{ $labels.namespace }}/{{ $labels.pod }}",
  },
  {
    alert: "PostgresFenced",
    expr: "cnpg_collector_fencing_on > 0",
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is fenced and serves nobody",
  },
  {
    alert: "PostgresSwitchoverRequired",
    expr: "cnpg_collector_manual_switchover_required > 0",
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} waits for a switchover by hand",
  },
  {
    alert: "PostgresReplicationLag",
    expr: "cnpg_pg_replication_lag > 60 and cnpg_pg_replication_in_recovery > 0",
    for: "5m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} is {{ $value }} s behind its primary",
  },
  {
    alert: "PostgresReplicaDisconnected",
    expr: "cnpg_pg_replication_in_recovery > 0 and cnpg_pg_replication_is_wal_receiver_up == 0",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} receives nothing from its primary",
  },
  {
    alert: "PostgresConnectionsExhausted",
    expr:
      "sum by (namespace, pod) (cnpg_backends_total) > " +
      '0.9 * max by (namespace, pod) (cnpg_pg_settings_setting{name="max_connections"})',
    for: "5m",
    severity: "critical",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} uses more than 90 % of its connections",
  },
  {
    alert: "PostgresTransactionIdsRunOut",
    expr: "max by (namespace, pod, datname) (cnpg_pg_database_xid_age) > 500000000",
    for: "10m",
    severity: "critical",
    summary: "{{ $labels.datname }} in {{ $labels.namespace }}/{{ $labels.pod }} is not being vacuumed",
  },
  {
    alert: "PostgresMetricsIncomplete",
    expr: "cnpg_collector_last_collection_error > 0",
    for: "30m",
    severity: "warning",
    summary: "{{ $labels.namespace }}/{{ $labels.pod }} cannot collect all its metrics, so other alerts may be blind",
  },
];

/** Alerts on backups: WAL that is not archived, and a base backup that is too old, failed or never made. */
export function backupAlerts(maximumAgeHours: number): readonly AlertRule[] {
  return [
    {
      alert: "PostgresArchivingFails",
      expr: "cnpg_pg_stat_archiver_last_failed_time > cnpg_pg_stat_archiver_last_archived_time",
      for: "15m",
      severity: "critical",
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} cannot archive its write-ahead log; its volume will fill up",
    },
    {
      alert: "PostgresArchivingLags",
      expr: 'cnpg_collector_pg_wal_archive_status{value="ready"} > 50',
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.namespace }}/{{ $labels.pod }} has {{ $value }} files of write-ahead log that are not archived yet",
    },
    {
      alert: "PostgresBackupTooOld",
      // 0 while there is no backup at all, so that one is too old as well.
      expr: `time() - ${BARMAN}_last_available_backup_timestamp > ${maximumAgeHours * 3600}`,
      for: "1h",
      severity: "critical",
      summary: `{{ $labels.namespace }}/{{ $labels.pod }} has no base backup of the last ${maximumAgeHours} hours`,
    },
    {
      alert: "PostgresBackupFailed",
      expr: `${BARMAN}_last_failed_backup_timestamp > ${BARMAN}_last_available_backup_timestamp`,
      for: "5m",
      severity: "warning",
      summary: "The last base backup of {{ $labels.namespace }}/{{ $labels.pod }} failed",
    },
  ];
}
