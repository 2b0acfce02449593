import { field, type KubeObject, textAt } from "../objects";
import { CONTROLLER, dated, ENVOY_PROXIES, find, GATEWAY_CLASSES, PROXIES_NAMESPACE, said, writeStatus } from "./gateway-api";
import type { StandIn, StandInContext } from "./stand-in";

const DEPLOYMENTS = "/apis/apps/v1/deployments";

/** Stand-in for Envoy Gateway's look at its class: taken once the controller's pods are up and its parameters are there. */
export const gatewayClass: StandIn = {
  kind: "GatewayClass",
  why: "Envoy Gateway takes the class that names it; Flux and every Gateway wait for that",
  watches: [GATEWAY_CLASSES, ENVOY_PROXIES, DEPLOYMENTS],
  async reconcile({ client, items }: StandInContext) {
    const controller = find(items(DEPLOYMENTS), PROXIES_NAMESPACE, "envoy-gateway");
    if (Number(field(controller, "status", "availableReplicas") ?? 0) < 1) return;
    for (const object of items(GATEWAY_CLASSES)) {
      if (textAt(object, "spec", "controllerName") !== CONTROLLER) continue;
      const conditions = dated([said("Accepted", parametersProblem(object, items(ENVOY_PROXIES)))], object);
      await writeStatus(client, GATEWAY_CLASSES, object, { conditions });
    }
  },
};

/** What is wrong with the parameters of a class. */
function parametersProblem(object: KubeObject, proxies: readonly KubeObject[]): { readonly reason: string; readonly message: string } | undefined {
  const name = textAt(object, "spec", "parametersRef", "name");
  if (name === undefined || find(proxies, textAt(object, "spec", "parametersRef", "namespace"), name) !== undefined) return undefined;
  return { reason: "InvalidParameters", message: `EnvoyProxy ${name} is not there` };
}
