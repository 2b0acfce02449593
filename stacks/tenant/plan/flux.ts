import type { SecretValue } from "../../../config/secret-value";
import type { KubeObject } from "../../../platform/kit/objects";
import type { GitLogin, TenantGit, TenantSettings } from "../settings/settings";

/** One entry of a Secret: a secret, or a text that is none. */
export type SecretEntry = SecretValue | string;

/** What Flux does as a tenant. */
export interface FluxPlan {
  /** Absent for a public repository. */
  readonly credentials?: { readonly name: string; readonly namespace: string; readonly data: Readonly<Record<string, SecretEntry>> };
  readonly source: KubeObject;
  readonly sync: KubeObject;
}

/**
 * The tenant's repository and how it is applied: all of it in the tenant's own namespace, since the lock-down takes no
 * reference to another one, and by the tenant's service account, whose rights are the fence. It sets no target
 * namespace: that would move what belongs into a second namespace of the tenant, and stops nobody who is not stopped
 * by his rights.
 */
export function fluxPlan({ name, home, data }: Pick<TenantSettings, "name" | "home" | "data">, git: TenantGit): FluxPlan {
  const metadata = { name, namespace: home };
  const credentials = credentialsOf(git.login);
  const secret = credentials === undefined ? undefined : { name: `${name}-git`, namespace: home, data: credentials };
  return {
    ...(secret === undefined ? {} : { credentials: secret }),
    source: {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: {
        url: git.url,
        ref: { branch: git.branch },
        interval: `${git.intervalMinutes}m`,
        timeout: "1m",
        ...(secret === undefined ? {} : { secretRef: { name: secret.name } }),
      },
    },
    sync: {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata,
      spec: {
        serviceAccountName: name,
        sourceRef: { kind: "GitRepository", name },
        path: git.path === undefined ? "./" : `./${git.path}`,
        prune: true,
        // What is kept keeps running; it is nobody's then.
        deletionPolicy: data === "keep" ? "Orphan" : "Delete",
        interval: "10m",
        retryInterval: "1m",
        // Health is not waited for: while Flux waits, it takes no new commit.
        timeout: "2m",
      },
    },
  };
}

/** In the shape that a GitRepository reads. */
function credentialsOf(login: GitLogin): Readonly<Record<string, SecretEntry>> | undefined {
  switch (login.kind) {
    case "public":
      return undefined;
    case "token":
      return { username: login.username, password: login.token };
    case "deployKey":
      return { identity: login.privateKey, known_hosts: login.knownHosts };
  }
}
