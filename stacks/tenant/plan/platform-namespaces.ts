import { APPS } from "../../../platform/apps";
import { EDGE_NAMESPACE } from "../../../platform/base";
import { BUILT_IN_NAMESPACES, FLUX_NAMESPACE } from "../../../platform/names";

/** Every namespace that the platform has or may have, on or off, and whose it is: none of them can be a tenant's. */
export function platformNamespaces(): ReadonlyMap<string, string> {
  const apps = APPS.flatMap(({ name, namespace, moreNamespaces }) =>
    [namespace, ...moreNamespaces].map((each) => [each.name, `the platform's ${name}`] as const),
  );
  return new Map([
    ...apps.reverse(), // the first app of a namespace names it
    [EDGE_NAMESPACE, "the platform's edge"],
    [FLUX_NAMESPACE, "Flux"],
    ...BUILT_IN_NAMESPACES.map((name) => [name, "Kubernetes"] as const),
  ]);
}
