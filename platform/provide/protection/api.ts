import { API_CLAIMS } from "../../gateways/identity-headers";
import { FROM_POLICY, identityOf, policyOn, type Protected, type Protections } from "./target";

/** Only tokens of Keycloak's for this audience pass; the keys come from Keycloak's Service, inside the cluster. */
export function api(target: Protected, audience: string): Protections {
  const { issuer, internal, service } = identityOf(target.facts);
  const policy = policyOn(target, {
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
  });
  return { objects: [policy], grants: [{ namespace: service.namespace, service: service.name, from: FROM_POLICY }] };
}
