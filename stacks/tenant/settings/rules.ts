/** Rules between fields: what is wrong with settings that have their shape. */
import { parseCidr } from "../../../config/cidr";
import type { Path } from "../../../config/path";
import { problem, type Problem } from "../../../config/problem";
import { platformNamespaces } from "../plan/platform-namespaces";
import { DEFAULT_QUOTA, type Written, type WrittenTenant } from "./schema";

type Tenant = readonly [name: string, tenant: WrittenTenant];

/** Every rule that the settings break. */
export function brokenRules({ tenants }: Written): readonly Problem[] {
  const all = Object.entries(tenants);
  return [
    ...all.flatMap(ownedByPlatform),
    ...claimedTwice(all),
    ...all.flatMap(withoutHome),
    ...all.flatMap(login),
    ...all.flatMap(quotaWithoutDefault),
    ...all.flatMap(openAddresses),
    ...all.flatMap(fenceBreaking),
  ];
}

function at(tenant: string, ...path: Path): Path {
  return ["tenants", tenant, ...path];
}

/** Kubernetes keeps names with this start for itself. */
const RESERVED = /^kube-/;

function ownedByPlatform([name, { namespaces }]: Tenant): readonly Problem[] {
  const owners = platformNamespaces();
  return Object.keys(namespaces).flatMap((namespace) => {
    const owner = RESERVED.test(namespace) ? "Kubernetes" : owners.get(namespace);
    if (owner === undefined) return [];
    return [problem("tenant.namespace-owned", at(name, "namespaces", namespace), `belongs to ${owner}`, "choose another name")];
  });
}

function claimedTwice(all: readonly Tenant[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return all.flatMap(([name, { namespaces }]) =>
    Object.keys(namespaces).flatMap((namespace) => {
      const other = owners.get(namespace);
      owners.set(namespace, other ?? name);
      if (other === undefined) return [];
      return [problem("tenant.namespace-unique", at(name, "namespaces", namespace), `is ${other}'s already`, "give it to one of them")];
    }),
  );
}

/** The namespace of a tenant's service account; undefined when the settings do not settle it. */
export function homeOf([name, { home, namespaces }]: Tenant): string | undefined {
  const names = Object.keys(namespaces);
  return home ?? (names.includes(name) || names.length !== 1 ? name : names[0]);
}

function withoutHome(tenant: Tenant): readonly Problem[] {
  const [name, { namespaces }] = tenant;
  const [names, home] = [Object.keys(namespaces), homeOf(tenant)];
  if (names.length === 0)
    return [problem("tenant.namespaces", at(name, "namespaces"), "is empty", "name one at least, or remove the tenant")];
  if (home !== undefined && names.includes(home)) return [];
  return [problem("tenant.home", at(name, "home"), "is none of its namespaces", `write one of ${names.join(", ")}`)];
}

/** What each way to log in needs, and alone takes. */
const NEEDS: Readonly<Record<"public" | "token" | "deployKey", readonly string[]>> = {
  public: [],
  token: ["token"],
  deployKey: ["deployKey", "knownHosts"],
};

function login([name, { git }]: Tenant): readonly Problem[] {
  if (git === undefined) return [];
  const { kind, token, deployKey, knownHosts } = git.credentials;
  const given = { token, deployKey, knownHosts };
  const wanted = NEEDS[kind];
  const over = git.url.startsWith("ssh:") ? "ssh" : "http";
  const fits = kind === "public" ? over === "http" : (kind === "deployKey") === (over === "ssh");
  const rule = "tenant.git-credentials";
  return [
    ...(fits ? [] : [problem(rule, at(name, "git", "credentials", "kind"), "does not go with the URL", "take deployKey for ssh:// alone")]),
    ...Object.entries(given).flatMap(([key, value]) => {
      const path = at(name, "git", "credentials", key);
      if (wanted.includes(key) && value === undefined) return [problem(rule, path, `is missing for ${kind}`, "set it")];
      return !wanted.includes(key) && value !== undefined ? [problem(rule, path, `does not go with ${kind}`, "remove it")] : [];
    }),
  ];
}

/** Kubernetes refuses every pod that does not say what such a quota counts. */
function quotaWithoutDefault([name, { namespaces }]: Tenant): readonly Problem[] {
  return Object.entries(namespaces).flatMap(([namespace, { quota, limits }]) =>
    Object.keys({ ...DEFAULT_QUOTA, ...quota }).flatMap((key) => {
      const [, side, resource = ""] = /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.exec(key) ?? [];
      const field = side === "requests" ? "defaultRequest" : "default";
      if (side === undefined || resource in limits[field]) return [];
      const path = at(name, "namespaces", namespace, "limits", field, resource);
      return [
        problem("tenant.quota-default", path, `is missing, and the quota counts ${key}: pods that do not say it are refused`, "set it"),
      ];
    }),
  );
}

function openAddresses([name, { network }]: Tenant): readonly Problem[] {
  return network.addresses.flatMap(({ cidr }, index) =>
    parseCidr(cidr)?.prefix === 0
      ? [
          problem(
            "tenant.open-world",
            at(name, "network", "addresses", index, "cidr"),
            "is everything",
            "name the hosts, or use world for the Internet",
          ),
        ]
      : [],
  );
}

/** What makes the fences; a right on it would be a right on everything that they keep out. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  "": ["namespaces", "resourcequotas", "limitranges"],
  "cilium.io": ["ciliumnetworkpolicies"],
  "networking.k8s.io": ["networkpolicies"],
  "rbac.authorization.k8s.io": ["roles", "rolebindings"],
};

function fenceBreaking([name, { also }]: Tenant): readonly Problem[] {
  return also.flatMap(({ group, resources }, index) =>
    [group, ...resources].includes("*") || resources.some((resource) => (FENCES[group] ?? []).includes(resource.split("/")[0] ?? ""))
      ? [
          problem(
            "tenant.also-fenced",
            at(name, "also", index),
            "takes in what fences the tenant",
            "name other resources, each by its name",
          ),
        ]
      : [],
  );
}
