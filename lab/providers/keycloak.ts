/**
 * Stand-in for the binary of the Keycloak provider (`pulumi/pulumi-keycloak` v6.13.0, which bridges
 * `keycloak/terraform-provider-keycloak` v5.9.0): the resources that `stacks/identity` uses, on a Keycloak that answers.
 */
import type { CheckProblem, Inputs, ProviderAdapter } from "./adapter";
import { KeycloakApi } from "./keycloak-api";
import { audienceMapperAdapter, clientAdapter, clientScopesAdapter } from "./keycloak-clients";
import { getGroupFunction, groupAdapter, groupRolesAdapter } from "./keycloak-groups";
import { getRoleFunction } from "./keycloak-roles";
import { configuration } from "./keycloak-tables";
import { userAdapter, userGroupsAdapter, userRolesAdapter } from "./keycloak-users";

/** Configuration that the stand-in understands. */
const KNOWN = ["basePath", "clientId", "clientSecret", "clientTimeout", "initialLogin", "realm", "url"];

/** The provider. Unless `initialLogin` is false it logs in as soon as it is configured, in a preview too, as the real one does. */
export function keycloakProvider(): ProviderAdapter {
  return {
    name: "keycloak",
    version: "6.13.0",
    configInputs: configuration,
    checkConfig: (inputs) => ({ inputs, failures: configProblems(inputs) }),
    configure: async (config, ctx) => {
      if (config["initialLogin"] !== false) await new KeycloakApi({ ...ctx, config }).login();
    },
    resources: {
      "keycloak:index/group:Group": groupAdapter(),
      "keycloak:index/groupRoles:GroupRoles": groupRolesAdapter(),
      "keycloak:index/user:User": userAdapter(),
      "keycloak:index/userGroups:UserGroups": userGroupsAdapter(),
      "keycloak:index/userRoles:UserRoles": userRolesAdapter(),
      "keycloak:openid/client:Client": clientAdapter(),
      "keycloak:openid/clientDefaultScopes:ClientDefaultScopes": clientScopesAdapter("default"),
      "keycloak:openid/clientOptionalScopes:ClientOptionalScopes": clientScopesAdapter("optional"),
      "keycloak:openid/audienceProtocolMapper:AudienceProtocolMapper": audienceMapperAdapter(),
    },
    functions: {
      "keycloak:index/getGroup:getGroup": getGroupFunction,
      "keycloak:index/getRole:getRole": getRoleFunction,
    },
  };
}

function configProblems(inputs: Inputs): readonly CheckProblem[] {
  return Object.keys(inputs)
    .filter((name) => !KNOWN.includes(name))
    .map((property) => ({ property, reason: `${property} is not in the lab` }));
}
