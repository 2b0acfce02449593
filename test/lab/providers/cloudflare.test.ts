import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { CallContext, Inputs, ResourceAdapter } from "../../../lab/providers/adapter";
import { cloudflareProvider } from "../../../lab/providers/cloudflare";
import { CloudflareWorld, type CloudflareSnapshot } from "../../../lab/world/cloudflare";
import { hashSecret, tunnelToken } from "../../../lab/world/cloudflare-tunnel";

const ACCOUNT = "account";
const ZONE = "zone";
const TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared";
const CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const secret = randomBytes(32).toString("base64");
const context: CallContext = {
  config: { apiToken: "token" },
  urn: "",
  mode: "apply",
  timeoutSeconds: 0,
  signal: new AbortController().signal,
};

function account(snapshot?: CloudflareSnapshot) {
  const calls: string[] = [];
  const counted = {
    call: async <T>(name: string, subject: string, body: () => T | Promise<T>): Promise<T> => {
      calls.push(`${name} ${subject}`);
      return body();
    },
  };
  const log: string[] = [];
  const events = { append: (_at: string, kind: string, subject: string) => void log.push(`${kind} ${subject}`) };
  const settings = { accountId: ACCOUNT, zones: { "example.com": ZONE, "example.org": "zone2" }, apiTokenHash: hashSecret("token") };
  const world = new CloudflareWorld(settings, counted, { events, ...(snapshot === undefined ? {} : { snapshot }) });
  const provider = cloudflareProvider(world);
  const resource = (type: string): ResourceAdapter => {
    const found = provider.resources[type];
    assert.ok(found);
    return found;
  };
  return { world, provider, resource, calls, log };
}

const tunnelInputs: Inputs = { accountId: ACCOUNT, name: "home", configSrc: "cloudflare", tunnelSecret: secret };
const recordInputs: Inputs = {
  zoneId: ZONE,
  name: "external.example.com",
  type: "CNAME",
  content: "id.cfargotunnel.com",
  proxied: true,
  ttl: 1,
};
const makeTunnel = (resource: (type: string) => ResourceAdapter, changes: Inputs = {}) =>
  resource(TUNNEL).create({ ...tunnelInputs, ...changes }, context);

describe("tunnels of the stand-in account", () => {
  it("need a base64 secret of at least 32 bytes", async () => {
    const { resource } = account();
    await assert.rejects(makeTunnel(resource, { tunnelSecret: randomBytes(31).toString("base64") }), /at least 32 bytes/);
    await assert.rejects(makeTunnel(resource, { tunnelSecret: "not base64!" }), /must be base64/);
    await makeTunnel(resource);
  });

  it("have names of their own within the account", async () => {
    const { resource } = account();
    await makeTunnel(resource);
    await assert.rejects(makeTunnel(resource), /409 Conflict.*1013.*already have a tunnel with this name/);
  });

  it("are refused with another account's id or a wrong token", async () => {
    const { resource } = account();
    await assert.rejects(makeTunnel(resource, { accountId: "other" }), /10000.*Authentication error/);
    await assert.rejects(resource(TUNNEL).create(tunnelInputs, { ...context, config: { apiToken: "wrong" } }), /Authentication error/);
    await assert.rejects(resource(TUNNEL).create(tunnelInputs, { ...context, config: {} }), /Authentication error/);
  });

  it("let any token in when the account knows none, but not a client without one", async () => {
    const world = new CloudflareWorld({ accountId: ACCOUNT, zones: {} }, { call: async (_name, _subject, body) => body() });
    const fields = { name: "home", configSrc: "cloudflare" } as const;
    await assert.rejects(world.createTunnel({ apiToken: "" }, ACCOUNT, fields), /Authentication error/);
    await world.createTunnel({ apiToken: "any" }, ACCOUNT, fields);
  });

  it("cannot be deleted while a connector is connected, and can after it went away", async () => {
    const { world, resource } = account();
    const { id, state } = await makeTunnel(resource);
    world.connectWithToken(tunnelToken(ACCOUNT, id, secret), "node-1");
    await assert.rejects(resource(TUNNEL).delete(id, state, context), /400 Bad Request.*1022.*active connections/);
    assert.equal((await resource(TUNNEL).read?.(id, state, context))?.state["status"], "healthy");
    world.disconnect("node-1");
    assert.equal((await resource(TUNNEL).read?.(id, state, context))?.state["status"], "down");
    await resource(TUNNEL).delete(id, state, context);
    assert.equal(await resource(TUNNEL).read?.(id, state, context), undefined);
  });

  it("let in a connector with the right secret only", async () => {
    const { world, resource } = account();
    const { id } = await makeTunnel(resource);
    for (const token of [tunnelToken(ACCOUNT, id, randomBytes(32).toString("base64")), tunnelToken("other", id, secret), "rubbish", ""]) {
      assert.throws(() => world.connectWithToken(token, "node-1"), /Invalid tunnel secret/);
    }
    assert.deepEqual(world.snapshot().tunnels[0]?.connections, []);
  });

  it("change name and secret in place, and are replaced for account and configuration source", async () => {
    const { resource, world } = account();
    const diff = (changes: Inputs) => resource(TUNNEL).diff("id", tunnelInputs, {}, { ...tunnelInputs, ...changes }, context);
    assert.deepEqual((await diff({ name: "b", tunnelSecret: "c" })).replaces, []);
    assert.deepEqual((await diff({ accountId: "b" })).replaces, ["accountId"]);
    assert.deepEqual((await diff({ configSrc: "local" })).replaces, ["configSrc"]);
    const { id, state } = await makeTunnel(resource);
    const other = randomBytes(32).toString("base64");
    await resource(TUNNEL).update?.(id, state, { ...tunnelInputs, name: "renamed", tunnelSecret: other }, context);
    world.connectWithToken(tunnelToken(ACCOUNT, id, other), "node-1");
    assert.equal(world.snapshot().tunnels[0]?.name, "renamed");
  });

  it("hand out the token that one can compute, until a restart forgets the secret", async () => {
    const { provider, resource, world } = account();
    const { id } = await makeTunnel(resource);
    const name = "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken";
    const result = await provider.functions[name]?.invoke({ accountId: ACCOUNT, tunnelId: id }, context);
    assert.equal(result?.["token"], tunnelToken(ACCOUNT, id, secret));
    const restarted = account(JSON.parse(JSON.stringify(world.snapshot())));
    await assert.rejects(
      async () => restarted.provider.functions[name]?.invoke({ accountId: ACCOUNT, tunnelId: id }, context),
      /restarted/,
    );
    restarted.world.connectWithToken(tunnelToken(ACCOUNT, id, secret), "node-1");
  });

  it("write their life into the log, once for each thing that happened", async () => {
    const { resource, world, log } = account();
    const { id, state } = await makeTunnel(resource);
    world.connect(id, "node-1");
    world.connect(id, "node-1");
    world.disconnect("node-1");
    world.disconnect("node-1");
    await resource(TUNNEL).delete(id, state, context);
    assert.deepEqual(log, ["tunnel.created home", "tunnel.connected home", "tunnel.disconnected home", "tunnel.deleted home"]);
  });

  it("leave no secret in the snapshot", async () => {
    const { resource, world } = account();
    await makeTunnel(resource);
    const snapshot = JSON.stringify(world.snapshot());
    for (const form of [secret, Buffer.from(secret, "base64").toString("hex"), encodeURIComponent(secret)])
      assert.ok(!snapshot.includes(form));
  });

  it("are imported by account and id", async () => {
    const { resource } = account();
    const { id } = await makeTunnel(resource);
    const found = await resource(TUNNEL).read?.(`${ACCOUNT}/${id}`, {}, context);
    assert.equal(found?.id, id);
    assert.deepEqual(found?.inputs, { accountId: ACCOUNT, name: "home", configSrc: "cloudflare" });
    await assert.rejects(async () => resource(TUNNEL).read?.(id, {}, context), /<account_id>\/<tunnel_id>/);
  });
});

describe("a tunnel's configuration", () => {
  const put = async (ingresses: readonly Inputs[], changes: Inputs = {}) => {
    const { resource, world, calls } = account();
    const { id } = await makeTunnel(resource, changes);
    const made = await resource(CONFIG).create({ accountId: ACCOUNT, tunnelId: id, config: { ingresses } }, context);
    return { ...made, world, resource, calls };
  };
  const rule = { hostname: "*.example.com", service: "https://gateway.internal:443" };
  const rest = { service: "http_status:404" };

  it("is taken when the last rule catches all", async () => {
    const { world } = await put([rule, rest]);
    assert.deepEqual(world.snapshot().tunnels[0]?.configuration?.config.ingress, [rule, rest]);
  });

  it("is refused when it is not what cloudflared could run", async () => {
    await assert.rejects(put([]), /at least one ingress rule/);
    await assert.rejects(put([rule]), /last ingress rule must match all URLs/);
    await assert.rejects(put([rest, rule, rest]), /Rule #1 is matching every hostname/);
    await assert.rejects(put([{ ...rule, hostname: "a.*.example.com" }, rest]), /at most one wildcard/);
    await assert.rejects(put([{ ...rule, hostname: "a.example.net" }, rest]), /in no zone of this account/);
    await assert.rejects(put([{ ...rule, hostname: "badexample.com" }, rest]), /in no zone of this account/);
    await assert.rejects(put([{ ...rule, service: "gateway" }, rest]), /invalid address/);
    await assert.rejects(put([{ ...rule, service: "https://gateway/path" }, rest]), /different path/);
  });

  it("is refused for a tunnel that is managed locally", async () => {
    await assert.rejects(put([rest], { configSrc: "local" }), /managed locally/);
  });

  it("counts versions, and asks nothing of the account when it is deleted", async () => {
    const { id, state, resource, calls } = await put([rest]);
    const updated = await resource(CONFIG).update?.(
      id,
      state,
      { accountId: ACCOUNT, tunnelId: id, config: { ingresses: [rule, rest] } },
      context,
    );
    assert.equal(updated?.state["version"], 2);
    const before = calls.length;
    await resource(CONFIG).delete(id, state, context);
    assert.equal(calls.length, before);
  });

  it("is replaced for another tunnel and changed in place for other rules", async () => {
    const { resource } = account();
    const inputs = { accountId: ACCOUNT, tunnelId: "a", config: { ingresses: [rest] } };
    assert.deepEqual((await resource(CONFIG).diff("a", inputs, {}, { ...inputs, tunnelId: "b" }, context)).replaces, ["tunnelId"]);
    const other = await resource(CONFIG).diff("a", inputs, {}, { ...inputs, config: { ingresses: [rule, rest] } }, context);
    assert.deepEqual(other.replaces, []);
    assert.equal(other.changes, true);
  });

  it("is read back as the inputs that made it", async () => {
    const { id, state, resource } = await put([rule, rest]);
    const found = await resource(CONFIG).read?.(id, state, context);
    assert.deepEqual(found?.inputs?.["config"], { ingresses: [rule, rest] });
  });
});

describe("DNS records of the stand-in account", () => {
  const create = (changes: Inputs, resource = account().resource) => resource(RECORD).create({ ...recordInputs, ...changes }, context);

  it("are made in a zone of the account, below its name", async () => {
    await create({});
    await assert.rejects(create({ zoneId: "none" }), /404 Not Found.*7003/);
    await assert.rejects(create({ name: "external.example.org" }), /is not in the zone example.com/);
    await assert.rejects(create({ name: "external.notexample.com" }), /is not in the zone example.com/);
  });

  it("get a complete name, which the state does not show", async () => {
    const { resource, world } = account();
    const { id, state } = await create({ name: "external" }, resource);
    assert.equal(state["name"], "external");
    assert.equal(world.snapshot().records[0]?.name, "external.example.com");
    assert.equal((await resource(RECORD).read?.(id, state, context))?.inputs?.["name"], "external");
  });

  it("are refused beside a record that rules them out", async () => {
    const { resource } = account();
    await create({}, resource);
    await assert.rejects(create({}, resource), /81058.*identical record/);
    await assert.rejects(create({ content: "other.example.net" }, resource), /81053/);
    await assert.rejects(create({ type: "A", content: "192.0.2.1" }, resource), /81054/);
    await create({ type: "TXT", content: "text", proxied: false }, resource);
  });

  it("may stay as they are when they are updated", async () => {
    const { resource, world } = account();
    const { id, state } = await create({}, resource);
    await resource(RECORD).update?.(id, state, { ...recordInputs, comment: "new" }, context);
    assert.equal(world.snapshot().records[0]?.comment, "new");
  });

  it("are refused with content, TTL or proxy that their type does not allow", async () => {
    await assert.rejects(create({ type: "A" }), /9005/);
    await assert.rejects(create({ type: "AAAA", content: "192.0.2.1" }), /9006/);
    await assert.rejects(create({ content: "not a name" }), /9007/);
    await assert.rejects(create({ type: "TXT", content: "x" }), /cannot be proxied/);
    await assert.rejects(create({ proxied: false, ttl: 30 }), /Invalid TTL/);
    await assert.rejects(create({ content: undefined }), /content cannot be empty/);
  });

  it("need the automatic TTL when they are proxied, and a known type: said in the plan", async () => {
    const { resource, calls } = account();
    const check = async (changes: Inputs) =>
      (await resource(RECORD).check?.({ ...recordInputs, ...changes }, undefined, context))?.failures;
    assert.deepEqual(await check({}), []);
    assert.deepEqual(await check({ ttl: 300, proxied: false }), []);
    assert.deepEqual(await check({ ttl: 300 }), [{ property: "ttl", reason: "ttl must be set to 1 when `proxied` is true" }]);
    assert.equal((await check({ type: "CNAMES" }))?.[0]?.property, "type");
    assert.deepEqual(calls, []);
  });

  it("are replaced for another zone only; a different spelling is no change", async () => {
    const { resource } = account();
    const diff = (changes: Inputs) => resource(RECORD).diff("id", recordInputs, {}, { ...recordInputs, ...changes }, context);
    assert.deepEqual((await diff({ zoneId: "zone2" })).replaces, ["zoneId"]);
    assert.deepEqual((await diff({ name: "b.example.com", type: "A" })).replaces, []);
    assert.equal((await diff({ name: "External.example.com.", content: "ID.cfargotunnel.com" })).changes, false);
    assert.equal((await diff({ content: "other.cfargotunnel.com" })).changes, true);
  });

  it("cannot be deleted twice, as with the real provider", async () => {
    const { resource } = account();
    const { id, state } = await create({}, resource);
    await resource(RECORD).delete(id, state, context);
    assert.equal(await resource(RECORD).read?.(id, state, context), undefined);
    await assert.rejects(resource(RECORD).delete(id, state, context), /81044/);
  });
});

describe("looking up a zone", () => {
  it("works by id and by name, and is a call each time", async () => {
    const { provider, calls } = account();
    const lookUp = (args: Inputs) => provider.functions["cloudflare:index/getZone:getZone"]?.invoke(args, context);
    assert.equal((await lookUp({ zoneId: ZONE }))?.["name"], "example.com");
    assert.equal((await lookUp({ filter: { name: "example.org" } }))?.["zoneId"], "zone2");
    assert.deepEqual(calls, ["cloudflare.getZone zone", "cloudflare.getZone example.org"]);
    await assert.rejects(async () => lookUp({ zoneId: "none" }), /7003/);
    await assert.rejects(async () => lookUp({}), /needs zoneId or filter.name/);
  });
});
