import type { Settings } from "../../config/settings";
import type { IdentityFacts } from "../kit/facts";
import { ADMINS_GROUP, KEYCLOAK_NAMESPACE, KEYCLOAK_SERVICE, KEYCLOAK_URL } from "./names";
import { keycloakOptions } from "./options";

/** Where the realm answers; undefined while Keycloak is off. Wrong options count as unset: validation refuses them anyway. */
export function identityFacts(settings: Settings, enabled: ReadonlySet<string>): IdentityFacts | undefined {
  if (!enabled.has("keycloak")) return undefined;
  const given = keycloakOptions.safeParse(settings.platform["keycloak"] ?? {});
  const { subdomain, realm } = given.success ? given.data : keycloakOptions.parse({});
  const issuer = `https://${subdomain}.${settings.cluster.domains[0] ?? ""}/realms/${realm}`;
  const protocol = `${issuer}/protocol/openid-connect`;
  const internal = `${KEYCLOAK_URL}/realms/${realm}/protocol/openid-connect`;
  return {
    realm,
    issuer,
    authorizationEndpoint: `${protocol}/auth`,
    endSessionEndpoint: `${protocol}/logout`,
    tokenEndpoint: `${protocol}/token`,
    userinfoEndpoint: `${protocol}/userinfo`,
    jwksUri: `${protocol}/certs`,
    adminsGroup: ADMINS_GROUP,
    service: { name: KEYCLOAK_SERVICE.name, namespace: KEYCLOAK_NAMESPACE, port: KEYCLOAK_SERVICE.port },
    internal: { tokenEndpoint: `${internal}/token`, userinfoEndpoint: `${internal}/userinfo`, jwksUri: `${internal}/certs` },
  };
}
