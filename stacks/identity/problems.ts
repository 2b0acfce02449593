import { problemsOfIssue } from "../../config/issues";
import { suggestion } from "../../config/nearest";
import type { Path } from "../../config/path";
import { problem, type Problem } from "../../config/problem";
import { problemLine } from "../../config/messages";
import { UserError } from "../../config/user-error";
import { BUILT_IN_CLIENTS } from "../../platform/keycloak/names";
import type { OwnedByTree } from "../../platform/keycloak/owned";
import { identitySchema, type IdentitySettings, PROJECT } from "./settings";

/** The settings out of what was written. @throws UserError with a line for each mistake; no secret is in it. */
export function parseSettings(raw: unknown): IdentitySettings {
  const { data, error } = identitySchema.safeParse(raw);
  const looked = { raw, schema: identitySchema, project: PROJECT, page: "docs/stacks.md" };
  if (error !== undefined) throw refusal(error.issues.flatMap((issue) => problemsOfIssue(issue, looked)));
  refuse(insideProblems(data));
  return data;
}

/** What these settings may not do in the realm of this tree. @throws UserError with a line for each. */
export function refuseWhatTheTreeOwns(settings: IdentitySettings, owned: OwnedByTree): void {
  refuse([...ownershipProblems(settings, owned), ...unknownNames(settings, owned)]);
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refusal(problems);
}

function refusal(problems: readonly Problem[]): UserError {
  return new UserError(problems.map((each) => problemLine(each, PROJECT)).join("\n"));
}

function insideProblems({ groups, users }: IdentitySettings): readonly Problem[] {
  const circles = Object.keys(groups)
    .filter((name) => isBelowItself(name, groups))
    .map((name) => problem("groups.circle", ["groups", name, "parent"], "puts the group below itself", "break the circle"));
  const guessable = Object.entries(users)
    .filter(([name, { email, temporaryPassword }]) => [name, email].some((text) => temporaryPassword?.matches(exactly(text)) === true))
    .map(([name]) =>
      problem(
        "users.password",
        ["users", name, "temporaryPassword"],
        "is the user's name or address, which the realm refuses",
        "choose another",
      ),
    );
  return [...circles, ...guessable];
}

const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "i");

function isBelowItself(name: string, groups: IdentitySettings["groups"]): boolean {
  const seen = new Set<string>();
  for (let above = groups[name]?.parent; above !== undefined && !seen.has(above); above = groups[above]?.parent) {
    if (above === name) return true;
    seen.add(above);
  }
  return false;
}

function ownershipProblems({ clients, groups }: IdentitySettings, owned: OwnedByTree): readonly Problem[] {
  const fix = "change it in the cluster's stack file, or use another name here";
  const message = "is the tree's: an app of the cluster brings it";
  return [
    ...Object.keys(clients).flatMap((id) => {
      if (owned.clients.includes(id)) return [problem("clients.not-the-trees", ["clients", id], message, fix)];
      if (!BUILT_IN_CLIENTS.includes(id)) return [];
      return [problem("clients.not-the-trees", ["clients", id], "is one of Keycloak's own", "use another id")];
    }),
    ...Object.keys(groups)
      .filter((name) => owned.groups.includes(name))
      .map((name) => problem("groups.not-the-trees", ["groups", name], "is the tree's: its realm has a group of that name", fix)),
  ];
}

/** Roles are the tree's alone; groups are of either. */
function unknownNames({ groups, users }: IdentitySettings, owned: OwnedByTree): readonly Problem[] {
  const all = [...Object.keys(groups), ...owned.groups];
  const check = (path: Path, name: string, known: readonly string[], what: string): readonly Problem[] =>
    known.includes(name) ? [] : [problem("names.known", path, `names ${what} ${name}, which is not there`, suggestion(name, known))];
  const each = (path: Path, names: readonly string[], known: readonly string[], what: string): readonly Problem[] =>
    names.flatMap((name, position) => check([...path, position], name, known, what));
  return [
    ...Object.entries(groups).flatMap(([name, { parent, roles }]) => [
      ...(parent === undefined ? [] : check(["groups", name, "parent"], parent, all, "the group")),
      ...each(["groups", name, "roles"], roles, owned.roles, "the role"),
    ]),
    ...Object.entries(users).flatMap(([name, user]) => [
      ...each(["users", name, "groups"], user.groups, all, "the group"),
      ...each(["users", name, "roles"], user.roles, owned.roles, "the role"),
    ]),
  ];
}
