import type { HealthOf } from "./requests";

/** How Flux reads the state of a kind that does not say `Ready` the usual way, as CEL over the object. */
export interface HealthExpression extends HealthOf {
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

/** Flux takes an object without a status for ready; these have none until their operator has looked at them. */
const READY = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";

/** Kinds whose readiness is not a plain `Ready` condition; a Kustomization carries the rows of the kinds that it applies. */
export const HEALTH: readonly HealthExpression[] = [
  { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", current: "status.phase == 'Cluster in healthy state'" },
  { apiVersion: "postgresql.cnpg.io/v1", kind: "Database", current: "status.applied == true" },
  { apiVersion: "cert-manager.io/v1", kind: "Certificate", current: READY },
  { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", current: READY },
  { apiVersion: "cert-manager.io/v1", kind: "Issuer", current: READY },
  { apiVersion: "external-secrets.io/v1", kind: "ClusterSecretStore", current: READY },
];

/** The rows for a set of objects, in the table's order. */
export function healthExpressions(objects: readonly HealthOf[]): readonly HealthExpression[] {
  return HEALTH.filter((row) => objects.some(({ apiVersion, kind }) => apiVersion === row.apiVersion && kind === row.kind));
}
