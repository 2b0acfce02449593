import type { Realm } from "../../platform/keycloak/realm";
import type { Admin, Json } from "./admin";

type Named = Json & { readonly name: string };
type Client = Json & {
  readonly clientId: string;
  readonly defaultClientScopes: readonly string[];
  readonly optionalClientScopes: readonly string[];
};
interface File {
  readonly realm: string;
  readonly roles?: { readonly realm?: readonly Named[]; readonly client?: Readonly<Record<string, readonly Named[]>> };
  readonly groups?: Realm["groups"];
  readonly clientScopes?: Realm["clientScopes"];
  readonly scopeMappings?: Realm["scopeMappings"];
  readonly identityProviders?: Realm["identityProviders"];
  readonly identityProviderMappers?: Realm["identityProviderMappers"];
  readonly clients?: readonly Client[];
}
interface Found {
  readonly id: string;
  readonly name: string;
}

/**
 * What the Job's importer does with a file, by the same admin API: makes what is missing, updates what is there, deletes
 * nothing. It stands in for keycloak-config-cli, which no package registry has.
 */
export async function importByApi(admin: Admin, text: string): Promise<void> {
  const { realm, roles, groups, clientScopes, scopeMappings, identityProviders, identityProviderMappers, clients, ...rest }: File =
    JSON.parse(text);
  if ((await admin.find(`/${realm}`)) === undefined) await admin.post("", { realm });
  if (Object.keys(rest).length > 0) await admin.put(`/${realm}`, { realm, ...rest });
  for (const role of roles?.realm ?? []) await upsert(admin, `/${realm}/roles`, role.name, role);
  await importGroups(admin, realm, groups ?? []);
  for (const scope of clientScopes ?? []) await importScope(admin, realm, scope);
  for (const { clientScope, roles: names } of scopeMappings ?? []) {
    const scope = await byName(admin, `/${realm}/client-scopes`, clientScope);
    await admin.post(`/${realm}/client-scopes/${scope?.id}/scope-mappings/realm`, await rolesOf(admin, realm, names));
  }
  for (const provider of identityProviders ?? []) {
    await upsert(admin, `/${realm}/identity-provider/instances`, provider.alias, { ...provider });
  }
  for (const mapper of identityProviderMappers ?? []) {
    const path = `/${realm}/identity-provider/instances/${mapper.identityProviderAlias}/mappers`;
    await upsertById(admin, path, mapper.name, { ...mapper });
  }
  for (const client of clients ?? []) await importClient(admin, realm, client);
  for (const [clientId, named] of Object.entries(roles?.client ?? {})) {
    const [client] = await admin.get<Found[]>(`/${realm}/clients?clientId=${clientId}`);
    for (const role of named) await upsert(admin, `/${realm}/clients/${client?.id}/roles`, role.name, role);
  }
}

async function upsert(admin: Admin, path: string, key: string, body: Json): Promise<void> {
  const found = await admin.find(`${path}/${key}`);
  if (found === undefined) await admin.post(path, body);
  else await admin.put(`${path}/${key}`, { ...found, ...body });
}

async function byName(admin: Admin, path: string, name: string): Promise<Found | undefined> {
  return (await admin.get<Found[]>(path)).find((each) => each.name === name);
}

async function upsertById(admin: Admin, path: string, name: string, body: Json): Promise<void> {
  const found = await byName(admin, path, name);
  if (found === undefined) await admin.post(path, body);
  else await admin.put(`${path}/${found.id}`, { ...found, ...body });
}

async function rolesOf(admin: Admin, realm: string, names: readonly string[]): Promise<readonly Json[]> {
  return Promise.all(names.map((name) => admin.get(`/${realm}/roles/${name}`)));
}

async function importGroups(admin: Admin, realm: string, groups: Realm["groups"]): Promise<void> {
  for (const { name, realmRoles } of groups) {
    if ((await byName(admin, `/${realm}/groups`, name)) === undefined) await admin.post(`/${realm}/groups`, { name });
    const group = await byName(admin, `/${realm}/groups`, name);
    await admin.post(`/${realm}/groups/${group?.id}/role-mappings/realm`, await rolesOf(admin, realm, realmRoles));
  }
}

async function importScope(admin: Admin, realm: string, { protocolMappers, ...scope }: Realm["clientScopes"][number]): Promise<void> {
  await upsertById(admin, `/${realm}/client-scopes`, scope.name, { ...scope });
  const found = await byName(admin, `/${realm}/client-scopes`, scope.name);
  for (const mapper of protocolMappers) {
    await upsertById(admin, `/${realm}/client-scopes/${found?.id}/protocol-mappers/models`, mapper.name, { ...mapper });
  }
}

async function importClient(admin: Admin, realm: string, client: Client): Promise<void> {
  const path = `/${realm}/clients`;
  const find = async (): Promise<Found | undefined> => (await admin.get<Found[]>(`${path}?clientId=${client.clientId}`))[0];
  const found = await find();
  if (found === undefined) await admin.post(path, client);
  else await admin.put(`${path}/${found.id}`, { ...found, ...client });
  const id = found?.id ?? (await find())?.id;
  const scopes = await admin.get<Found[]>(`/${realm}/client-scopes`);
  const wanted = [
    client.defaultClientScopes.map((name) => ["default", name]),
    client.optionalClientScopes.map((name) => ["optional", name]),
  ].flat();
  for (const [kind, name] of wanted) {
    const scope = scopes.find((each) => each.name === name);
    if (scope === undefined) throw new Error(`the client ${client.clientId} names the scope ${name}, which is not there`);
    await admin.put(`${path}/${id}/${kind}-client-scopes/${scope.id}`, {});
  }
}
