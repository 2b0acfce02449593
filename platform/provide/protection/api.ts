import type { ISecurityPolicy } from "@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/SecurityPolicy" with {
  "resolution-mode": "import",
};
import { API_CLAIMS } from "../../gateways/identity-headers";
import { typed } from "../../kit/typed";
import { FROM_POLICY, identityOf, targetOf, type Protected, type Protections } from "./target";

/** Only tokens of Keycloak's for this audience pass; the keys come from Keycloak's Service, inside the cluster. */
export function api({ app, host, route, facts }: Protected, audience: string): Protections {
  const { issuer, internal, service } = identityOf(facts);
  const policy = typed<ISecurityPolicy>({
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "SecurityPolicy",
    metadata: { name: route, namespace: app.namespace.name },
    spec: {
      targetRefs: [targetOf({ host, route })],
      jwt: {
        providers: [
          {
            name: "keycloak",
            issuer,
            audiences: [audience],
            remoteJWKS: {
              uri: internal.jwksUri,
              cacheDuration: "300s",
              backendRefs: [{ name: service.name, namespace: service.namespace, port: service.port }],
            },
            claimToHeaders: API_CLAIMS.map((claim) => ({ ...claim })),
          },
        ],
      },
    },
  });
  return { objects: [policy], grants: [{ namespace: service.namespace, service: service.name, from: FROM_POLICY }] };
}
