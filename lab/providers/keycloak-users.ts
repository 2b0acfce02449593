/** Users, their groups and roles, as `provider/resource_keycloak_user{,_groups,_roles}.go` treat them. */
import type { CheckProblem, Inputs, ResourceAdapter } from "./adapter";
import type { KeycloakApi, Representation } from "./keycloak-api";
import { listsOf, textsJoined } from "./keycloak-groups";
import { realmAndId, realmPath, realmResource, textOf, textsOf } from "./keycloak-resource";
import { rolesAdapter } from "./keycloak-roles";
import { user, userGroups, userRoles } from "./keycloak-tables";
import { isObject } from "./values";

/** `User`. Its first password counts at its creation only; each update takes links to identity providers away that it does not know. */
export function userAdapter(): ResourceAdapter {
  const body = (inputs: Inputs): Representation => ({
    username: textOf(inputs, "username"),
    email: textOf(inputs, "email"),
    emailVerified: inputs["emailVerified"],
    firstName: textOf(inputs, "firstName"),
    lastName: textOf(inputs, "lastName"),
    enabled: inputs["enabled"],
    attributes: listsOf(inputs["attributes"]),
    requiredActions: textsOf(inputs, "requiredActions"),
  });
  return realmResource({
    table: user,
    known: ["attributes", "email", "emailVerified", "enabled", "federatedIdentities", "firstName", "initialPassword", "lastName"].concat([
      "realmId",
      "requiredActions",
      "username",
    ]),
    defaults: { emailVerified: false, enabled: true },
    once: ["initialPassword"],
    replaceOn: ["realmId", "username"],
    check: nameProblems,
    place: realmAndId,
    create: async (inputs, api) => {
      const id = await api.post(`${realmPath(inputs)}/users`, body(inputs));
      await linked(`${realmPath(inputs)}/users/${id}`, inputs, api);
      const password = inputs["initialPassword"];
      if (isObject(password)) {
        await api.put(`${realmPath(inputs)}/users/${id}/reset-password`, {
          type: "password",
          value: password["value"],
          temporary: password["temporary"] === true,
        });
      }
      return id;
    },
    find: async (id, at, api) => {
      const found = await api.find(`${realmPath(at)}/users/${id}`);
      if (found === undefined) return undefined;
      const texts = ["username", "email", "firstName", "lastName"].map((name) => [name, textOf(found, name)] as const);
      return {
        realmId: at["realmId"],
        ...Object.fromEntries(texts),
        emailVerified: found["emailVerified"] === true,
        enabled: found["enabled"] === true,
        attributes: textsJoined(found["attributes"]),
        requiredActions: textsOf(found, "requiredActions"),
        federatedIdentities: listOf(found["federatedIdentities"]),
      };
    },
    update: async (id, _old, inputs, api) => {
      const path = `${realmPath(inputs)}/users/${id}`;
      await api.put(path, { id, ...body(inputs) });
      // The provider takes every link away, also those that it does not know, and makes its own anew.
      for (const link of await api.get<readonly Inputs[]>(`${path}/federated-identity`)) await api.delete(linkPath(path, link));
      await linked(path, inputs, api);
    },
    delete: (id, state, api) => api.delete(`${realmPath(state)}/users/${id}`),
  });
}

const listOf = (value: unknown): readonly Inputs[] => (Array.isArray(value) ? value.filter(isObject) : []);
const linkPath = (path: string, link: Inputs): string => `${path}/federated-identity/${textOf(link, "identityProvider")}`;

async function linked(path: string, inputs: Inputs, api: KeycloakApi): Promise<void> {
  for (const link of listOf(inputs["federatedIdentities"])) await api.post(linkPath(path, link), link);
}

function nameProblems(inputs: Inputs): readonly CheckProblem[] {
  const name = textOf(inputs, "username");
  return name === name.toLowerCase() ? [] : [{ property: "username", reason: "expected username to be all lowercase" }];
}

const userPath = (inputs: Inputs): string => `${realmPath(inputs)}/users/${textOf(inputs, "userId")}`;

/** `UserGroups`: all groups of a user, or with `exhaustive: false` some. */
export function userGroupsAdapter(): ResourceAdapter {
  return realmResource({
    table: userGroups,
    known: ["exhaustive", "groupIds", "realmId", "userId"],
    defaults: { exhaustive: true },
    replaceOn: ["realmId", "userId"],
    create: async (inputs, api) => {
      await joinGroups([], inputs, api);
      return `${textOf(inputs, "realmId")}/${textOf(inputs, "userId")}`;
    },
    find: async (_id, at, api) => {
      if ((await api.find(userPath(at))) === undefined) return undefined;
      const known = textsOf(at, "groupIds");
      return { ...at, groupIds: (await groupsOf(at, api)).filter((id) => at["exhaustive"] !== false || known.includes(id)) };
    },
    update: (_id, old, inputs, api) => joinGroups(textsOf(old, "groupIds"), inputs, api),
    delete: async (_id, state, api) => {
      for (const id of textsOf(state, "groupIds")) await api.delete(`${userPath(state)}/groups/${id}`);
    },
  });
}

async function groupsOf(inputs: Inputs, api: KeycloakApi): Promise<readonly string[]> {
  return (await api.get<readonly Representation[]>(`${userPath(inputs)}/groups`)).map((each) => textOf(each, "id"));
}

async function joinGroups(before: readonly string[], inputs: Inputs, api: KeycloakApi): Promise<void> {
  const [wanted, now] = [textsOf(inputs, "groupIds"), await groupsOf(inputs, api)];
  for (const id of wanted.filter((each) => !now.includes(each))) await api.put(`${userPath(inputs)}/groups/${id}`);
  const left = now.filter((id) => !wanted.includes(id) && (inputs["exhaustive"] !== false || before.includes(id)));
  for (const id of left) await api.delete(`${userPath(inputs)}/groups/${id}`);
}

/** `UserRoles`: all roles of a user, Keycloak's default one included, or with `exhaustive: false` some. */
export function userRolesAdapter(): ResourceAdapter {
  return rolesAdapter(userRoles, "userId", userPath);
}
