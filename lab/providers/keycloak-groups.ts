/** Groups and their roles, as `provider/resource_keycloak_{group,group_roles}.go` and `data_source_keycloak_group.go` treat them. */
import { AdapterError, type FunctionAdapter, type Inputs, type ResourceAdapter } from "./adapter";
import { KeycloakApi, type Representation } from "./keycloak-api";
import { realmAndId, realmPath, realmResource, textOf } from "./keycloak-resource";
import { rolesAdapter } from "./keycloak-roles";
import { getGroup, group, groupRoles } from "./keycloak-tables";
import { isObject } from "./values";

/** `Group`. */
export function groupAdapter(): ResourceAdapter {
  const body = (inputs: Inputs): Representation => ({
    name: textOf(inputs, "name"),
    ...(inputs["description"] === undefined ? {} : { description: textOf(inputs, "description") }),
    attributes: listsOf(inputs["attributes"]),
  });
  return realmResource({
    table: group,
    known: ["attributes", "description", "name", "parentId", "realmId"],
    replaceOn: ["realmId", "parentId"],
    place: realmAndId,
    create: (inputs, api) => {
      const parent = textOf(inputs, "parentId");
      return api.post(`${realmPath(inputs)}/groups${parent === "" ? "" : `/${parent}/children`}`, body(inputs));
    },
    find: async (id, at, api) => {
      const found = await api.find(`${realmPath(at)}/groups/${id}`);
      return found && outputsOf(found, textOf(at, "realmId"), api);
    },
    update: (id, _old, inputs, api) => api.put(`${realmPath(inputs)}/groups/${id}`, { id, ...body(inputs) }),
    delete: (id, state, api) => api.delete(`${realmPath(state)}/groups/${id}`),
  });
}

/** The parent is asked for by path, as the provider does. */
async function outputsOf(found: Representation, realmId: string, api: KeycloakApi): Promise<Inputs> {
  const path = textOf(found, "path");
  const above = path.slice(0, path.length - textOf(found, "name").length - 1);
  const parent = above === "" ? undefined : await byPath(above, realmId, api);
  return {
    realmId,
    name: found["name"],
    path,
    description: textOf(found, "description"),
    attributes: textsJoined(found["attributes"]),
    ...(parent === undefined ? {} : { parentId: parent["id"] }),
  };
}

function byPath(path: string, realmId: string, api: KeycloakApi): Promise<Representation | undefined> {
  const steps = path.replace(/^\//, "").split("/").map(encodeURIComponent);
  return api.find(`/realms/${realmId}/group-by-path/${steps.join("/")}`);
}

/** `GroupRoles`: all roles of a group, or with `exhaustive: false` some. */
export function groupRolesAdapter(): ResourceAdapter {
  return rolesAdapter(groupRoles, "groupId", (inputs) => `${realmPath(inputs)}/groups/${textOf(inputs, "groupId")}`);
}

/** `getGroup`, by its path. */
export const getGroupFunction: FunctionAdapter = {
  inputs: getGroup,
  invoke: async (args, ctx) => {
    const [path, realmId] = [textOf(args, "groupPath"), textOf(args, "realmId")];
    if (path === "") throw new AdapterError("the lab finds groups by their groupPath only");
    const api = new KeycloakApi(ctx);
    const found = await byPath(path, realmId, api);
    if (found === undefined) throw new AdapterError(`group not found at path: ${path}`);
    return { ...(await outputsOf(found, realmId, api)), groupPath: path, id: found["id"] };
  },
};

/** Several values of an attribute are one text, with `##` in between. */
export const listsOf = (attributes: unknown): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(isObject(attributes) ? Object.entries(attributes).map(([name, value]) => [name, String(value).split("##")]) : []);

/** The inverse of `listsOf`. */
export const textsJoined = (attributes: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    isObject(attributes)
      ? Object.entries(attributes).map(([name, value]) => [name, Array.isArray(value) ? value.join("##") : String(value)])
      : [],
  );
