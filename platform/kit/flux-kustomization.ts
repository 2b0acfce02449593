import type { GitSettings } from "../../config/settings";
import { AGE_SECRET, FLUX_NAMESPACE, RECONCILER, SYNC_NAME } from "../names";
import type { AppPlan } from "./app";
import type { KubeObject } from "./objects";

/**
 * The Flux Kustomization of one app. It lives beside its source, since the lock-down allows no source in another
 * namespace, names its service account, and sets no target namespace: every object names its own, and kustomize
 * would give one to cluster-wide kinds that it does not know.
 */
export function fluxKustomization(app: AppPlan, git: Pick<GitSettings, "path">): KubeObject {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: app.name, namespace: FLUX_NAMESPACE, labels: { "app.kubernetes.io/part-of": "hearth" } },
    spec: {
      commonMetadata: { labels: { "app.kubernetes.io/part-of": "hearth" } },
      decryption: { provider: "sops", secretRef: { name: AGE_SECRET } },
      deletionPolicy: app.onRemoval === "keep" ? "Orphan" : "WaitForTermination",
      ...(app.dependsOn.length === 0 ? {} : { dependsOn: app.dependsOn.map((name) => ({ name })) }),
      interval: "1h",
      path: `./${git.path}/apps/${app.name}`,
      prune: true,
      retryInterval: "30s",
      serviceAccountName: RECONCILER,
      sourceRef: { kind: "GitRepository", name: SYNC_NAME },
      timeout: "5m",
      wait: true,
    },
  };
}
