import type { App } from "../kit/app";
import { ciliumNetworks } from "./cilium-networks";
import { cloudnativePg } from "./cloudnative-pg";
import { crds } from "./crds";
import { echo } from "./echo";
import { externalS3 } from "./external-s3";
import { fluxWebhook } from "./flux-webhook";
import { metricsServer } from "./metrics-server";
import { networkPolicies } from "./network-policies";
import { reloader } from "./reloader";
import { rustfs } from "./rustfs";
import { spegel } from "./spegel";

/** Every app there is. */
export const APPS: readonly App[] = [
  ciliumNetworks,
  cloudnativePg,
  crds,
  echo,
  externalS3,
  fluxWebhook,
  metricsServer,
  networkPolicies,
  reloader,
  rustfs,
  spegel,
];
