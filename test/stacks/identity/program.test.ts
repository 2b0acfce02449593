import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import program = require("../../../stacks/identity/index");
import { KEYCLOAK, OUTPUTS } from "../cluster-outputs";

const CLUSTER = "organization/hearth/home";
const SETTINGS = {
  cluster: CLUSTER,
  groups: { family: { roles: ["user"] }, kids: { parent: "family" }, operators: { parent: "admins" } },
  users: { ada: { email: "ada@example.com", firstName: "Ada", lastName: "Lovelace", groups: ["admins", "kids"], roles: ["user"] } },
  clients: { wiki: { flow: "public", redirectUris: ["https://wiki.example.com/callback"] } },
};
const REMEMBERED = { groups: { admins: "id-of-admins", gone: "id-of-gone" }, roles: { user: "id-of-user" } };

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface World {
  readonly settings?: object;
  readonly phase?: "preview" | "up";
  /** Outputs of the cluster's stack. */
  readonly cluster?: object;
  /** What the last run of this stack found. */
  readonly remembered?: object;
  readonly secretKeys?: readonly string[];
}

/** Runs the program with mocks for engine and Keycloak; asked are the look-ups that it made. */
async function run({ settings = SETTINGS, phase = "up", cluster = { ...OUTPUTS, ...KEYCLOAK }, remembered, secretKeys = [] }: World = {}) {
  const registered: Registered[] = [];
  const asked: string[] = [];
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        if (type === "pulumi:pulumi:StackReference") {
          const secretOutputNames = ["kubeconfig", "talosconfig", "identityClientSecret"];
          return { id: name, state: { ...inputs, outputs: cluster, secretOutputNames } };
        }
        return { id: `${name}-id`, state: { ...inputs } };
      },
      call: ({ token, inputs }) => {
        if (token === "pulumi:pulumi:readStackOutputs")
          return { outputs: inputs["name"] === CLUSTER ? cluster : remembered === undefined ? {} : { treeIds: remembered } };
        asked.push(token);
        return { ...inputs, id: `found-${String(inputs["groupPath"] ?? inputs["name"])}` };
      },
    },
    "hearth-identity",
    "people",
    phase === "preview",
    "organization",
  );
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hearth-identity:${key}`, textOf(value)]));
  const setAllConfig = pulumi.runtime.setAllConfig as (config: Record<string, string>, secretKeys: readonly string[]) => void; // the second parameter is not in the types
  setAllConfig(config, secretKeys);
  const outputs = await program();
  await pulumi.runtime.disconnect();
  return { registered, asked, outputs };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

async function refusal(world: World): Promise<string> {
  const error: unknown = await run(world).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.RunError.isInstance(error), String(error));
  return error.message;
}

const inputsOf = (registered: readonly Registered[], type: string, name: string) =>
  registered.find((each) => each.type === `keycloak:${type}` && each.name === name)?.inputs;

describe("the program of stacks/identity", () => {
  it("asks Keycloak for the ids of the tree's groups and roles in an up, each once, and uses them", async () => {
    const { registered, asked } = await run({ remembered: REMEMBERED });
    assert.deepEqual([...asked].sort(), ["keycloak:index/getGroup:getGroup", "keycloak:index/getRole:getRole"]);
    assert.deepEqual(inputsOf(registered, "index/userGroups:UserGroups", "ada")?.["groupIds"], ["found-/admins", "kids-id"]);
    assert.deepEqual(inputsOf(registered, "index/groupRoles:GroupRoles", "family")?.["roleIds"], ["found-user"]);
    assert.deepEqual(inputsOf(registered, "index/group:Group", "operators")?.["parentId"], "found-/admins");
  });

  it("asks nobody in a preview: it goes by what the last up found, and only by what is still referred to", async () => {
    const { registered, asked, outputs } = await run({ phase: "preview", remembered: REMEMBERED });
    assert.deepEqual(asked, []);
    assert.deepEqual(inputsOf(registered, "index/group:Group", "operators")?.["parentId"], "id-of-admins");
    assert.deepEqual(outputs["treeIds"], { groups: { admins: "id-of-admins" }, roles: { user: "id-of-user" } });
  });

  it("takes an id for unknown in the first preview", async () => {
    const { registered, asked } = await run({ phase: "preview" });
    assert.deepEqual(asked, []);
    assert.ok(pulumi.isUnknown(inputsOf(registered, "index/group:Group", "operators")?.["parentId"]));
    assert.equal(inputsOf(registered, "index/group:Group", "family")?.["name"], "family");
  });

  it("gives the provider the cluster's address and client, and keeps it from logging in before there is something to do", async () => {
    const { registered } = await run();
    const provider = registered.find(({ type }) => type === "pulumi:providers:keycloak")?.inputs;
    assert.deepEqual(
      [provider?.["url"], provider?.["realm"], provider?.["clientId"], provider?.["initialLogin"]],
      ["https://auth.example.com", "master", "hearth-importer", "false"],
    );
    assert.equal(JSON.stringify(provider?.["clientSecret"]).includes("a secret"), true);
  });

  it("holds a user to exactly the groups of the settings, and leaves roles that Keycloak gave", async () => {
    const { registered } = await run();
    assert.equal(inputsOf(registered, "index/userGroups:UserGroups", "ada")?.["exhaustive"], undefined, "the provider's default is true");
    assert.equal(inputsOf(registered, "index/userRoles:UserRoles", "ada")?.["exhaustive"], false);
  });

  it("makes a client as the tree makes its own", async () => {
    const { registered } = await run();
    const client = inputsOf(registered, "openid/client:Client", "wiki");
    assert.deepEqual(
      [client?.["accessType"], client?.["fullScopeAllowed"], client?.["pkceCodeChallengeMethod"], client?.["webOrigins"]],
      ["PUBLIC", false, "S256", ["https://wiki.example.com"]],
    );
    assert.deepEqual(inputsOf(registered, "openid/audienceProtocolMapper:AudienceProtocolMapper", "wiki-audience-wiki"), {
      realmId: "home",
      clientId: "wiki-id",
      name: "audience-wiki",
      includedCustomAudience: "wiki",
      addToIdToken: false,
      addToAccessToken: true,
      addToTokenIntrospection: true,
    });
  });

  it("says in one line that a cluster has no Keycloak, before anything is made", async () => {
    assert.equal(
      await refusal({ cluster: OUTPUTS }),
      "the cluster of stack organization/hearth/home has no Keycloak: add keycloak to its platform",
    );
  });

  it("says in one line that the cluster's stack was not deployed or is too old", async () => {
    assert.match(await refusal({ cluster: {} }), /^stack organization\/hearth\/home was not deployed.*$/);
    assert.match(await refusal({ cluster: { ...OUTPUTS, contract: 1 } }), /^stack organization\/hearth\/home is too old.*$/);
  });

  it("refuses a client of the tree", async () => {
    const clients = { grafana: { flow: "service" } };
    assert.match(await refusal({ settings: { cluster: CLUSTER, clients } }), /^hearth-identity:clients\.grafana is the tree's: .*$/);
  });

  it("hands a temporary password on as a secret, and refuses one in clear without repeating it", async () => {
    const users = { ada: { ...SETTINGS.users.ada, temporaryPassword: "a temporary password" } };
    const { registered } = await run({ settings: { ...SETTINGS, users }, secretKeys: ["hearth-identity:users"] });
    const initial = JSON.stringify(inputsOf(registered, "index/user:User", "ada")?.["initialPassword"]);
    assert.match(initial, /a temporary password/);
    assert.match(initial, /1b47061264138c4ac30d75fd1eb44270/, "the engine's mark of a secret");
    const said = await refusal({ settings: { ...SETTINGS, users } });
    assert.match(said, /^hearth-identity:users\.ada\.temporaryPassword is a secret in clear: .* \[secrets\.in-clear\]$/);
    assert.doesNotMatch(said, /a temporary/);
  });

  it("loads under the loader that Pulumi's own Node host uses, with this project's own settings for it", async function () {
    this.timeout(60_000);
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "load-with-pulumi.js")]);
    assert.deepEqual(JSON.parse(stdout), { exported: "function", typeChecked: false });
  });
});
