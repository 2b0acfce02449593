/**
 * Every version that the platform pins, in one place. A comment `renovate: datasource=... depName=...` stands above
 * each value that Renovate may raise, for a regular-expression manager.
 */

/** Where a chart comes from when there is no mirror. */
export interface ChartVersion {
  /** Chart name; also its name in a mirror. */
  readonly name: string;
  /** Exact, as the chart writes it: some carry a leading "v". */
  readonly version: string;
  /** `oci://registry/path/name` of the chart itself, or `https://` of a classic chart repository. */
  readonly source: string;
  /** `sha256:...` of the OCI manifest; pins the chart beyond its tag. */
  readonly digest?: string;
}

export const CHARTS = {
  cilium: {
    name: "cilium",
    // renovate: datasource=docker depName=quay.io/cilium/charts/cilium
    version: "1.20.2",
    source: "oci://quay.io/cilium/charts/cilium",
  },
  fluxOperator: {
    name: "flux-operator",
    // renovate: datasource=docker depName=ghcr.io/controlplaneio-fluxcd/charts/flux-operator
    version: "0.58.0",
    source: "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator",
  },
  alloy: {
    name: "alloy",
    // renovate: datasource=helm depName=alloy registryUrl=https://grafana.github.io/helm-charts
    version: "1.9.0",
    source: "https://grafana.github.io/helm-charts",
  },
  aiGateway: {
    name: "ai-gateway-helm",
    // renovate: datasource=docker depName=docker.io/envoyproxy/ai-gateway-helm
    version: "v1.0.0",
    source: "oci://docker.io/envoyproxy/ai-gateway-helm",
  },
  certManager: {
    name: "cert-manager",
    // renovate: datasource=docker depName=quay.io/jetstack/charts/cert-manager
    version: "v1.21.2",
    source: "oci://quay.io/jetstack/charts/cert-manager",
  },
  envoyGateway: {
    name: "gateway-helm",
    // renovate: datasource=docker depName=docker.io/envoyproxy/gateway-helm
    version: "v1.9.1",
    source: "oci://docker.io/envoyproxy/gateway-helm",
  },
  externalDns: {
    name: "external-dns",
    // renovate: datasource=helm depName=external-dns registryUrl=https://kubernetes-sigs.github.io/external-dns
    version: "1.21.1",
    source: "https://kubernetes-sigs.github.io/external-dns",
  },
  externalSecrets: {
    name: "external-secrets",
    // renovate: datasource=docker depName=ghcr.io/external-secrets/charts/external-secrets
    version: "1.3.2",
    source: "oci://ghcr.io/external-secrets/charts/external-secrets",
  },
  kubePrometheusStack: {
    name: "kube-prometheus-stack",
    // renovate: datasource=docker depName=ghcr.io/prometheus-community/charts/kube-prometheus-stack
    version: "81.1.0",
    source: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
  },
  loki: {
    name: "loki",
    // renovate: datasource=docker depName=ghcr.io/grafana/helm-charts/loki
    version: "6.55.0",
    source: "oci://ghcr.io/grafana/helm-charts/loki",
  },
  metricsServer: {
    name: "metrics-server",
    // renovate: datasource=helm depName=metrics-server registryUrl=https://kubernetes-sigs.github.io/metrics-server
    version: "3.13.1",
    source: "https://kubernetes-sigs.github.io/metrics-server",
  },
  proxmoxCcm: {
    name: "proxmox-cloud-controller-manager",
    // renovate: datasource=docker depName=ghcr.io/sergelogvinov/charts/proxmox-cloud-controller-manager
    version: "0.2.11",
    source: "oci://ghcr.io/sergelogvinov/charts/proxmox-cloud-controller-manager",
  },
  proxmoxCsi: {
    name: "proxmox-csi-plugin",
    // renovate: datasource=docker depName=ghcr.io/sergelogvinov/charts/proxmox-csi-plugin
    version: "0.5.6",
    source: "oci://ghcr.io/sergelogvinov/charts/proxmox-csi-plugin",
  },
  reloader: {
    name: "reloader",
    // renovate: datasource=docker depName=ghcr.io/stakater/charts/reloader
    version: "2.2.13",
    source: "oci://ghcr.io/stakater/charts/reloader",
  },
  spegel: {
    name: "spegel",
    // renovate: datasource=docker depName=ghcr.io/spegel-org/helm-charts/spegel
    version: "0.7.3",
    source: "oci://ghcr.io/spegel-org/helm-charts/spegel",
  },
  tuppr: {
    name: "tuppr",
    // renovate: datasource=docker depName=ghcr.io/home-operations/charts/tuppr
    version: "0.0.51",
    source: "oci://ghcr.io/home-operations/charts/tuppr",
  },
  volsync: {
    name: "volsync",
    // renovate: datasource=helm depName=volsync registryUrl=https://backube.github.io/helm-charts
    version: "0.16.0",
    source: "https://backube.github.io/helm-charts",
  },
} as const satisfies Readonly<Record<string, ChartVersion>>;

export const COMPONENTS = {
  /** The chart's version; its CRDs are vendored. */
  cilium: CHARTS.cilium.version,
  /** Value of `io.cilium.k8s.crd.schema.version` that this Cilium's operator writes. */
  ciliumCrdSchema: "1.33.12",
  // renovate: datasource=github-releases depName=fluxcd/flux2 extractVersion=^v(?<version>.*)$
  flux: "2.9.4",
  // renovate: datasource=go depName=sigs.k8s.io/gateway-api
  gatewayApi: "v1.6.3",
  // renovate: datasource=go depName=github.com/prometheus-operator/prometheus-operator
  prometheusOperator: "v0.88.0",
  // renovate: datasource=go depName=sigs.k8s.io/external-dns
  externalDns: "v0.22.0",
  // renovate: datasource=go depName=github.com/cloudnative-pg/cloudnative-pg
  cloudnativePg: "v1.30.1",
  // renovate: datasource=go depName=github.com/cloudnative-pg/plugin-barman-cloud
  barmanCloud: "v0.15.0",
} as const;

/** Images that the platform's own manifests run, by tag and digest. */
export const IMAGES = {
  barmanCloud: `ghcr.io/cloudnative-pg/plugin-barman-cloud:${COMPONENTS.barmanCloud}`,
  barmanCloudSidecar: `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:${COMPONENTS.barmanCloud}`,
  /** Image tags carry no "v", unlike the plugin's. */
  cloudnativePg: `ghcr.io/cloudnative-pg/cloudnative-pg:${COMPONENTS.cloudnativePg.slice(1)}`,
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/postgresql
  postgresql: "ghcr.io/cloudnative-pg/postgresql:18.6-system-trixie",
  // renovate: datasource=docker depName=ghcr.io/cloudnative-pg/pgvector
  pgvector: "ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie",
  // renovate: datasource=docker depName=ghcr.io/siderolabs/talos-backup
  talosBackup: "ghcr.io/siderolabs/talos-backup:v0.1.0-beta.3",
  // renovate: datasource=docker depName=quay.io/oauth2-proxy/oauth2-proxy
  oauth2Proxy: "quay.io/oauth2-proxy/oauth2-proxy:v7.13.0",
  // renovate: datasource=docker depName=docker.io/mendhak/http-https-echo
  echo: "docker.io/mendhak/http-https-echo:37@sha256:f55000d9196bd3c853d384af7315f509d21ffb85de315c26e9874033b9f83e15",
  // renovate: datasource=docker depName=docker.io/rustfs/rustfs
  rustfs: "docker.io/rustfs/rustfs:1.0.0",
  /** RustFS' own command-line client, `rc`. */
  // renovate: datasource=docker depName=docker.io/rustfs/rc
  rustfsClient: "docker.io/rustfs/rc:v0.1.36",
  // renovate: datasource=docker depName=docker.io/cloudflare/cloudflared
  cloudflared: "docker.io/cloudflare/cloudflared:2026.8.3@sha256:51c9cefcb4569df44e1ad403ab1d3d8065aa8e84339bcfc6aee75502e1140339",
  // renovate: datasource=docker depName=ghcr.io/external-secrets/bitwarden-sdk-server
  bitwardenSdkServer: "ghcr.io/external-secrets/bitwarden-sdk-server:v0.5.2",
  // renovate: datasource=docker depName=ghcr.io/kashalls/external-dns-unifi-webhook
  externalDnsUnifi: "ghcr.io/kashalls/external-dns-unifi-webhook:v0.8.2",
  // renovate: datasource=docker depName=codeberg.org/k8s-gateway/k8s_gateway
  k8sGateway: "codeberg.org/k8s-gateway/k8s_gateway:1.8.3",
  // renovate: datasource=docker depName=quay.io/keycloak/keycloak
  keycloak: "quay.io/keycloak/keycloak:26.5.1",
  // Built for Keycloak 26.5; the first part is the importer's own version.
  // renovate: datasource=docker depName=quay.io/adorsys/keycloak-config-cli versioning=regex:^(?<major>\d+)\.(?<minor>\d+)\.(?<patch>\d+)-26\.5\.(?<build>\d+)$
  keycloakConfigCli: "quay.io/adorsys/keycloak-config-cli:6.5.0-26.5.4",
  // renovate: datasource=docker depName=quay.io/keycloak/keycloak-operator
  keycloakOperator: "quay.io/keycloak/keycloak-operator:26.5.1",
  // renovate: datasource=docker depName=docker.io/library/postgres
  postgres: "docker.io/library/postgres:17.6",
  // renovate: datasource=docker depName=docker.io/library/redis
  redis: "docker.io/library/redis:8.2.10-alpine",
  // renovate: datasource=docker depName=docker.io/oliver006/redis_exporter
  redisExporter: "docker.io/oliver006/redis_exporter:v1.88.0",
  // renovate: datasource=docker depName=docker.io/grafana/grafana
  grafana: "docker.io/grafana/grafana:12.3.2",
  /** Watches ConfigMaps for dashboards. */
  // renovate: datasource=docker depName=quay.io/kiwigrid/k8s-sidecar
  grafanaSidecar: "quay.io/kiwigrid/k8s-sidecar:2.5.0",
  // renovate: datasource=docker depName=docker.io/grafana/tempo
  tempo: "docker.io/grafana/tempo:2.9.0",
} as const;
