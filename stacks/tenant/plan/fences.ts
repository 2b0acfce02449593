import type { KubeObject } from "../../../platform/kit/objects";
import { podSecurityLabels } from "../../../platform/pod-security";
import type { NamespaceSettings } from "../settings/settings";

/** Label of every namespace of a tenant, with the tenant's name. */
export const TENANT_LABEL = "hearth/tenant";

/** A tenant's namespace, with its Pod Security level. */
export function namespaceOf({ name, podSecurity }: NamespaceSettings, tenant: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...podSecurityLabels(podSecurity), [TENANT_LABEL]: tenant } } };
}

/** What a namespace may use in all. */
export function quotaOf({ name, quota }: NamespaceSettings): KubeObject {
  return { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "tenant", namespace: name }, spec: { hard: quota } };
}

/** What one container has where it says nothing, and may have at most. */
export function limitsOf({ name, limits }: NamespaceSettings): KubeObject {
  const said = Object.fromEntries(Object.entries(limits).filter(([, amounts]) => Object.keys(amounts).length > 0));
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "tenant", namespace: name },
    spec: { limits: [{ type: "Container", ...said }] },
  };
}
