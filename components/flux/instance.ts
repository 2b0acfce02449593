import type { Settings } from "../../config/settings";
import { AGE_SECRET, FLUX_NAMESPACE, GIT_SECRET, SYNC_NAME } from "../../platform/names";
import { bootstrapTolerations } from "../../platform/storage/proxmox-nodes";
import { COMPONENTS } from "../../platform/versions";

/** Name that flux-operator demands of its one instance. */
export const INSTANCE_NAME = "flux";
/** API path of the first sync, for the gate that waits on it. */
export const FIRST_SYNC_PATH = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX_NAMESPACE}/kustomizations/${SYNC_NAME}`;
/** A push reaches Flux by the webhook; this is only how long a lost one goes unnoticed. */
const SYNC_INTERVAL = "1h";
const ROOT_RETRY_INTERVAL = "30s";

/**
 * Spec of the FluxInstance: locked down (no cross-namespace references, an explicit service account everywhere), four
 * controllers, decryption with the seeded age key, and the sync of this stack's tree.
 */
export function fluxInstanceSpec({ git, platform }: Settings): Record<string, unknown> {
  return {
    distribution: { version: COMPONENTS.flux, registry: "ghcr.io/fluxcd" },
    components: ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"],
    cluster: { type: "kubernetes", domain: "cluster.local", multitenant: true, networkPolicy: true },
    sync: {
      kind: "GitRepository",
      name: SYNC_NAME,
      url: git.url,
      ref: `refs/heads/${git.branch}`,
      path: git.path,
      interval: SYNC_INTERVAL,
      ...(git.credentials.kind === "public" ? {} : { pullSecret: GIT_SECRET }),
    },
    kustomize: { patches: [rootSync(), ...controllers(), ...onNewNodes({ platform })] },
    wait: true,
  };
}

/** A patch as FluxInstance takes it: JSON operations as YAML text (JSON is YAML). */
interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

/** Decrypts with the seeded key, and tries again soon where the tree is pushed after the instance was made. */
function rootSync(): Patch {
  return patch("Kustomization", SYNC_NAME, [
    { op: "add", path: "/spec/decryption", value: { provider: "sops", secretRef: { name: AGE_SECRET } } },
    { op: "add", path: "/spec/retryInterval", value: ROOT_RETRY_INTERVAL },
  ]);
}

/** More at once, dependencies looked at sooner, and room for large charts; source: Flux' documentation on vertical scaling. */
function controllers(): readonly Patch[] {
  const args = ["--concurrent=10", "--requeue-dependency=2s"];
  const container = "/spec/template/spec/containers/0";
  const operations = [
    ...args.map((value) => ({ op: "add", path: `${container}/args/-`, value })),
    { op: "replace", path: `${container}/resources/limits/memory`, value: "1Gi" },
  ];
  return [patch("Deployment", "(kustomize-controller|helm-controller)", operations)];
}

/** Flux brings the cloud controller, so it cannot wait for it. */
function onNewNodes(settings: Pick<Settings, "platform">): readonly Patch[] {
  const tolerations = bootstrapTolerations(settings);
  return tolerations.length === 0
    ? []
    : [patch("Deployment", ".*", [{ op: "add", path: "/spec/template/spec/tolerations", value: tolerations }])];
}

function patch(kind: string, name: string, operations: readonly unknown[]): Patch {
  return { target: { kind, name }, patch: JSON.stringify(operations) };
}
