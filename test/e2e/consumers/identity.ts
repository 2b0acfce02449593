import type { EngineEvent, OpMap, Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import program = require("../../../stacks/identity/index");
import { loadStackFile, type Settings } from "../../../config";
import { keycloakProvider } from "../../../lab/providers/keycloak";
import { type ProviderServers, serveProviders } from "../../../lab/providers/frame";
import { appSchemas } from "../../../platform/app-options";
import { platformProblems } from "../../../platform/plan";
import { Admin, type Json } from "../../keycloak/admin";
import { whyNot } from "../../keycloak/distribution";
import { exportedRealm } from "../../keycloak/export";
import { importJobs, runJob } from "../../keycloak/jobs";
import { browserToken, firstBrowserToken, serviceToken } from "../../keycloak/login";
import { IMPORTER, type RunningKeycloak, startKeycloak } from "../../keycloak/server";
import { CountingProxy } from "./counting-proxy";
import type { ConsumerWorld } from "./world";

const REALM = "home";
const STACK = "people";
const GITHUB = "github";
const CALLBACK = "http://127.0.0.1:8000/callback";
/** The stack, its provider, three groups and two users with what they are in and have, three clients with scopes and audiences. */
const MADE = 26;
const PASSWORD = { temporary: "a temporary password", chosen: "correct horse battery" };

/** What is asked of the realm; `url` is where Keycloak answers. */
const stackFile = (url: string): string => `config:
  hearth-identity:cluster: organization/hearth/consumers
  hearth-identity:url: ${url}
  hearth-identity:groups:
    family: { roles: [user] }
    kids: { parent: family }
    operators: { parent: admins }
  hearth-identity:users:
    ada: { email: ada@example.com, firstName: Ada, lastName: Lovelace, groups: [family] }
    grace: { email: grace@example.com, firstName: Grace, lastName: Hopper, groups: [admins, kids], roles: [user] }
  hearth-identity:clients:
    wiki: { flow: public, redirectUris: ["${CALLBACK}"] }
    robot: { flow: service, audiences: [echo] }
    site: { flow: code, redirectUris: ["https://site.example.com/callback"], postLogoutRedirectUris: ["https://site.example.com/"] }
`;

/** The stack `identity` on this cluster, in a Keycloak that really runs and that the cluster's own tree was imported into. */
export function describeIdentity(world: ConsumerWorld): void {
  const reason = whyNot();
  let starting: Promise<RunningKeycloak> | undefined;

  // Keycloak starts while the cluster comes up.
  before(() => {
    starting = reason === undefined ? startKeycloak() : undefined;
    starting?.catch(() => undefined); // told where it is waited for
  });
  after(async () => (await starting?.catch(() => undefined))?.stop());

  describe("people and groups in the cluster's Keycloak", () => {
    const events: EngineEvent[] = [];
    const canaries: string[] = [PASSWORD.temporary];
    let keycloak: RunningKeycloak;
    let admin: Admin;
    let proxy: CountingProxy;
    let servers: ProviderServers;
    let stack: Stack;
    let imported: Json;

    before(async function () {
      if (starting === undefined) {
        console.log(`    not run: ${reason}`);
        return this.skip();
      }
      keycloak = await starting;
      const secret = await clusterSecret();
      await new Admin(keycloak.url).rotate(IMPORTER.id, secret);
      admin = new Admin(keycloak.url, secret);
      canaries.push(secret);
      await importTree();
      const github = { alias: GITHUB, providerId: "github", enabled: true, config: { clientId: "c", clientSecret: "s" } };
      await admin.post(`/${REALM}/identity-provider/instances`, github);
      imported = await realm();
      proxy = await CountingProxy.before(keycloak.url);
      servers = await serveProviders([keycloakProvider()], { host: "127.0.0.1" });
      stack = await world.open({ project: "identity", stack: STACK, stackFile: stackFile(proxy.url), program, providers: servers.ports });
      await stack.setConfig("hearth-identity:users.ada.temporaryPassword", { value: PASSWORD.temporary, secret: true }, true);
    });
    after(async () => {
      await servers?.close();
      await proxy?.close();
    });

    it("are planned without a call to Keycloak", async () => {
      assert.deepEqual(await preview(), { create: MADE });
      assert.equal(proxy.taken(), 0);
    });

    it("are made by one up, with the credentials that the cluster's stack handed out", async () => {
      assert.deepEqual(await up(), { create: MADE });
      assert.ok(proxy.taken() > MADE);
    });

    it("let a person in with a temporary password, then with one of their own, with the role of their group", async () => {
      const ada = await firstBrowserToken(caller("wiki"), CALLBACK, "ada", PASSWORD);
      assert.deepEqual([ada.groups, ada.realm_access?.roles, ada.aud], [["family"], ["user"], "wiki"]);
      await assert.rejects(browserToken(caller("wiki"), CALLBACK, "ada", PASSWORD.temporary), /not sent back/);
    });

    it("give a program a token for itself and its audiences, by a secret that only the stack's outputs have", async () => {
      const { clientSecrets } = await stack.outputs();
      assert.equal(clientSecrets?.secret, true);
      const secrets = clientSecrets?.value as Readonly<Record<string, string>>; // the program's own output
      canaries.push(...Object.values(secrets));
      assert.deepEqual(Object.keys(secrets).sort(), ["robot", "site"]);
      const robot = await serviceToken({ ...caller("robot"), secret: secrets["robot"] ?? "" });
      assert.deepEqual([[robot.aud].flat().sort(), robot.groups], [["echo", "robot"], undefined]);
    });

    it("stay as they are by a second up, and by a preview that asks nobody", async () => {
      assert.deepEqual(await up(), {});
      proxy.taken();
      assert.deepEqual(await preview(), {});
      assert.equal(proxy.taken(), 0);
    });

    it("stay as they are when the tree is imported once more, and the tree stays as it is, twice", async () => {
      for (let round = 0; round < 2; round += 1) {
        const before = await realm();
        await importTree();
        assert.deepEqual(await realm(), before);
        assert.deepEqual(await up({ refresh: true }), {});
        assert.deepEqual(await realm(), before);
      }
    });

    it("change by one update where a group changes, and the person has the new role", async () => {
      edit(["hearth-identity:groups", "family", "roles"], ["admin", "user"]);
      assert.deepEqual(await up(), { update: 1 });
      const ada = await browserToken(caller("wiki"), CALLBACK, "ada", PASSWORD.chosen);
      assert.deepEqual([...(ada.realm_access?.roles ?? [])].sort(), ["admin", "user"]);
    });

    it("move a person to another group by one update", async () => {
      edit(["hearth-identity:users", "ada", "groups"], ["kids"]);
      assert.deepEqual(await up(), { update: 1 });
      const ada = await browserToken(caller("wiki"), CALLBACK, "ada", PASSWORD.chosen);
      // A group has the roles of those above it.
      assert.deepEqual([ada.groups, [...(ada.realm_access?.roles ?? [])].sort()], [["kids"], ["admin", "user"]]);
    });

    it("are brought back when somebody changed them by hand, while a person keeps the account elsewhere that they log in with", async () => {
      const [grace] = await admin.get<{ id: string }[]>(`/${REALM}/users?username=grace&exact=true`);
      const [family] = await admin.get<{ id: string }[]>(`/${REALM}/groups?search=family&exact=true`);
      const user = `/${REALM}/users/${grace?.id}`;
      await admin.put(`${user}/groups/${family?.id}`, {});
      const link = { identityProvider: GITHUB, userId: "1", userName: "grace" };
      await admin.post(`${user}/federated-identity/${GITHUB}`, link);
      edit(["hearth-identity:users", "grace", "lastName"], "Murray Hopper");
      assert.deepEqual(await up({ refresh: true }), { update: 2 });
      const groups = await admin.get<{ name: string }[]>(`${user}/groups`);
      assert.deepEqual(groups.map(({ name }) => name).sort(), ["admins", "kids"]);
      const { lastName, federatedIdentities } = await admin.get(user);
      assert.deepEqual([lastName, federatedIdentities], ["Murray Hopper", [link]]);
    });

    it("go with destroy, and nothing else goes", async () => {
      const { summary } = await stack.destroy({ onEvent: (event) => events.push(event) });
      assert.deepEqual(summary.resourceChanges, { delete: MADE, discard: 1 }); // the reference to the cluster's stack
      assert.deepEqual(await realm(), imported);
    });

    it("never show a secret in what the engine tells", () => {
      const told = JSON.stringify(events);
      assert.ok(canaries.length >= 4 && told.length > 10_000);
      for (const [position, canary] of canaries.entries()) assert.ok(!told.includes(canary), `canary ${position}`);
    });

    const caller = (clientId: string) => ({ realmUrl: `${keycloak.url}/realms/${REALM}`, clientId });

    async function importTree(): Promise<void> {
      for (const job of importJobs(settings())) await runJob(job, keycloak.url, admin.secret);
    }

    function realm(): Promise<Json> {
      return exportedRealm(admin, REALM, []);
    }

    function settings(): Settings {
      const given = { stack: "consumers", secrets: "optional", apps: appSchemas, further: platformProblems } as const;
      const { settings: found, problems } = loadStackFile(world.lab.stackFile, given);
      assert.ok(found !== undefined, JSON.stringify(problems));
      return found;
    }

    async function clusterSecret(): Promise<string> {
      const { identityClientSecret } = await (await world.lab.open()).stack.outputs();
      assert.equal(identityClientSecret?.secret, true);
      return String(identityClientSecret?.value);
    }

    function edit(path: readonly string[], value: unknown): void {
      const file = join(stack.workspace.workDir, `Pulumi.${STACK}.yaml`);
      const document = parseDocument(readFileSync(file, "utf8"));
      document.setIn(["config", ...path], document.createNode(value));
      writeFileSync(file, document.toString());
    }

    async function preview(): Promise<OpMap> {
      return changed((await stack.preview({ onEvent: (event) => events.push(event) })).changeSummary);
    }

    async function up(options: { readonly refresh?: boolean } = {}): Promise<OpMap> {
      return changed((await stack.up({ ...options, onEvent: (event) => events.push(event) })).summary.resourceChanges ?? {});
    }
  });
}

/** Without what stays and what is only read. */
function changed({ same: _same, read: _read, ...rest }: OpMap): OpMap {
  return rest;
}
