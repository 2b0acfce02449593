import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import { asSecret } from "../../components/secret";
import { type Groups, roleIds } from "./groups";
import type { Realm } from "./realm";
import type { IdentitySettings } from "./settings";
import { idOf } from "./tree-ids";

type User = IdentitySettings["users"][string];

/** What becomes of these from the first log-in on is the user's business: password, required actions, links to accounts elsewhere. */
const LEFT_TO_THE_USER = ["initialPassword", "requiredActions", "federatedIdentities"];

/** Every user, in exactly the groups that the settings name, with the roles that they name and whatever else Keycloak gives. */
export function makeUsers(wanted: IdentitySettings["users"], groups: Groups, realm: Realm): void {
  for (const [name, settings] of Object.entries(wanted)) {
    const user = new keycloak.User(name, userArgs(name, settings, realm), { ...realm.options, ignoreChanges: LEFT_TO_THE_USER });
    const of = { realmId: realm.name, userId: user.id };
    const options = { ...realm.options, deletedWith: user };
    const groupIds = settings.groups.map((group): pulumi.Input<string> => groups.get(group)?.id ?? idOf(realm.tree.groups, group));
    new keycloak.UserGroups(name, { ...of, groupIds }, options);
    if (settings.roles.length === 0) continue;
    // Not exhaustive: `default-roles-<realm>` and what an identity provider maps would be taken away.
    new keycloak.UserRoles(name, { ...of, roleIds: roleIds(settings.roles, realm), exhaustive: false }, options);
  }
}

function userArgs(username: string, { email, firstName, lastName, enabled, temporaryPassword }: User, realm: Realm): keycloak.UserArgs {
  return {
    realmId: realm.name,
    username,
    email,
    emailVerified: true,
    firstName,
    lastName,
    enabled,
    ...(temporaryPassword === undefined
      ? {}
      : { initialPassword: { value: asSecret(temporaryPassword), temporary: true }, requiredActions: ["UPDATE_PASSWORD"] }),
  };
}
