import { createHash } from "node:crypto";
import { RECEIVER_NAME } from "./apps/flux-webhook";
import { FLUX_NAMESPACE } from "./names";

/**
 * Path on which notification-controller serves a Receiver: a digest of its token, name and namespace. Whoever
 * knows it can make Flux sync, so it is a secret, as the token is.
 */
export function webhookPath(token: string, name: string = RECEIVER_NAME, namespace: string = FLUX_NAMESPACE): string {
  return `/hook/${createHash("sha256").update(`${token}${name}${namespace}`).digest("hex")}`;
}
