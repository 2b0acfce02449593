import { SecretValue } from "../../../config/secret-value";
import { resolveTenants } from "../../../stacks/tenant/settings/resolve";
import type { TenantSettings, TenantsSettings } from "../../../stacks/tenant/settings/settings";

type Raw = Readonly<Record<string, unknown>>;

/** What a stack file says, secrets wrapped as the reader wraps them. */
export const written = (tenants: Raw, more: Raw = {}): Raw => ({ cluster: "organization/hearth/home", tenants, ...more });

/** A repository with a token. */
export const GIT = {
  url: "https://git.example.com/shop/deploy.git",
  path: "cluster",
  credentials: { kind: "token", username: "reader", token: SecretValue.of("hunter2") },
} as const;

/** The settings of these tenants. @throws TenantSettingsError */
export function tenantsOf(tenants: Raw, more: Raw = {}): TenantsSettings {
  return resolveTenants(written(tenants, more), "teams");
}

/** One tenant, `shop`, with a namespace of its name unless told otherwise. */
export function tenantOf(more: Raw = {}, name = "shop"): TenantSettings {
  const [tenant] = tenantsOf({ [name]: { namespaces: { [name]: {} }, ...more } }).tenants;
  if (tenant === undefined) throw new Error("a tenant was written");
  return tenant;
}

/** A node of a cluster; with IPv6 where an address is given. */
export const node = (addressIpv6?: string) =>
  ({
    name: "cp-1",
    role: "controlplane",
    address: "192.168.10.11",
    vmId: 101,
    host: "pve1",
    ...(addressIpv6 === undefined ? {} : { addressIpv6 }),
  }) as const;
