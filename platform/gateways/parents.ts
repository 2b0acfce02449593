import type { GatewayName } from "../kit/requests";
import { GATEWAYS_NAMESPACE } from "../names";

/** A Gateway as a route names it. */
export interface Parent {
  readonly name: GatewayName;
  readonly namespace: typeof GATEWAYS_NAMESPACE;
}

/**
 * The Gateways that a route for a host of this Gateway hangs on. Log-in is needed wherever any host is reached from, and
 * the tunnel ends at `external`: so what is served at `auth` is served there, too. Protections aim at routes and never
 * at a whole Gateway, so nobody is asked to log in before the log-in.
 */
export function parentsOf(gateway: GatewayName): readonly Parent[] {
  const names: readonly GatewayName[] = gateway === "auth" ? ["auth", "external"] : [gateway];
  return names.map((name) => ({ name, namespace: GATEWAYS_NAMESPACE }));
}
