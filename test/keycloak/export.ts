import { canonicalJson } from "../../platform/kit/yaml";
import type { Admin, Json } from "./admin";

/**
 * Everything that Keycloak exports of a realm and what the export leaves out: users with their groups and roles, and the
 * secrets of these clients. Ids and all, keys and lists in a fixed order.
 */
export async function exportedRealm(admin: Admin, realm: string, clientIds: readonly string[]): Promise<Json> {
  const parts = {
    ...(await admin.post<Json>(`/${realm}/partial-export?exportClients=true&exportGroupsAndRoles=true`, {})),
    fullGroups: await admin.get(`/${realm}/groups?briefRepresentation=false`),
    people: await people(admin, realm),
    secrets: await Promise.all(
      clientIds.map(async (id) => (await admin.get<{ secret: string }[]>(`/${realm}/clients?clientId=${id}`))[0]?.secret ?? "none"),
    ),
  };
  return normal(parts) as Json; // it was one
}

async function people(admin: Admin, realm: string): Promise<readonly Json[]> {
  const users = await admin.get<readonly (Json & { readonly id: string })[]>(`/${realm}/users`);
  const more = (id: string, what: string): Promise<Json> => admin.get(`/${realm}/users/${id}/${what}`);
  return Promise.all(
    users.map(async (user) => ({ ...user, in: await more(user.id, "groups"), roles: await more(user.id, "role-mappings") })),
  );
}

/** The same data with keys and lists in a fixed order: Keycloak's answers have none. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item) => canonicalJson(normal(item)))
      .sort()
      .map((text): unknown => JSON.parse(text));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, normal(field)]),
  );
}
