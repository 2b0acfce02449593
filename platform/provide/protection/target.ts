import type { ISecurityPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/SecurityPolicy" with {
  "resolution-mode": "import",
};
import type { DeclaredApp } from "../../kit/app";
import type { PlatformFacts } from "../../kit/facts";
import type { KubeObject } from "../../kit/objects";
import type { AppHost } from "../../kit/requests";
import { typed } from "../../kit/typed";

/** A route that is protected, and where its log-in is. */
export interface Protected {
  readonly app: Pick<DeclaredApp, "name" | "namespace">;
  readonly host: AppHost;
  /** Name of the route, and of its policy. */
  readonly route: string;
  readonly facts: PlatformFacts;
}

/** A Service in another namespace that a policy or route of the app calls, and so needs to be granted. */
export interface Granted {
  readonly namespace: string;
  readonly service: string;
  readonly from: { readonly group: string; readonly kind: string };
}

/** What a protection adds beside a route. */
export interface Protections {
  readonly objects: readonly KubeObject[];
  readonly grants: readonly Granted[];
}

/** Who calls, where a SecurityPolicy names a Service. */
export const FROM_POLICY = { group: "gateway.envoyproxy.io", kind: "SecurityPolicy" } as const;

/** Who calls, where an HTTPRoute names a Service. */
export const FROM_ROUTE = { group: "gateway.networking.k8s.io", kind: "HTTPRoute" } as const;

/** What a SecurityPolicy asks of callers; its target is not for the caller to choose. */
type Demands = Omit<NonNullable<ISecurityPolicy["spec"]>, "targetRef" | "targetRefs" | "targetSelectors">;

/**
 * The policy of a route, with one target: the app's own route, by name. Envoy Gateway takes one policy per target, in the
 * route's namespace.
 */
export function policyOn({ app, host, route }: Omit<Protected, "facts">, demands: Demands): KubeObject {
  const kind = host.protocol === "grpc" && host.existingRoute === undefined ? "GRPCRoute" : "HTTPRoute";
  return typed<ISecurityPolicy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "SecurityPolicy",
    metadata: { name: route, namespace: app.namespace.name },
    spec: { targetRefs: [{ group: "gateway.networking.k8s.io", kind, name: route }], ...demands },
  });
}

/** Where Keycloak is. @throws Error while it is off; `needs` of the route provider says so first. */
export function identityOf(facts: PlatformFacts): NonNullable<PlatformFacts["identity"]> {
  if (facts.identity === undefined) throw new Error("a host is protected by Keycloak, which is off; validation should have said so");
  return facts.identity;
}
