/** Series of one case, each with its values minute by minute, in promtool's notation. */
export type Series = Readonly<Record<string, string>>;

/** What an alert must fire on, and what it must not. */
export interface Sample {
  readonly firing: Series;
  readonly quiet: Series;
}

/** Minutes of every series: longer than anything that an alert waits for. */
const MINUTES = 1300;

/** When the alerts are looked at, and the same in seconds. */
export const LOOKED_AT = "20h";
const NOW = 20 * 3600;

const steady = (value: number): string => `${value}x${MINUTES}`;
/** A counter that grows by so much every minute. */
const growing = (perMinute: number): string => `0+${perMinute}x${MINUTES}`;
/** A time stamp that is always the present. */
const current = growing(60);

/** One series that is above and below what its alert says. */
function values(series: string, firing: string, quiet: string): Sample {
  return { firing: { [series]: firing }, quiet: { [series]: quiet } };
}

/** A share of failures among calls that are counted by a label. */
function share(failed: string, succeeded: string): Sample {
  return {
    firing: { [failed]: growing(60), [succeeded]: growing(60) },
    quiet: { [failed]: growing(0), [succeeded]: growing(60) },
  };
}

/** Samples by `<app>/<alert>`. A new alert without one fails the test. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  "alloy/AlloyConfigRefused": values('alloy_config_last_load_successful{namespace="alloy",pod="a"}', steady(0), steady(1)),
  "alloy/AlloyLosesLogLines": values(
    'loki_write_dropped_entries_total{namespace="alloy",pod="a",reason="ingester_error"}',
    growing(5),
    growing(0),
  ),
  "barman-cloud/PostgresArchivingFails": {
    firing: { cnpg_pg_stat_archiver_last_failed_time: steady(NOW), cnpg_pg_stat_archiver_last_archived_time: steady(1) },
    quiet: { cnpg_pg_stat_archiver_last_failed_time: steady(1), cnpg_pg_stat_archiver_last_archived_time: current },
  },
  "barman-cloud/PostgresArchivingLags": values('cnpg_collector_pg_wal_archive_status{value="ready"}', steady(80), steady(2)),
  "barman-cloud/PostgresBackupFailed": {
    firing: {
      barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp: steady(NOW),
      barman_cloud_cloudnative_pg_io_last_available_backup_timestamp: steady(1),
    },
    quiet: {
      barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp: steady(0),
      barman_cloud_cloudnative_pg_io_last_available_backup_timestamp: current,
    },
  },
  // Two days before the beginning of the test's time.
  "barman-cloud/PostgresBackupTooOld": values("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", steady(-172800), current),
  "cert-manager/CertificateNotReady": values(
    'certmanager_certificate_ready_status{condition="False",namespace="n",name="c"}',
    steady(1),
    steady(0),
  ),
  "cert-manager/CertificateRenewalOverdue": values(
    'certmanager_certificate_renewal_timestamp_seconds{namespace="n",name="c"}',
    steady(1),
    steady(NOW + 86400),
  ),
  "cloudflared/TunnelDown": values('cloudflared_tunnel_ha_connections{namespace="network"}', steady(0), steady(4)),
  "cloudnative-pg/PostgresConnectionsExhausted": {
    firing: {
      'cnpg_backends_total{namespace="n",pod="p",datname="a"}': steady(50),
      'cnpg_backends_total{namespace="n",pod="p",datname="b"}': steady(48),
      'cnpg_pg_settings_setting{namespace="n",pod="p",name="max_connections"}': steady(100),
    },
    quiet: {
      'cnpg_backends_total{namespace="n",pod="p",datname="a"}': steady(50),
      'cnpg_pg_settings_setting{namespace="n",pod="p",name="max_connections"}': steady(100),
    },
  },
  "cloudnative-pg/PostgresDown": values("cnpg_collector_up", steady(0), steady(1)),
  "cloudnative-pg/PostgresFenced": values("cnpg_collector_fencing_on", steady(1), steady(0)),
  "cloudnative-pg/PostgresMetricsIncomplete": values("cnpg_collector_last_collection_error", steady(1), steady(0)),
  "cloudnative-pg/PostgresReplicaDisconnected": {
    firing: { cnpg_pg_replication_in_recovery: steady(1), cnpg_pg_replication_is_wal_receiver_up: steady(0) },
    quiet: { cnpg_pg_replication_in_recovery: steady(0), cnpg_pg_replication_is_wal_receiver_up: steady(0) },
  },
  "cloudnative-pg/PostgresReplicationLag": {
    firing: { cnpg_pg_replication_in_recovery: steady(1), cnpg_pg_replication_lag: steady(300) },
    quiet: { cnpg_pg_replication_in_recovery: steady(0), cnpg_pg_replication_lag: steady(300) },
  },
  "cloudnative-pg/PostgresSwitchoverRequired": values("cnpg_collector_manual_switchover_required", steady(1), steady(0)),
  "cloudnative-pg/PostgresTransactionIdsRunOut": values(
    'cnpg_pg_database_xid_age{namespace="n",pod="p",datname="d"}',
    steady(600000000),
    steady(100000000),
  ),
  "envoy-ai-gateway/AiGatewayControllerDown": values(
    'up{namespace="envoy-ai-gateway-system",service="ai-gateway-controller"}',
    steady(0),
    steady(1),
  ),
  "envoy-ai-gateway/AiGatewayErrors": share(
    'gen_ai_server_request_duration_seconds_count{gen_ai_request_model="m",error_type="_OTHER"}',
    'gen_ai_server_request_duration_seconds_count{gen_ai_request_model="m"}',
  ),
  "envoy-ai-gateway/AiGatewaySlow": {
    firing: {
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="60"}': growing(0),
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="120"}': growing(60),
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="+Inf"}': growing(60),
    },
    quiet: {
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="60"}': growing(60),
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="120"}': growing(60),
      'gen_ai_server_request_duration_seconds_bucket{gen_ai_request_model="m",le="+Inf"}': growing(60),
    },
  },
  // Quiet: a certificate of Let's Encrypt's profile `shortlived` just before its renewal.
  "envoy-gateway/GatewayCertificateExpires": values("envoy_server_days_until_first_cert_expiring", steady(0), steady(2)),
  "envoy-gateway/GatewayConfigurationRefused": values("xds_nack_total", growing(1), growing(0)),
  "envoy-gateway/GatewayErrors": {
    firing: {
      'envoy_http_downstream_rq_xx{namespace="n",envoy_response_code_class="5"}': growing(60),
      'envoy_http_downstream_rq_completed{namespace="n"}': growing(120),
    },
    quiet: {
      'envoy_http_downstream_rq_xx{namespace="n",envoy_response_code_class="5"}': growing(1),
      'envoy_http_downstream_rq_completed{namespace="n"}': growing(120),
    },
  },
  "envoy-gateway/GatewayStatusNotWritten": values('status_update_total{status="failure"}', growing(1), growing(0)),
  "external-dns-unifi/ExternalDnsStale": values(
    'external_dns_controller_last_sync_timestamp_seconds{namespace="external-dns-unifi"}',
    steady(1),
    current,
  ),
  "external-dns/ExternalDnsStale": values(
    'external_dns_controller_last_sync_timestamp_seconds{namespace="external-dns"}',
    steady(1),
    current,
  ),
  "external-secrets/ExternalSecretNotReady": values(
    'externalsecret_status_condition{condition="Ready",status="False",namespace="n",name="s"}',
    steady(1),
    steady(0),
  ),
  "external-secrets/SecretStoreNotReady": values(
    'clustersecretstore_status_condition{condition="Ready",status="False",name="s"}',
    steady(1),
    steady(0),
  ),
  "grafana/GrafanaRequestsFailing": {
    firing: { 'grafana_http_request_duration_seconds_count{namespace="grafana",status_code="500"}': growing(60) },
    quiet: {
      'grafana_http_request_duration_seconds_count{namespace="grafana",status_code="500"}': growing(6),
      'grafana_http_request_duration_seconds_count{namespace="grafana",status_code="200"}': growing(60),
    },
  },
  "k8s-gateway/SplitDnsDown": { firing: {}, quiet: { 'coredns_build_info{namespace="k8s-gateway"}': steady(1) } },
  "keycloak/KeycloakDatabaseBusy": values('agroal_awaiting_count{namespace="keycloak"}', steady(3), steady(0)),
  "keycloak/KeycloakDown": values('up{namespace="keycloak",service="keycloak-service"}', steady(0), steady(1)),
  "keycloak/KeycloakErrors": share(
    'http_server_requests_seconds_count{namespace="keycloak",status="500"}',
    'http_server_requests_seconds_count{namespace="keycloak",status="200"}',
  ),
  "keycloak/KeycloakImportFailed": {
    firing: { 'kube_job_status_failed{namespace="keycloak",job_name="import"}': steady(6) },
    quiet: {
      'kube_job_status_failed{namespace="keycloak",job_name="import"}': steady(6),
      'kube_job_status_succeeded{namespace="keycloak",job_name="import"}': steady(1),
    },
  },
  "keycloak/KeycloakLoginsFail": values(
    'keycloak_user_events_total{namespace="keycloak",event="login",error="invalid_user_credentials"}',
    growing(60),
    growing(2),
  ),
  "loki/LokiPanics": values('loki_panic_total{namespace="loki"}', growing(1), growing(0)),
  "loki/LokiRequestErrors": share(
    'loki_request_duration_seconds_count{namespace="loki",route="r",status_code="500"}',
    'loki_request_duration_seconds_count{namespace="loki",route="r",status_code="200"}',
  ),
  "loki/LokiRetentionStopped": values(
    'loki_compactor_apply_retention_last_successful_run_timestamp_seconds{namespace="loki"}',
    steady(1),
    current,
  ),
  "mcp-gateway/McpGatewayErrors": share(
    'mcp_method_count_total{mcp_backend="b",status="error"}',
    'mcp_method_count_total{mcp_backend="b",status="success"}',
  ),
  "redis/RedisDown": values("redis_up", steady(0), steady(1)),
  "redis/RedisMemoryFull": {
    firing: { redis_memory_used_bytes: steady(95), redis_memory_max_bytes: steady(100) },
    // Without a limit nothing is full.
    quiet: { redis_memory_used_bytes: steady(95), redis_memory_max_bytes: steady(0) },
  },
  "redis/RedisNotPersisted": {
    firing: { redis_aof_last_write_status: steady(0), redis_rdb_last_bgsave_status: steady(1) },
    quiet: { redis_aof_last_write_status: steady(1), redis_rdb_last_bgsave_status: steady(1) },
  },
  "reloader/ReloaderFails": values('reloader_reload_executed_total{success="false"}', growing(1), growing(0)),
  "talos-backup/EtcdBackupTooOld": values(
    'kube_cronjob_status_last_successful_time{namespace="talos-backup",cronjob="talos-backup"}',
    steady(1),
    current,
  ),
  "tempo/TempoCompactionsFailing": values('tempodb_compaction_errors_total{namespace="tempo"}', growing(1), growing(0)),
  "tempo/TempoFlushesFailing": values('tempo_ingester_failed_flushes_total{namespace="tempo"}', growing(1), growing(0)),
  "tempo/TempoSpansDiscarded": values('tempo_discarded_spans_total{namespace="tempo",reason="rate_limited"}', growing(60), growing(0)),
  "tuppr/KubernetesUpgradeFailed": values('tuppr_kubernetes_upgrade_phase{phase="Failed"}', steady(3), steady(0)),
  "tuppr/TalosUpgradeFailed": values('tuppr_talos_upgrade_phase{phase="Failed"}', steady(3), steady(0)),
  "volsync/VolumeBackupMissed": values(
    'volsync_missed_intervals_total{role="source",obj_namespace="n",obj_name="v"}',
    growing(1),
    growing(0),
  ),
  "volsync/VolumeBackupTooOld": values('volsync_volume_out_of_sync{role="source",obj_namespace="n",obj_name="v"}', steady(1), steady(0)),
  "volsync/VolumeBackupUnknown": {
    firing: {},
    quiet: { 'volsync_volume_out_of_sync{role="source",obj_namespace="n",obj_name="v"}': steady(0) },
  },
};
