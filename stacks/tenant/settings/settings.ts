import type { SecretValue } from "../../../config/secret-value";
import type { WrittenTenant } from "./schema";

/** Amounts of one container, by resource. */
export type Amounts = Readonly<Record<string, string>>;

/** A namespace of a tenant. */
export interface NamespaceSettings {
  readonly name: string;
  readonly podSecurity: "restricted" | "baseline";
  /** `hard` of its ResourceQuota. */
  readonly quota: Amounts;
  readonly limits: { readonly defaultRequest: Amounts; readonly default: Amounts; readonly max: Amounts };
}

/** How Flux logs in to a tenant's repository. */
export type GitLogin =
  | { readonly kind: "public" }
  | { readonly kind: "token"; readonly username: string; readonly token: SecretValue }
  | { readonly kind: "deployKey"; readonly privateKey: SecretValue; readonly knownHosts: string };

/** What Flux syncs as the tenant. */
export interface TenantGit {
  readonly url: string;
  readonly branch: string;
  /** Folder; absent for the repository's root. */
  readonly path?: string;
  readonly intervalMinutes: number;
  readonly login: GitLogin;
}

/** One team. */
export interface TenantSettings extends Pick<WrittenTenant, "data" | "rights" | "also" | "network"> {
  readonly name: string;
  /** In the order of their names. */
  readonly namespaces: readonly NamespaceSettings[];
  /** The namespace of its service account and of what Flux syncs. */
  readonly home: string;
  readonly git?: TenantGit;
}

/** The settings of a stack of tenants. */
export interface TenantsSettings {
  /** Full name of the cluster's stack. */
  readonly cluster: string;
  readonly existing: "refuse" | "adopt";
  readonly tenants: readonly TenantSettings[];
}
