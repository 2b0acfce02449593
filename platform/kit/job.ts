/**
 * `backoffLimit` of a Job that Flux makes once: the most that it may be told. One that gave up would stay failed, since Flux
 * does not make it anew; with `restartPolicy: OnFailure` the kubelet waits five minutes between two tries at most.
 */
export const UNTIL_DONE = 2_147_483_647;
