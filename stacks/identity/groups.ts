import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import type { Realm } from "./realm";
import type { IdentitySettings } from "./settings";
import { idOf } from "./tree-ids";

/** Groups by name. */
export type Groups = ReadonlyMap<string, keycloak.Group>;

/** Every group with exactly its roles, parents first. */
export function makeGroups(wanted: IdentitySettings["groups"], realm: Realm): Groups {
  const made = new Map<string, keycloak.Group>();
  const make = (name: string): keycloak.Group => {
    const there = made.get(name);
    if (there !== undefined) return there;
    const parent = wanted[name]?.parent;
    const parentId = parent === undefined ? undefined : parent in wanted ? make(parent).id : idOf(realm.tree.groups, parent);
    const group = new keycloak.Group(name, { realmId: realm.name, name, ...(parentId === undefined ? {} : { parentId }) }, realm.options);
    made.set(name, group);
    new keycloak.GroupRoles(
      name,
      { realmId: realm.name, groupId: group.id, roleIds: roleIds(wanted[name]?.roles ?? [], realm) },
      { ...realm.options, deletedWith: group },
    );
    return group;
  };
  Object.keys(wanted).sort().forEach(make);
  return made;
}

/** Ids of realm roles, which are all the tree's. */
export function roleIds(names: readonly string[], { tree }: Realm): pulumi.Output<string>[] {
  return names.map((name) => idOf(tree.roles, name));
}
