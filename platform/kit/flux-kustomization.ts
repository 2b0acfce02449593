import type { GitSettings } from "../../config/settings";
import { AGE_SECRET, FLUX_NAMESPACE, RECONCILER, SYNC_NAME } from "../names";
import { healthExpressions } from "./health";
import type { KubeObject } from "./objects";
import type { Stage } from "./stage";

/**
 * The Flux Kustomization of one stage. It lives beside its source, since the lock-down allows no source in another
 * namespace, names its service account, and sets no target namespace: every object names its own, and kustomize
 * would give one to cluster-wide kinds that it does not know.
 */
export function fluxKustomization(stage: Stage, git: Pick<GitSettings, "path">): KubeObject {
  const health = healthExpressions(stage.objects);
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: stage.name, namespace: FLUX_NAMESPACE, labels: { "app.kubernetes.io/part-of": "hearth" } },
    spec: {
      commonMetadata: { labels: { "app.kubernetes.io/part-of": "hearth" } },
      decryption: { provider: "sops", secretRef: { name: AGE_SECRET } },
      deletionPolicy: stage.onRemoval === "keep" ? "Orphan" : "WaitForTermination",
      ...(stage.dependsOn.length === 0 ? {} : { dependsOn: stage.dependsOn.map((name) => ({ name })) }),
      ...(health.length === 0 ? {} : { healthCheckExprs: health }),
      interval: "1h",
      path: `./${git.path}/apps/${stage.name}`,
      prune: true,
      retryInterval: "30s",
      serviceAccountName: RECONCILER,
      sourceRef: { kind: "GitRepository", name: SYNC_NAME },
      timeout: stage.timeout,
      wait: true,
    },
  };
}
