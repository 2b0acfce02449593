import { rawFromPulumiConfig } from "../../../config/pulumi-config";
import { runningConfig } from "../../load-settings";
import { resolveTenants } from "./resolve";
import { PROJECT, SECRET_FIELDS } from "./schema";
import type { TenantsSettings } from "./settings";

/** The settings of the running stack, every secret wrapped. @throws TenantSettingsError with every problem there is. */
export function loadTenants(): TenantsSettings {
  const { config, secretKeys, stack } = runningConfig();
  return resolveTenants(rawFromPulumiConfig(config, secretKeys, PROJECT, SECRET_FIELDS), stack);
}
