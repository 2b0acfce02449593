import { createHash } from "node:crypto";
import { canonicalJson } from "./yaml";

/**
 * `backoffLimit` of a Job that Flux makes once: the most that it may be told. One that gave up would stay failed, since Flux
 * does not make it anew; with `restartPolicy: OnFailure` the kubelet waits five minutes between two tries at most.
 */
export const UNTIL_DONE = 2_147_483_647;

/** End of a Job's name: the same for the same content, so that a change makes a new Job; a Job itself cannot change. */
export function jobSuffix(content: unknown): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex").slice(0, 8);
}
