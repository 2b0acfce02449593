/** The frame under the real engine: Automation API, file backend, attached providers. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { fileBackend } from "../../lab/engine";
import { connectAnew } from "../../lab/engine-connections";
import { PartialFailure, UNKNOWN, type EngineCall, type ProviderAdapter } from "../../lab/providers/adapter";
import { cloudflareProvider } from "../../lab/providers/cloudflare";
import { genericDiff } from "../../lab/providers/diff";
import { attachEnvironment, serveProviders, type ProviderServers } from "../../lab/providers/frame";
import { flag, number, objectOf, required, text } from "../../lab/providers/property-table";
import { randomProvider } from "../../lab/providers/random";
import { CloudflareWorld } from "../../lab/world/cloudflare";
import { hashSecret, tunnelToken } from "../../lab/world/cloudflare-tunnel";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const ZONE = "fedcba9876543210fedcba9876543210";
const API_TOKEN = "canary-of-the-api-token";

interface Wishes {
  readonly comment?: string;
  readonly account?: string;
  readonly keeper?: string;
  readonly ingress?: Readonly<Record<string, unknown>>;
  readonly name?: string;
}

describe("the provider frame under the real engine", function () {
  this.timeout(180_000);
  let directory: string;
  let servers: ProviderServers;
  let stack: Stack;
  let engineCalls: EngineCall[] = [];
  let worldCalls: string[] = [];
  const counted = {
    call: async <T>(name: string, _subject: string, body: () => T | Promise<T>): Promise<T> => {
      worldCalls.push(name);
      return body();
    },
  };
  const world = new CloudflareWorld({ accountId: ACCOUNT, zones: { "example.com": ZONE }, apiTokenHash: hashSecret(API_TOKEN) }, counted);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "hearth-frame-"));
    const observer = { onCall: (call: EngineCall) => void engineCalls.push(call) };
    servers = await serveProviders([randomProvider(), cloudflareProvider(world), probe()], { host: "127.0.0.1", observer });
    stack = await makeStack(directory, servers);
  });

  after(async () => {
    await servers.close();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    engineCalls = [];
    worldCalls = [];
  });

  const preview = async (program: PulumiFn) => {
    const events: EngineEvent[] = [];
    const { changeSummary } = await stack.preview({ program, onEvent: (event) => void events.push(event), color: "never" });
    return { changes: changesOf(changeSummary), steps: events.flatMap((event) => event.resourcePreEvent?.metadata ?? []) };
  };
  const up = async (program: PulumiFn) => {
    const { outputs, summary } = await stack.up({ program, color: "never" });
    return { outputs, changes: changesOf(summary.resourceChanges ?? {}) };
  };

  it("previews creations without touching the world", async () => {
    const { changes } = await preview(edge({}));
    assert.deepEqual(changes, { create: 7 });
    assert.deepEqual(worldCalls, []);
    assert.deepEqual(
      engineCalls.filter(({ method }) => method === "Create").map(({ mode }) => mode),
      Array.from({ length: 5 }, () => "preview"),
    );
  });

  it("makes what was previewed", async () => {
    const { changes, outputs } = await up(edge({}));
    assert.deepEqual(changes, { create: 7 });
    assert.deepEqual(worldCalls.sort(), ["cloudflare.createRecord", "cloudflare.createTunnel", "cloudflare.putConfiguration"]);
    const [tunnel] = world.snapshot().tunnels;
    assert.equal(tunnel?.id, outputs["tunnelId"]?.value);
    const [record] = world.snapshot().records;
    assert.equal(record?.content, `${tunnel?.id}.cfargotunnel.com`);
    assert.equal(outputs["password"]?.value.length, 24);
    assert.equal(outputs["password"]?.secret, true);
    assert.equal(outputs["secret"]?.secret, true);
    assert.equal(outputs["identifier"]?.secret, false);
  });

  it("lets a connector in with the token that was computed from the outputs", async () => {
    const outputs = await stack.outputs();
    world.connectWithToken(tunnelToken(ACCOUNT, outputs["tunnelId"]?.value, outputs["secret"]?.value), "node-1");
    assert.equal(world.snapshot().tunnels[0]?.connections.length, 4);
    world.disconnect("node-1");
  });

  it("plans nothing when nothing changed, with no call to the world", async () => {
    const { changes } = await preview(edge({}));
    assert.deepEqual(changes, { same: 7 });
    assert.deepEqual(worldCalls, []);
  });

  it("plans exactly one update for one changed field", async () => {
    const { changes, steps } = await preview(edge({ comment: "changed" }));
    assert.deepEqual(changes, { same: 6, update: 1 });
    const step = steps.find(({ op }) => op === "update");
    assert.deepEqual(step?.diffs, ["comment"]);
    assert.equal(step?.detailedDiff?.["comment"]?.diffKind, "update");
    assert.deepEqual(worldCalls, []);
  });

  it("makes dependents of a changed resource neither unknown nor changed", async () => {
    const { changes } = await preview(edge({ name: "renamed" }));
    assert.deepEqual(changes, { same: 6, update: 1 });
  });

  it("plans a replacement where the real provider would, and replaces what depends on it", async () => {
    const { steps } = await preview(edge({ account: "ffffffffffffffffffffffffffffffff" }));
    const replaced = steps.filter(({ op }) => op === "replace").map(({ urn }) => urn.split("::").pop());
    assert.deepEqual(replaced.sort(), ["configuration", "tunnel"]);
    assert.deepEqual(worldCalls, []);
  });

  it("draws a new random value when a keeper changes, and only then", async () => {
    const { steps } = await preview(edge({ keeper: "other" }));
    assert.deepEqual(
      steps.filter(({ op }) => op === "replace").map(({ urn }) => urn.split("::").pop()),
      ["password"],
    );
    const before = (await stack.outputs())["password"]?.value;
    await up(edge({ keeper: "other" }));
    const after = (await stack.outputs())["password"]?.value;
    assert.notEqual(after, before);
    await up(edge({ keeper: "other" }));
    assert.equal((await stack.outputs())["password"]?.value, after);
    await up(edge({}));
  });

  it("keeps secrets encrypted in the state", async () => {
    const outputs = await stack.outputs();
    const state = await readFile(join(directory, ".pulumi", "stacks", "hearth-frame", "frame.json"), "utf8");
    for (const secret of [outputs["password"]?.value, outputs["secret"]?.value, API_TOKEN]) {
      assert.equal(typeof secret, "string");
      assert.ok(!state.includes(secret), "a secret is in the state in clear");
      assert.ok(!state.includes(Buffer.from(secret, "base64").toString("hex")));
    }
    assert.ok(state.includes(outputs["tunnelId"]?.value), "the state does hold what is not secret");
  });

  it("refuses an input that does not exist with its path and the nearest name, and a wrong type", async () => {
    const misspelt = edge({ ingress: { servce: "http://gateway", originRequest: { noTlsVerify: "yes" } } });
    await assert.rejects(preview(misspelt), (error: Error) => {
      assert.match(error.message, /config\.ingresses\[0\]\.servce is not an input; did you mean "service"\?/);
      assert.match(error.message, /config\.ingresses\[0\]\.service is required/);
      assert.match(error.message, /config\.ingresses\[0\]\.originRequest\.noTlsVerify must be true or false, not text/);
      assert.doesNotMatch(error.message, /\.ts:\d+/);
      return true;
    });
    assert.deepEqual(worldCalls, []);
  });

  it("never shows a secret of the wrong type", async () => {
    await assert.rejects(preview(throughProbe({ name: "odd", size: pulumi.secret("canary-of-a-secret") })), (error: Error) => {
      assert.match(error.message, /size must be a number, not text/);
      assert.ok(!error.message.includes("canary-of-a-secret"));
      return true;
    });
  });

  it("refuses a resource type that it does not know", async () => {
    const program: PulumiFn = async () => {
      new random.RandomPet("pet");
    };
    await assert.rejects(preview(program), /does not know the resource type random:index\/randomPet:RandomPet/);
  });

  it("says what the account refused, without a stack", async () => {
    world.connect(world.snapshot().tunnels[0]?.id ?? "", "node-1");
    await assert.rejects(stack.destroy({ color: "never" }), (error: Error) => {
      assert.match(error.message, /Cannot delete tunnel because it has active connections/);
      assert.doesNotMatch(error.message, /at .*\.ts:\d+/);
      return true;
    });
    world.disconnect("node-1");
    await up(edge({}));
  });

  it("sees on refresh what changed and what went away", async () => {
    const { tunnels, records } = world.snapshot();
    const client = { apiToken: API_TOKEN };
    await world.updateTunnel(client, ACCOUNT, tunnels[0]?.id ?? "", { name: "changed-by-hand" });
    await world.deleteRecord(client, ZONE, records[0]?.id ?? "");
    await stack.refresh({ color: "never" });
    const { changes } = await preview(edge({}));
    assert.deepEqual(changes, { same: 5, update: 1, create: 1 });
    await up(edge({}));
    assert.equal(world.snapshot().tunnels[0]?.name, "home");
    assert.deepEqual((await preview(edge({}))).changes, { same: 7 });
  });

  it("keeps the configuration of each explicit instance apart", async () => {
    const wrongToken: PulumiFn = async () => {
      const provider = new cloudflare.Provider("other", { apiToken: "not-the-token" });
      new cloudflare.DnsRecord("other", recordArgs("other.example.com"), { provider });
      await edge({})();
    };
    await assert.rejects(up(wrongToken), /other.*[\s\S]*Authentication error/);
    assert.equal(world.snapshot().records.length, 1);
    assert.equal(world.snapshot().tunnels.length, 1);
    await up(edge({}));
  });

  it("keeps what a creation left behind when it failed half way", async () => {
    await assert.rejects(up(throughProbe({ name: "half" })), /only half of it was made/);
    const state = await stack.exportStack();
    const left = state.deployment.resources.find((resource: { type: string }) => resource.type === "probe:index:Probe");
    assert.equal(left?.id, "half");
    assert.deepEqual(left?.initErrors, ["only half of it was made"]);
    await up(edge({}));
  });

  it("ends a call at its custom timeout", async () => {
    await assert.rejects(up(throughProbe({ name: "slow" }, { customTimeouts: { create: "1s" } })), /timed out after 1 s/);
    await up(edge({}));
  });

  it("ignores changes that the program says to ignore, nested ones too", async () => {
    const nested = (value: string) =>
      throughProbe({ name: "kept", nested: { inner: value, other: 1 } }, { ignoreChanges: ["nested.inner"] });
    await up(nested("first"));
    assert.equal((await preview(nested("second"))).changes["update"], undefined);
    await up(edge({}));
  });

  it("destroys everything", async () => {
    await stack.destroy({ color: "never" });
    assert.deepEqual(world.snapshot(), { tunnels: [], records: [] });
  });
});

/** The edge of a cluster as Hearth makes it, plus a password; `wishes` say what differs. */
function edge(wishes: Wishes): PulumiFn {
  return async () => {
    const provider = new cloudflare.Provider("edge", { apiToken: API_TOKEN });
    const secret = new random.RandomBytes("secret", { length: 32 });
    const keepers = { generation: wishes.keeper ?? "1" };
    const password = new random.RandomPassword("password", { length: 24, minNumeric: 2, special: false, keepers });
    const accountId = wishes.account ?? ACCOUNT;
    const tunnelArgs = { accountId, name: wishes.name ?? "home", configSrc: "cloudflare", tunnelSecret: secret.base64 };
    const tunnel = new cloudflare.ZeroTrustTunnelCloudflared("tunnel", tunnelArgs, { provider });
    const rule = wishes.ingress ?? { hostname: "*.example.com", service: "https://gateway:443", originRequest: { http2Origin: true } };
    const ingresses = [rule as { service: string }, { service: "http_status:404" }];
    new cloudflare.ZeroTrustTunnelCloudflaredConfig(
      "configuration",
      { accountId, tunnelId: tunnel.id, config: { ingresses } },
      { provider },
    );
    const content = pulumi.interpolate`${tunnel.id}.cfargotunnel.com`;
    new cloudflare.DnsRecord("external", { ...recordArgs("external.example.com"), content, comment: wishes.comment ?? "" }, { provider });
    return { tunnelId: tunnel.id, password: password.result, secret: secret.base64, identifier: tunnel.configSrc };
  };
}

const recordArgs = (name: string) => ({ zoneId: ZONE, name, type: "CNAME", ttl: 1, proxied: true, content: "example.org" });

/** The same edge and one resource of the test's own provider. */
function throughProbe(inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions = {}): PulumiFn {
  return async () => {
    await edge({})();
    new Probe("probe", inputs, options);
  };
}

class Probe extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super("probe:index:Probe", name, inputs, options);
  }
}

/** A provider of the test's own, for what no stand-in does on purpose. */
function probe(): ProviderAdapter {
  return {
    name: "probe",
    version: "1.0.0",
    configInputs: { properties: { enabled: flag } },
    resources: {
      "probe:index:Probe": {
        inputs: { properties: { name: required(text), size: number, nested: objectOf({ inner: text, other: number }) } },
        diff: (_id, oldInputs, _state, newInputs) => genericDiff(oldInputs, newInputs),
        planned: (inputs) => ({ ...inputs, made: UNKNOWN }),
        create: async (inputs, ctx) => {
          if (inputs["name"] === "half") throw new PartialFailure("only half of it was made", "half", inputs);
          if (inputs["name"] === "slow") await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
          return { id: String(inputs["name"]), state: inputs };
        },
        delete: async () => {},
      },
    },
    functions: {},
  };
}

const changesOf = (summary: Partial<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(summary).flatMap(([op, count]) => (count === undefined || count === 0 ? [] : [[op, count]])));

async function makeStack(directory: string, servers: ProviderServers): Promise<Stack> {
  const engine = process.env["HEARTH_PULUMI"];
  if (engine !== undefined) process.env["PATH"] = `${dirname(engine)}${delimiter}${process.env["PATH"] ?? ""}`;
  connectAnew();
  return LocalWorkspace.createOrSelectStack(
    { stackName: "frame", projectName: "hearth-frame", program: edge({}) },
    {
      workDir: directory,
      projectSettings: { name: "hearth-frame", runtime: "nodejs", backend: { url: fileBackend(directory) } },
      envVars: {
        PULUMI_HOME: join(directory, "home"),
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...attachEnvironment(servers.ports),
      },
    },
  );
}
