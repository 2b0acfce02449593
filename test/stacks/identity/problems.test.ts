import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SecretValue, UserError } from "../../../config";
import { knownKeys } from "../../../config/schema/walk";
import { parseSettings, refuseWhatTheTreeOwns } from "../../../stacks/identity/problems";
import { identitySchema } from "../../../stacks/identity/settings";
import { treeNames } from "../../../stacks/identity/tree-ids";

const CLUSTER = "organization/hearth/home";
const ADA = { email: "ada@example.com", firstName: "Ada", lastName: "Lovelace" };
const OWNED = { clients: ["grafana"], groups: ["admins", "users"], roles: ["admin", "user"] };

function said(work: () => void): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  return "";
}

const shape = (settings: object): string => said(() => parseSettings({ cluster: CLUSTER, ...settings }));
const ownership = (settings: object): string => said(() => refuseWhatTheTreeOwns(parseSettings({ cluster: CLUSTER, ...settings }), OWNED));

describe("the settings of stacks/identity", () => {
  it("are fine with everything that there is", () => {
    const settings = parseSettings({
      cluster: CLUSTER,
      url: "http://127.0.0.1:8080",
      ca: "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
      groups: { family: { roles: ["user"] }, kids: { parent: "family" } },
      users: { ada: { ...ADA, groups: ["admins"], roles: ["user"], enabled: false, temporaryPassword: SecretValue.of("a long password") } },
      clients: { robot: { flow: "service" }, wiki: { flow: "code", redirectUris: ["https://wiki.example.com/"] } },
    });
    refuseWhatTheTreeOwns(settings, OWNED);
    assert.deepEqual(treeNames(settings, OWNED), { groups: ["admins"], roles: ["user"] });
  });

  it("are shown whole by the example, which is fine", () => {
    const text = readFileSync(join(__dirname, "../../../stacks/identity/Pulumi.home.yaml"), "utf8");
    const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> }; // a stack file
    const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("hearth-identity:", ""), value]));
    refuseWhatTheTreeOwns(parseSettings(raw), OWNED);
    const keys = [[], ["groups", "a"], ["users", "a"], ["clients", "a"]].flatMap((path) => knownKeys(identitySchema, path));
    assert.ok(keys.length > 15);
    for (const key of keys) assert.match(text, new RegExp(`\\b${key}\\b`), key);
  });

  const WRONG: readonly (readonly [title: string, settings: object, says: RegExp])[] = [
    ["a section that there is not", { group: {} }, /^hearth-identity:group is not a setting: did you mean groups\? \[keys\.unknown\]$/],
    [
      "a misspelled key",
      { users: { ada: { ...ADA, group: [] } } },
      /^hearth-identity:users\.ada\.group is not a setting: did you mean groups\? \[keys\.unknown\]$/,
    ],
    ["a missing cluster", { cluster: undefined }, /^hearth-identity:cluster is missing: set it to a text \[shape\.required\]$/],
    ["a cluster without its project", { cluster: "home" }, /^hearth-identity:cluster must be organization\/project\/stack: /],
    ["a user name in upper case", { users: { Ada: ADA } }, /^hearth-identity:users\.Ada its name must be 3 to 255/],
    ["an address that is none", { users: { ada: { ...ADA, email: "ada" } } }, /^hearth-identity:users\.ada\.email /],
    [
      "a person without a name",
      { users: { ada: { email: "ada@example.com", firstName: "Ada" } } },
      /^hearth-identity:users\.ada\.lastName /,
    ],
    ["a group with a slash", { groups: { "a/b": {} } }, /^hearth-identity:groups\.a\/b its name must be a DNS label/],
    [
      "a wildcard",
      { clients: { wiki: { flow: "code", redirectUris: ["https://wiki.example.com/*"] } } },
      /^hearth-identity:clients\.wiki\.redirectUris\[0\] .*without a wildcard: write each URL whole \[platform\.exact-url\]$/,
    ],
    ["a log-in that leads nowhere", { clients: { wiki: { flow: "public" } } }, /^hearth-identity:clients\.wiki\.redirectUris is empty/],
    [
      "a program that logs in by browser",
      { clients: { robot: { flow: "service", redirectUris: ["https://a.example.com/"] } } },
      /^hearth-identity:clients\.robot\.redirectUris means nothing/,
    ],
    [
      "a path in the address",
      { url: "https://auth.example.com/auth" },
      /^hearth-identity:url has more .*: write https:\/\/auth\.example\.com \[url\.address\]$/,
    ],
    ["secrets in clear over a network", { url: "http://192.168.1.2:8080" }, /^hearth-identity:url sends secrets in clear: use https/],
    ["an address that is no URL", { url: "auth.example.com" }, /^hearth-identity:url is no https URL: /],
    ["a certificate that is none", { ca: "x" }, /^hearth-identity:ca .*PEM/],
    [
      "a password that the realm would refuse",
      { users: { ada: { ...ADA, temporaryPassword: SecretValue.of("short") } } },
      /^hearth-identity:users\.ada\.temporaryPassword is shorter than the realm's 12 characters: choose a longer one \[users\.password\]$/,
    ],
    [
      "a password that is the address",
      { users: { ada: { ...ADA, temporaryPassword: SecretValue.of("ADA@example.com") } } },
      /^hearth-identity:users\.ada\.temporaryPassword is the user's name or address/,
    ],
    [
      "groups in a circle",
      { groups: { a: { parent: "b" }, b: { parent: "a" } } },
      /^hearth-identity:groups\.a\.parent puts the group below itself/,
    ],
  ];
  for (const [title, settings, says] of WRONG) {
    it(`are refused in one line for ${title}`, () => {
      const [line = "", ...more] = shape(settings).split("\n");
      assert.match(line, says);
      assert.ok(more.every((each) => each.startsWith("hearth-identity:")));
    });
  }

  const NOT_OURS: readonly (readonly [title: string, settings: object, says: RegExp])[] = [
    [
      "a client of an app",
      { clients: { grafana: { flow: "service" } } },
      /^hearth-identity:clients\.grafana is the tree's: .*cluster's stack file/,
    ],
    [
      "a client of Keycloak's own",
      { clients: { account: { flow: "service" } } },
      /^hearth-identity:clients\.account is one of Keycloak's own/,
    ],
    ["a group of the tree", { groups: { admins: {} } }, /^hearth-identity:groups\.admins is the tree's/],
    [
      "a role that the tree lacks",
      { groups: { a: { roles: ["uesr"] } } },
      /^hearth-identity:groups\.a\.roles\[0\] .*did you mean user\? \[names\.known\]$/,
    ],
    ["a role of a user that the tree lacks", { users: { ada: { ...ADA, roles: ["root"] } } }, /users\.ada\.roles\[0\] .* the role root/],
    [
      "a group that nobody makes",
      { users: { ada: { ...ADA, groups: ["admin"] } } },
      /users\.ada\.groups\[0\] .*did you mean admins\? \[names\.known\]$/,
    ],
    ["a parent that nobody makes", { groups: { a: { parent: "b" } } }, /groups\.a\.parent names the group b, which is not there/],
  ];
  for (const [title, settings, says] of NOT_OURS) {
    it(`are refused in one line for ${title}`, () => {
      const message = ownership(settings);
      assert.match(message, says);
      assert.doesNotMatch(message, /\n/);
    });
  }
});
