import assert from "node:assert/strict";
import type { Settings } from "../../config/settings";
import type { ClientImport } from "../../platform/keycloak/client";
import { ADMINS_GROUP } from "../../platform/keycloak/names";
import { keycloakAlerts, keycloakDashboard } from "../../platform/keycloak/watch";
import { everything } from "../platform/everything";
import { Admin } from "./admin";
import { whyNot } from "./distribution";
import { exportedRealm } from "./export";
import { IMPORTER_JAR, importJobs, runJob, secretText, type ImportJob } from "./jobs";
import { browserToken, serviceToken, type Caller, type Claims } from "./login";
import { startKeycloak, type RunningKeycloak } from "./server";

const REALM = "home";
const GUID = "00000000-0000-0000-0000-00000000000";
const PASSWORD = "correct horse battery";

/** Every option of the realm is used. */
const KEYCLOAK = {
  smtp: { host: "mail.example.com", from: "auth@example.com", user: "auth" },
  identityProviders: {
    google: { clientId: "google-client", hostedDomain: "example.com", role: "user" },
    microsoft: { clientId: "entra-client", tenant: `${GUID}1`, groupRoles: { [`${GUID}a`]: "admin" } },
    github: { clientId: "github-client", role: "guest" },
  },
  clients: {
    robot: { flow: "service", audiences: ["echo"] },
    terminal: { flow: "public", redirectUris: ["http://127.0.0.1:8000/callback"], audiences: ["echo", "mcp-gateway"] },
    site: { flow: "code", redirectUris: ["https://site.example.com/callback"] },
  },
};

function full(): Settings {
  const { platform } = everything();
  return everything({ platform: { ...platform, keycloak: { ...Object(platform["keycloak"]), ...KEYCLOAK } } });
}

const clientOf = (job: ImportJob): ClientImport["clients"][0] | undefined => (JSON.parse(job.text) as Partial<ClientImport>).clients?.[0];
const idOf = (job: ImportJob): string => clientOf(job)?.clientId ?? "";

const reason = whyNot();

describe("the rendered realm in a real Keycloak", function () {
  this.timeout(180_000);
  const jobs = importJobs(full());
  const clients = jobs.filter((job) => clientOf(job) !== undefined);
  let keycloak: RunningKeycloak;
  let admin: Admin;

  before(async function () {
    if (reason !== undefined) {
      console.log(`    not run: ${reason}`);
      return this.skip();
    }
    console.log(
      IMPORTER_JAR === undefined
        ? "    keycloak-config-cli cannot be had from a package registry: its part is played over the same admin API"
        : `    imported by ${IMPORTER_JAR}`,
    );
    keycloak = await startKeycloak();
    admin = new Admin(keycloak.url);
    for (const job of jobs) await runJob(job, keycloak.url);
    const enabled = { enabled: true, emailVerified: true, credentials: [{ type: "password", value: PASSWORD, temporary: false }] };
    const person = { firstName: "A", lastName: "B" };
    await admin.post(`/${REALM}/users`, { username: "ada", email: "ada@example.com", groups: [ADMINS_GROUP], ...person, ...enabled });
    await admin.post(`/${REALM}/users`, { username: "bob", email: "bob@example.com", ...person, ...enabled });
  });

  after(async () => keycloak?.stop());

  function caller(job: ImportJob): Caller {
    const id = idOf(job);
    const secret = clientOf(job)?.["publicClient"] === true ? {} : { secret: secretText(`oidc-client-${id}`, "client-secret") };
    return { realmUrl: `${keycloak.url}/realms/${REALM}`, clientId: id, ...secret };
  }

  async function tokenOf(job: ImportJob, user = "ada"): Promise<Claims> {
    const client = clientOf(job);
    if (client?.["serviceAccountsEnabled"] === true) return serviceToken(caller(job));
    const uris = client?.["redirectUris"] as readonly string[];
    return browserToken(caller(job), uris[0] ?? "", user, PASSWORD);
  }

  function jobOf(id: string): ImportJob {
    const found = clients.find((job) => idOf(job) === id);
    assert.ok(found !== undefined, id);
    return found;
  }

  it("gives each client a token for itself and the audiences that it asks for, and for nobody else", async () => {
    assert.ok(clients.length >= 3);
    for (const job of clients) {
      const mappers = clientOf(job)?.["protocolMappers"] as readonly { readonly config: Readonly<Record<string, string>> }[];
      const wanted = mappers.map(({ config }) => config["included.custom.audience"]);
      const claims = await tokenOf(job);
      assert.deepEqual([claims.aud].flat().sort(), wanted.sort(), idOf(job));
      assert.equal(claims.azp, idOf(job));
      assert.ok(claims.sub.length > 0, "Keycloak leaves sub out without the scope basic");
      assert.equal(claims.iss, `${keycloak.url}/realms/${REALM}`);
    }
    assert.deepEqual([(await tokenOf(jobOf("robot"))).aud].flat().sort(), ["echo", "robot"]);
  });

  it("puts the groups and roles of a person into the token of every client that people log in with", async () => {
    for (const job of clients.filter((each) => clientOf(each)?.["standardFlowEnabled"] === true)) {
      const ada = await tokenOf(job);
      assert.deepEqual(ada.groups, [ADMINS_GROUP], idOf(job));
      assert.deepEqual(ada.realm_access?.roles, ["admin"], idOf(job));
      const bob = await tokenOf(job, "bob");
      assert.deepEqual([bob.groups ?? [], bob.realm_access?.roles ?? []], [[], []], idOf(job));
    }
  });

  it("sends nobody to a URI that is not exactly one of the client's", async () => {
    await assert.rejects(browserToken(caller(jobOf("site")), "https://site.example.com/callback/more", "ada", PASSWORD), /no log-in form/);
    await assert.rejects(serviceToken({ ...caller(jobOf("robot")), secret: "another" }), /no token/);
  });

  it("has the identity providers with their credentials and mappers, and the roles that these name", async () => {
    const found = await admin.get<{ alias: string; config: Record<string, string> }[]>(`/${REALM}/identity-provider/instances`);
    assert.deepEqual(found.map(({ alias }) => alias).sort(), ["github", "google", "microsoft"]);
    assert.equal(found.find(({ alias }) => alias === "google")?.config["hostedDomain"], "example.com");
    assert.equal(found.find(({ alias }) => alias === "microsoft")?.config["issuer"], `https://login.microsoftonline.com/${GUID}1/v2.0`);
    const mappers = await admin.get<{ config: Record<string, string> }[]>(`/${REALM}/identity-provider/instances/microsoft/mappers`);
    assert.deepEqual(
      mappers.map(({ config }) => config["role"]),
      ["admin"],
    );
    const roles = await admin.get<{ name: string }[]>(`/${REALM}/roles`);
    for (const role of ["admin", "guest", "user"])
      assert.ok(
        roles.some(({ name }) => name === role),
        role,
      );
  });

  it("locks an account that somebody guesses at, and keeps the events for their time", async () => {
    const realm = await admin.get(`/${REALM}`);
    assert.deepEqual(
      [
        realm["bruteForceProtected"],
        realm["failureFactor"],
        realm["maxFailureWaitSeconds"],
        realm["eventsExpiration"],
        realm["registrationAllowed"],
      ],
      [true, 5, 900, 30 * 24 * 3600, false],
    );
  });

  it("locks who guesses at the realm that administers all others", async () => {
    const master = await admin.get("/master");
    assert.deepEqual([master["bruteForceProtected"], master["permanentLockout"], master["failureFactor"]], [true, false, 5]);
  });

  it("is the same after a second import, and what others made is still there", async () => {
    await admin.post(`/${REALM}/clients`, { clientId: "by-hand", redirectUris: ["https://by-hand.example.com/"], publicClient: true });
    await admin.post(`/${REALM}/roles`, { name: "by-hand" });
    await admin.post(`/${REALM}/groups`, { name: "by-hand" });
    const ids = clients.map(idOf);
    const before = await exportedRealm(admin, REALM, ids);
    for (const job of jobs) await runJob(job, keycloak.url);
    assert.deepEqual(await exportedRealm(admin, REALM, ids), before);
    assert.match(JSON.stringify(before["clients"]), /by-hand\.example\.com/);
  });

  it("keeps the client of an app that is gone", async () => {
    const rest = jobs.filter((job) => idOf(job) !== "robot");
    for (const job of rest.slice(0, 2)) await runJob(job, keycloak.url);
    assert.equal((await serviceToken(caller(jobOf("robot")))).azp, "robot");
  });

  it("emits every metric that an alert or a panel of Keycloak's reads", async () => {
    const metrics = await (await fetch(`${keycloak.managementUrl}/metrics`)).text();
    const text = JSON.stringify([keycloakAlerts, keycloakDashboard]);
    const names = [...text.matchAll(/\b((?:keycloak|http_server|agroal|jvm)_\w+)\{/g)].map(([, name = ""]) => name);
    assert.ok(names.length >= 6);
    for (const name of names) assert.match(metrics, new RegExp(`^${name}\\{`, "m"), name);
    for (const label of ['event="login"', 'error="', 'status="200"', 'area="heap"']) assert.ok(metrics.includes(label), label);
  });
});
