import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Inputs, UNKNOWN } from "../../../lab/providers/adapter";
import { keycloakProvider } from "../../../lab/providers/keycloak";
import { Driver } from "./driver";

const PROVIDER = keycloakProvider();
const GROUP: Inputs = { realmId: "home", name: "family" };
const USER: Inputs = { realmId: "home", username: "ada", initialPassword: { value: "a temporary password", temporary: true } };
const CLIENT: Inputs = {
  realmId: "home",
  clientId: "wiki",
  accessType: "PUBLIC",
  standardFlowEnabled: true,
  validRedirectUris: ["https://a/"],
};

/** What a server says to one request; a location makes it 201. */
interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: unknown;
}

/** Answers as it is told, and remembers what it was asked. The rest of the behaviour is shown with a real Keycloak, in the end-to-end tests. */
class Scripted {
  readonly asked: string[] = [];
  readonly bodies: unknown[] = [];
  readonly #server: Server;
  url = "";

  constructor(answer: (request: string, count: number) => Answer) {
    this.#server = createServer((incoming, response) => {
      void textOf(incoming).then((text) => {
        const request = `${incoming.method} ${incoming.url}`;
        this.asked.push(request);
        this.bodies.push(text.startsWith("{") ? JSON.parse(text) : text);
        const { location, body = {}, status = location === undefined ? 200 : 201 } = answer(request, this.asked.length);
        response.writeHead(status, location === undefined ? {} : { location });
        response.end(JSON.stringify(body));
      });
    });
  }

  async open(): Promise<this> {
    this.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on a port
    return this;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  driver(type: string, more: Inputs = {}): Driver {
    return new Driver(PROVIDER, `keycloak:${type}`, { url: this.url, clientId: "importer", clientSecret: "s", realm: "master", ...more });
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString();
}

const LOGIN = "POST /realms/master/protocol/openid-connect/token";

describe("The stand-in for the Keycloak provider", () => {
  let server: Scripted;
  afterEach(() => server.close());

  const realm = (request: string): Answer => {
    if (request === LOGIN) return { body: { access_token: "t" } };
    if (request.startsWith("POST ")) return { location: "http://keycloak/admin/realms/home/groups/the-id" };
    return { body: { id: "the-id", name: "family", path: "/family" } };
  };

  it("logs in before its first request, makes, and reads what it made", async () => {
    server = await new Scripted(realm).open();
    const made = await server.driver("index/group:Group").create(GROUP);
    assert.deepEqual([made.id, made.state["path"]], ["the-id", "/family"]);
    assert.deepEqual(server.asked, [
      LOGIN,
      "GET /admin/serverinfo",
      "POST /admin/realms/home/groups",
      "GET /admin/realms/home/groups/the-id",
    ]);
  });

  it("logs in when it is configured only if nobody forbids it", async () => {
    server = await new Scripted(realm).open();
    const configure = (initialLogin: Inputs): Promise<void> | undefined => {
      const config = { url: server.url, clientId: "importer", clientSecret: "s", ...initialLogin };
      return PROVIDER.configure?.(config, server.driver("index/group:Group").context());
    };
    await configure({ initialLogin: false });
    assert.deepEqual(server.asked, []);
    await configure({});
    assert.deepEqual(server.asked, [LOGIN, "GET /admin/serverinfo"]);
  });

  it("asks nobody to check, to compare and to show what it would do", async () => {
    server = await new Scripted(realm).open();
    const driver = server.driver("index/group:Group");
    const made = { id: "the-id", inputs: GROUP, state: { ...GROUP, path: "/family" } };
    await driver.preview(GROUP);
    await driver.preview({ ...GROUP, name: "kin" }, made);
    assert.deepEqual(await driver.problems({ ...GROUP, organizationId: "o" }), ["organizationId: organizationId is not in the lab"]);
    assert.deepEqual(server.asked, []);
  });

  it("logs in once more when its token is refused, and then says what Keycloak said", async () => {
    server = await new Scripted((request) =>
      request.startsWith("POST /admin") ? { status: 403, body: { error: "no" } } : realm(request),
    ).open();
    await assert.rejects(
      server.driver("index/group:Group").create(GROUP),
      /error sending POST request to \/admin\/realms\/home\/groups: 403.*no/,
    );
    assert.deepEqual(server.asked.filter((request) => request === LOGIN).length, 2);
  });

  it("finds that something is gone, and does not find that when Keycloak is down", async () => {
    let status = 404;
    server = await new Scripted((request) => (request.startsWith("GET /admin/realms") ? { status } : realm(request))).open();
    const made = { id: "the-id", inputs: GROUP, state: GROUP };
    assert.equal(await server.driver("index/group:Group").refresh(made), undefined);
    status = 503;
    await assert.rejects(server.driver("index/group:Group").refresh(made), /503/);
  });

  it("sets a first password when it makes a user, and never again", async () => {
    server = await new Scripted((request) =>
      request.startsWith("GET /admin/realms") ? { body: { id: "u", username: "ada", enabled: true } } : realm(request),
    ).open();
    const driver = server.driver("index/user:User");
    const made = await driver.create(USER);
    const at = server.asked.indexOf("PUT /admin/realms/home/users/the-id/reset-password");
    assert.deepEqual(server.bodies[at], { type: "password", value: "a temporary password", temporary: true });
    assert.equal((await driver.diff(made, { ...USER, initialPassword: { value: "another", temporary: true } })).changes, false);
    assert.deepEqual(
      [(await driver.diff(made, { ...USER, username: "grace" })).replaces, (await driver.diff(made, { ...USER, email: "a@b" })).replaces],
      [["username"], []],
    );
    assert.deepEqual(await driver.problems({ ...USER, username: "Ada" }), ["username: expected username to be all lowercase"]);
  });

  it("takes sets for sets, empty for missing, and what Keycloak fills in for nobody's wish", async () => {
    server = await new Scripted(realm).open();
    const groups = server.driver("index/userGroups:UserGroups");
    const of = { realmId: "home", userId: "u" };
    const inThem = { id: "home/u", inputs: of, state: { ...of, groupIds: ["a", "b"], exhaustive: true } };
    assert.equal((await groups.diff(inThem, { ...of, groupIds: ["b", "a"] })).changes, false);
    assert.equal((await groups.diff(inThem, { ...of, groupIds: ["b", UNKNOWN] })).changes, true);
    assert.deepEqual((await groups.diff(inThem, { ...of, userId: "v", groupIds: ["a", "b"] })).replaces, ["userId"]);
    const client = server.driver("openid/client:Client");
    const state = {
      ...CLIENT,
      enabled: true,
      fullScopeAllowed: true,
      clientSecret: "x",
      webOrigins: ["https://a"],
      implicitFlowEnabled: false,
    };
    const made = { id: "c", inputs: CLIENT, state };
    assert.equal((await client.diff(made, CLIENT)).changes, false);
    assert.deepEqual((await client.diff(made, { ...CLIENT, webOrigins: [] })).detailed, { webOrigins: "delete" });
  });

  it("refuses a client that the provider would refuse later", async () => {
    server = await new Scripted(realm).open();
    const driver = server.driver("openid/client:Client");
    assert.match((await driver.problems({ ...CLIENT, validRedirectUris: [] })).join(), /at least one valid redirect uri/);
    assert.match((await driver.problems({ ...CLIENT, standardFlowEnabled: false })).join(), /cannot be set when/);
    assert.match((await driver.problems({ ...CLIENT, serviceAccountsEnabled: true })).join(), /public clients/);
    assert.match((await driver.problems({ ...CLIENT, accessType: "public" })).join(), /must be one of/);
  });
});
