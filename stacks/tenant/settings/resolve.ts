import { problemsOfIssue } from "../../../config/issues";
import { problemLine } from "../../../config/messages";
import type { Problem } from "../../../config/problem";
import { SecretValue } from "../../../config/secret-value";
import { UserError } from "../../../config/user-error";
import { brokenRules, homeOf } from "./rules";
import { DEFAULT_QUOTA, PROJECT, SECTIONS, tenantsSchema, type Written, type WrittenTenant } from "./schema";
import type { Amounts, GitLogin, NamespaceSettings, TenantSettings, TenantsSettings } from "./settings";

/** Settings with mistakes in them: a line for each, with its path, rule and fix. */
export class TenantSettingsError extends UserError {
  constructor(
    readonly problems: readonly Problem[],
    stack: string,
  ) {
    const lines = problems.map((each) => problemLine(each, PROJECT));
    super(
      lines.length === 1 ? `stack ${stack}: ${lines.join("")}` : `stack ${stack} has ${lines.length} problems:\n  ${lines.join("\n  ")}`,
    );
  }
}

/**
 * The settings of a stack from what was written, by section, secrets wrapped.
 * @throws TenantSettingsError with every problem there is.
 */
export function resolveTenants(raw: Readonly<Record<string, unknown>>, stack: string): TenantsSettings {
  const { data, error } = tenantsSchema.safeParse(raw);
  if (error !== undefined) {
    const looked = { raw, schema: tenantsSchema, project: PROJECT, page: "docs/stacks.md" };
    throw new TenantSettingsError([...encryptedSections(raw), ...error.issues.flatMap((issue) => problemsOfIssue(issue, looked))], stack);
  }
  const problems = brokenRules(data);
  if (problems.length > 0) throw new TenantSettingsError(problems, stack);
  return complete(data);
}

/** A section without secret settings that was encrypted as a whole cannot be read; its own issue says less. */
function encryptedSections(raw: Readonly<Record<string, unknown>>): readonly Problem[] {
  return Object.entries(raw)
    .filter(([key, value]) => key in SECTIONS && value instanceof SecretValue)
    .map(([path]) => ({ rule: "secrets.misplaced", path, message: "is encrypted, but is not a secret setting", fix: "write it in clear" }));
}

function complete({ cluster, existing, tenants }: Written): TenantsSettings {
  const named = Object.entries(tenants).sort(([a], [b]) => (a < b ? -1 : 1));
  return { cluster, existing, tenants: named.map(tenantOf) };
}

function tenantOf([name, written]: readonly [string, WrittenTenant]): TenantSettings {
  const { namespaces, git, data, rights, also, network } = written;
  const names = Object.keys(namespaces).sort();
  return {
    name,
    namespaces: names.flatMap((each) => namespaceOf(each, namespaces[each])),
    home: homeOf([name, written]) ?? name,
    data,
    rights,
    also,
    network,
    ...(git === undefined
      ? {}
      : {
          git: { url: git.url, branch: git.branch, path: git.path, intervalMinutes: git.intervalMinutes, login: loginOf(git.credentials) },
        }),
  };
}

function namespaceOf(name: string, written: WrittenTenant["namespaces"][string] | undefined): readonly NamespaceSettings[] {
  if (written === undefined) return [];
  const { podSecurity, quota, limits } = written;
  const { defaultRequest, default: limit, max } = limits;
  return [
    {
      name,
      podSecurity,
      quota: { ...DEFAULT_QUOTA, ...amounts(quota) },
      limits: { defaultRequest: amounts(defaultRequest), default: amounts(limit), max: amounts(max) },
    },
  ];
}

function amounts(written: Readonly<Record<string, string | number | undefined>>): Amounts {
  return Object.fromEntries(Object.entries(written).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])));
}

function loginOf({ kind, username, token, deployKey, knownHosts }: NonNullable<WrittenTenant["git"]>["credentials"]): GitLogin {
  if (kind === "token" && token !== undefined) return { kind, username, token };
  if (kind === "deployKey" && deployKey !== undefined && knownHosts !== undefined) return { kind, privateKey: deployKey, knownHosts };
  return { kind: "public" }; // a rule has refused what lacks a part
}
