import { waitUntil } from "../../components/gates/wait";
import type { KubeClient } from "../../lab/kubernetes/client";
import { conditionStatus, field, type KubeObject } from "../../lab/kubernetes/objects";

const KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";

/**
 * Waits until exactly these Kustomizations exist and each is Ready for the settings that it has now.
 * @param names sorted
 * @param deadline seconds; @default 120
 * @throws GateError that says which are there and which of them are late.
 */
export async function kustomizationsReady(client: KubeClient, names: readonly string[], deadline = 120): Promise<void> {
  await waitUntil({
    what: `the Kustomizations ${names.join(", ")} to be Ready`,
    deadline,
    interval: 0.25,
    look: async () => {
      const found = await client.list(KUSTOMIZATIONS);
      const states = found.map((object) => `${object.metadata.name} ${isReady(object) ? "Ready" : "late"}`).sort();
      const wanted = names.map((name) => `${name} Ready`);
      return states.join() === wanted.join() ? { ready: true } : { ready: false, state: states.join(", ") || "none is there" };
    },
  });
}

function isReady(object: KubeObject): boolean {
  return conditionStatus(object, "Ready") === "True" && field(object.status, "observedGeneration") === object.metadata.generation;
}
