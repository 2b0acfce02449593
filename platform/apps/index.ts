import type { App } from "../kit/app";
import { alloy } from "./alloy";
import { barmanCloud } from "./barman-cloud";
import { certManager } from "./cert-manager";
import { ciliumNetworks } from "./cilium-networks";
import { cloudflared } from "./cloudflared";
import { cloudnativePg } from "./cloudnative-pg";
import { crds } from "./crds";
import { echo } from "./echo";
import { envoyAiGateway } from "./envoy-ai-gateway";
import { envoyGateway } from "./envoy-gateway";
import { externalDns } from "./external-dns";
import { externalDnsUnifi } from "./external-dns-unifi";
import { externalS3 } from "./external-s3";
import { externalSecrets } from "./external-secrets";
import { fluxNotifications } from "./flux-notifications";
import { fluxWebhook } from "./flux-webhook";
import { grafana } from "./grafana";
import { hubbleUi } from "./hubble-ui";
import { k8sGateway } from "./k8s-gateway";
import { keycloak } from "./keycloak";
import { kubePrometheusStack } from "./kube-prometheus-stack";
import { loki } from "./loki";
import { mcpGateway } from "./mcp-gateway";
import { metricsServer } from "./metrics-server";
import { networkPolicies } from "./network-policies";
import { oauth2Proxy } from "./oauth2-proxy";
import { proxmoxCcm } from "./proxmox-ccm";
import { proxmoxCsi } from "./proxmox-csi";
import { redis } from "./redis";
import { reloader } from "./reloader";
import { rustfs } from "./rustfs";
import { spegel } from "./spegel";
import { talosBackup } from "./talos-backup";
import { tempo } from "./tempo";
import { tuppr } from "./tuppr";
import { volsync } from "./volsync";

/** Every app there is. */
export const APPS: readonly App[] = [
  alloy,
  barmanCloud,
  certManager,
  ciliumNetworks,
  cloudflared,
  cloudnativePg,
  crds,
  echo,
  envoyAiGateway,
  envoyGateway,
  externalDns,
  externalDnsUnifi,
  externalS3,
  externalSecrets,
  fluxNotifications,
  fluxWebhook,
  grafana,
  hubbleUi,
  k8sGateway,
  keycloak,
  kubePrometheusStack,
  loki,
  mcpGateway,
  metricsServer,
  networkPolicies,
  oauth2Proxy,
  proxmoxCcm,
  proxmoxCsi,
  redis,
  reloader,
  rustfs,
  spegel,
  talosBackup,
  tempo,
  tuppr,
  volsync,
];
