/** Realm roles of groups and users, as `provider/role_mapping_helpers.go` and `data_source_keycloak_role.go` treat them. */
import { AdapterError, type FunctionAdapter, type Inputs, type ResourceAdapter } from "./adapter";
import { KeycloakApi, type Representation } from "./keycloak-api";
import { realmPath, realmResource, textOf, textsOf } from "./keycloak-resource";
import { getRole } from "./keycloak-tables";
import type { PropertyTable } from "./property-table";
import { isObject } from "./values";

/** Roles of what `owner` names by its id and `path` by its place: all of them, or with `exhaustive: false` some. */
export function rolesAdapter(table: PropertyTable, owner: "groupId" | "userId", path: (inputs: Inputs) => string): ResourceAdapter {
  const mappings = (inputs: Inputs): string => `${path(inputs)}/role-mappings`;
  return realmResource({
    table,
    known: ["exhaustive", owner, "realmId", "roleIds"],
    defaults: { exhaustive: true },
    replaceOn: ["realmId", owner],
    create: async (inputs, api) => {
      await reconcileRoles(mappings(inputs), [], inputs, api);
      return `${textOf(inputs, "realmId")}/${textOf(inputs, owner)}`;
    },
    find: async (_id, at, api) => {
      const there = await api.find(path(at));
      return there && { ...at, roleIds: await rolesGiven(mappings(at), at, api) };
    },
    update: (_id, old, inputs, api) => reconcileRoles(mappings(inputs), textsOf(old, "roleIds"), inputs, api),
    delete: async (_id, state, api) => {
      if ((await api.find(path(state))) !== undefined) await removeRoles(mappings(state), textsOf(state, "roleIds"), state, api);
    },
  });
}

/** Ids of the realm roles given at this path: with `exhaustive` all, else those among `roleIds`. */
async function rolesGiven(mappings: string, at: Inputs, api: KeycloakApi): Promise<readonly string[]> {
  const known = textsOf(at, "roleIds");
  return (await given(mappings, api)).map((role) => textOf(role, "id")).filter((id) => at["exhaustive"] !== false || known.includes(id));
}

/** Gives the roles that are missing; takes those that were given before and, with `exhaustive`, every other. */
async function reconcileRoles(mappings: string, before: readonly string[], inputs: Inputs, api: KeycloakApi): Promise<void> {
  const wanted = textsOf(inputs, "roleIds");
  await removeRoles(
    mappings,
    before.filter((id) => !wanted.includes(id)),
    inputs,
    api,
  );
  const there = await given(mappings, api);
  const ids = there.map((role) => textOf(role, "id"));
  const add = (await rolesById(wanted, inputs, api)).filter((role) => !ids.includes(textOf(role, "id")));
  if (add.length > 0) await api.post(`${mappings}/realm`, add);
  const surplus = there.filter((role) => !wanted.includes(textOf(role, "id")));
  if (inputs["exhaustive"] !== false && surplus.length > 0) await api.delete(`${mappings}/realm`, surplus);
}

/** Takes roles away. */
async function removeRoles(mappings: string, ids: readonly string[], at: Inputs, api: KeycloakApi): Promise<void> {
  const roles = await rolesById(ids, at, api);
  if (roles.length > 0) await api.delete(`${mappings}/realm`, roles);
}

async function given(mappings: string, api: KeycloakApi): Promise<readonly Representation[]> {
  const { realmMappings } = await api.get(mappings);
  return Array.isArray(realmMappings) ? realmMappings.filter(isObject) : [];
}

/** A role that is gone is left out, as the provider does. */
async function rolesById(ids: readonly string[], at: Inputs, api: KeycloakApi): Promise<readonly Representation[]> {
  const roles: Representation[] = [];
  for (const id of ids) {
    const role = await api.find(`${realmPath(at)}/roles-by-id/${id}`);
    if (role?.["clientRole"] === true) throw new AdapterError("roles of clients are not in the lab");
    if (role !== undefined) roles.push(role);
  }
  return roles;
}

/** `getRole`, of a realm. */
export const getRoleFunction: FunctionAdapter = {
  inputs: getRole,
  invoke: async (args, ctx) => {
    if (args["clientId"] !== undefined) throw new AdapterError("roles of clients are not in the lab");
    const found = await new KeycloakApi(ctx).get(`${realmPath(args)}/roles/${encodeURIComponent(textOf(args, "name"))}`);
    return { ...args, id: found["id"], description: textOf(found, "description"), attributes: {}, compositeRoles: [] };
  },
};
