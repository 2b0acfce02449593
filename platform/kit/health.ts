import type { HealthOf } from "./requests";

/** How Flux reads the state of a kind that does not say `Ready` the usual way, as CEL over the object. */
export interface HealthExpression extends HealthOf {
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

/** Flux takes an object without a status for ready; these have none until their operator has looked at them. */
const READY = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";
const GATEWAY_API = "gateway.networking.k8s.io/v1";
const ENVOY_GATEWAY = "gateway.envoyproxy.io/v1alpha1";

/** A condition of the object as it is now; a missing status is an error, which Flux takes for not there yet. */
function holds(conditions: string, type: string): string {
  return `${conditions}.exists(c, c.type == '${type}' && c.status == 'True' && c.observedGeneration == metadata.generation)`;
}

/** Every parent that a route names takes it, and what it refers to is there. */
const ROUTE = `size(status.parents) >= size(spec.parentRefs) && status.parents.all(p, ${holds("p.conditions", "Accepted")} && ${holds("p.conditions", "ResolvedRefs")})`;

/** Every Gateway that a policy acts on takes it: one that is in conflict with another says `Accepted: False`. */
const POLICY = `size(status.ancestors) > 0 && status.ancestors.all(a, ${holds("a.conditions", "Accepted")})`;
/** Envoy AI Gateway writes one condition, `Accepted` or `NotAccepted` with the reason; without it the object was not looked at. */
const AI_ACCEPTED = "status.conditions.exists(c, c.type == 'Accepted' && c.status == 'True')";

/** Kinds whose readiness is not a plain `Ready` condition; a Kustomization carries the rows of the kinds that it applies. */
const HEALTH: readonly HealthExpression[] = [
  { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", current: "status.phase == 'Cluster in healthy state'" },
  { apiVersion: "postgresql.cnpg.io/v1", kind: "Database", current: "status.applied == true" },
  { apiVersion: "cert-manager.io/v1", kind: "Certificate", current: READY },
  { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", current: READY },
  { apiVersion: "cert-manager.io/v1", kind: "Issuer", current: READY },
  { apiVersion: "external-secrets.io/v1", kind: "ClusterSecretStore", current: READY },
  { apiVersion: GATEWAY_API, kind: "GatewayClass", current: holds("status.conditions", "Accepted") },
  { apiVersion: GATEWAY_API, kind: "Gateway", current: holds("status.conditions", "Programmed") },
  ...["GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute"].map((kind) => ({ apiVersion: GATEWAY_API, kind, current: ROUTE })),
  ...["BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy"].map((kind) => ({
    apiVersion: ENVOY_GATEWAY,
    kind,
    current: POLICY,
  })),
  // Before its operator has looked at it, it has no condition at all, which would count as ready.
  {
    apiVersion: "k8s.keycloak.org/v2alpha1",
    kind: "Keycloak",
    current: "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
  },
  { apiVersion: "aigateway.envoyproxy.io/v1beta1", kind: "AIGatewayRoute", current: AI_ACCEPTED },
  { apiVersion: "aigateway.envoyproxy.io/v1beta1", kind: "AIServiceBackend", current: AI_ACCEPTED },
  { apiVersion: "aigateway.envoyproxy.io/v1beta1", kind: "BackendSecurityPolicy", current: AI_ACCEPTED },
  { apiVersion: "aigateway.envoyproxy.io/v1beta1", kind: "MCPRoute", current: AI_ACCEPTED },
];

/** The rows for a set of objects, in the table's order. */
export function healthExpressions(objects: readonly HealthOf[]): readonly HealthExpression[] {
  return HEALTH.filter((row) => objects.some(({ apiVersion, kind }) => apiVersion === row.apiVersion && kind === row.kind));
}
