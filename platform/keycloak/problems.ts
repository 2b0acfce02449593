import type { Settings } from "../../config/settings";
import type { OptionProblem } from "../kit/app";
import { ADMINS_GROUP } from "./names";
import type { KeycloakOptions } from "./options";
import { PLAIN_IN_JSON } from "./variables";

/** Characters that the first administrator's password has at least. */
const ADMIN_PASSWORD = /^[^]{8,}$/;

/** What the schema cannot say. */
export function optionProblems(options: KeycloakOptions, settings: Settings): readonly OptionProblem[] {
  return [...embeddedProblems(options), ...secretProblems(options, settings)];
}

function embeddedProblems({ database, databaseInstances }: KeycloakOptions): readonly OptionProblem[] {
  if (database === "cnpg" || databaseInstances === 1) return [];
  return [
    {
      path: ["databaseInstances"],
      message: "an embedded database is one pod",
      fix: "take databaseInstances out, or choose database: cnpg",
    },
  ];
}

function secretProblems({ identityProviders, smtp }: KeycloakOptions, { secrets }: Settings): readonly OptionProblem[] {
  const imported = [
    ...Object.keys(identityProviders).map((alias) => ({ path: ["identityProviders", alias], name: `keycloak-${alias}-client-secret` })),
    ...(smtp?.user === undefined ? [] : [{ path: ["smtp"], name: "keycloak-smtp-password" }]),
  ];
  const unfit = imported
    .filter(({ name }) => secrets[name]?.matches(PLAIN_IN_JSON) === false)
    .map(({ path, name }) => ({
      path,
      message: `the secret ${name} has a quote, a backslash, a control character or "$(" in it, which the realm's import cannot take`,
      fix: "choose another password or client secret",
    }));
  const short = secrets["keycloak-admin-password"]?.matches(ADMIN_PASSWORD) === false;
  return short
    ? [...unfit, { path: [], message: "the secret keycloak-admin-password is shorter than 8 characters", fix: "choose a longer one" }]
    : unfit;
}

/** What is allowed, and opens more than somebody may think. */
export function optionWarnings({ identityProviders: { google, github }, database, instances }: KeycloakOptions): readonly string[] {
  const anybody = (whose: string): string =>
    `anybody with a ${whose} account can log in; let apps ask for a role or for the group ${ADMINS_GROUP}`;
  return [
    ...(google !== undefined && google.hostedDomain === undefined ? [anybody("Google")] : []),
    ...(github === undefined ? [] : [anybody("GitHub")]),
    ...(database === "embedded" && instances > 1 ? ["keycloak: several pods share one embedded database, which is one pod"] : []),
    ...(database === "embedded" ? ["keycloak: an embedded database has no backup"] : []),
  ];
}
