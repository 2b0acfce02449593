import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UserError } from "../../config/user-error";
import type { OwnedByTree } from "../../platform/keycloak/owned";
import type { IdentitySettings } from "./settings";

/** Ids that Keycloak gave to what the tree owns, by name; a preview may not know all. */
export interface TreeIds {
  readonly groups: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, string>>;
}

const ids = z.record(z.string(), z.string());
const REMEMBERED = z.object({ groups: ids, roles: ids }).catch({ groups: {}, roles: {} });

/** What the settings refer to and the tree owns. */
export interface TreeNames {
  readonly groups: readonly string[];
  readonly roles: readonly string[];
}

/** The names among the settings that are the tree's. */
export function treeNames({ groups, users }: IdentitySettings, owned: OwnedByTree): TreeNames {
  const given = [...Object.values(groups), ...Object.values(users)];
  const named = [
    ...Object.values(groups).flatMap(({ parent }) => parent ?? []),
    ...Object.values(users).flatMap((user) => user.groups),
  ].filter((name) => owned.groups.includes(name));
  return { groups: distinct(named), roles: distinct(given.flatMap(({ roles }) => roles)) };
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/**
 * Asks Keycloak for the ids behind the tree's names. A preview asks nobody: it goes by what the last `up` found, and
 * what that did not look for is unknown until this one does.
 * @param remembered The output `treeIds` of the last run.
 * @throws UserError when Keycloak does not answer, or does not know a name yet.
 */
export async function treeIds(names: TreeNames, realm: string, provider: keycloak.Provider, remembered: unknown): Promise<TreeIds> {
  if (pulumi.runtime.isDryRun()) {
    const { groups, roles } = REMEMBERED.parse(remembered);
    return { groups: only(groups, names.groups), roles: only(roles, names.roles) };
  }
  const group = (name: string): Promise<{ readonly id: string }> =>
    keycloak.getGroup({ realmId: realm, groupPath: `/${name}` }, { provider });
  const role = (name: string): Promise<{ readonly id: string }> => keycloak.getRole({ realmId: realm, name }, { provider });
  return { groups: await lookUp("group", names.groups, group), roles: await lookUp("role", names.roles, role) };
}

function only(known: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name)));
}

async function lookUp(
  what: string,
  names: readonly string[],
  ask: (name: string) => Promise<{ readonly id: string }>,
): Promise<Readonly<Record<string, string>>> {
  const found = names.map(async (name) => [name, (await ask(name).catch((error: unknown) => refuse(what, name, error))).id] as const);
  return Object.fromEntries(await Promise.all(found));
}

function refuse(what: string, name: string, error: unknown): never {
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
  throw new UserError(
    `the tree's ${what} ${name} cannot be looked up (${reason}): is Keycloak reachable from here, and has its import run (kubectl --namespace keycloak get jobs)?`,
  );
}

/** An id as an input: unknown, so that the engine shows it as computed, while it is not there. */
export function idOf(known: Readonly<Record<string, string>>, name: string): pulumi.Output<string> {
  return pulumi.output(known[name] ?? (pulumi.unknown as unknown as string)); // the SDK's own mark of what a preview cannot know
}
