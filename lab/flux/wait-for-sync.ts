import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../kubernetes/client";
import { conditionStatus, listAt, textAt } from "../kubernetes/objects";

const SYNC = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/flux-system";

/**
 * Waits until Flux' own Kustomization is Ready at a commit.
 * @returns how long that took, in milliseconds. @throws Error with the last state seen, after `deadlineMs` milliseconds.
 */
export async function waitForSync(client: Pick<KubeClient, "find">, commit: string, deadlineMs: number): Promise<number> {
  const since = Date.now();
  for (;;) {
    const object = await client.find(SYNC);
    const applied = textAt(object, "status", "lastAppliedRevision") ?? "nothing";
    const ready = object !== undefined && conditionStatus(object, "Ready") === "True";
    if (ready && applied.endsWith(commit)) return Date.now() - since;
    if (Date.now() - since > deadlineMs) {
      const [condition] = listAt(object, "status", "conditions").filter((one) => textAt(one, "type") === "Ready");
      const message = textAt(condition, "message") ?? "no Kustomization flux-system";
      throw new Error(`commit ${commit} is not synced after ${deadlineMs / 1000} s; applied is ${applied}: ${message}`);
    }
    await sleep(50);
  }
}
