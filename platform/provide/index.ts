import type { Provider } from "../kit/provider";
import { buckets } from "./bucket";
import { databases } from "./database";
import { gateway } from "./gateway";
import { monitoring } from "./monitoring";
import { networkPolicy } from "./network-policy";
import { oidcClient } from "./oidc-client";
import { route } from "./route";
import { storageClass } from "./storage-class";
import { volumeBackups } from "./volume-backup";

/** Every sort of request that apps can make, each with whoever fulfils it. */
export const PROVIDERS: readonly Provider[] = [
  buckets,
  databases,
  gateway,
  monitoring,
  networkPolicy,
  oidcClient,
  route,
  storageClass,
  volumeBackups,
];
