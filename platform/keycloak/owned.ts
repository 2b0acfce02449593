import type { Settings } from "../../config/settings";
import { declarePlatform } from "../plan";
import { keycloakOptions } from "./options";
import { realmOf } from "./realm";

/** What the tree brings into the realm, by name: nobody else makes, changes or deletes it. Each list is sorted. */
export interface OwnedByTree {
  /** Ids of the clients that apps declare. */
  readonly clients: readonly string[];
  readonly groups: readonly string[];
  /** Realm roles. */
  readonly roles: readonly string[];
}

/** What the in-cluster import brings into the realm of these settings. @throws ZodError as `declarePlatform`. */
export function ownedByTree(settings: Settings): OwnedByTree {
  const realm = realmOf(keycloakOptions.parse(settings.platform["keycloak"] ?? {}));
  const clients = declarePlatform(settings).apps.filter(({ active }) => active);
  return {
    clients: [...new Set(clients.flatMap((app) => app.clients.map(({ id }) => id)))].sort(),
    groups: realm.groups.map(({ name }) => name).sort(),
    roles: realm.roles.realm.map(({ name }) => name).sort(),
  };
}
