/** The frame spoken to as the engine does, without an engine. */
import assert from "node:assert/strict";
import { credentials, status, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { AdapterError, type EngineCall, type Inputs, type ProviderAdapter } from "../../../lab/providers/adapter";
import { genericDiff } from "../../../lab/providers/diff";
import { attachEnvironment, serveProviders, type ProviderServers } from "../../../lab/providers/frame";
import { flag, listOf, number, objectOf, required, text } from "../../../lab/providers/property-table";

const URN = "urn:pulumi:stack::project::parent:Type$toy:index:Thing::thing";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: JavaScriptValue) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("the provider frame", () => {
  let servers: ProviderServers;
  let seen: { method: string; inputs: Inputs; config: Inputs }[] = [];
  let observed: EngineCall[] = [];
  let failures: unknown[] = [];
  let clients: Client[] = [];

  beforeEach(async () => {
    [seen, observed, failures, clients] = [[], [], [], []];
    const observer = {
      onCall: (call: EngineCall) => void observed.push(call),
      onFailure: (_: EngineCall, error: unknown) => void failures.push(error),
    };
    servers = await serveProviders([toy((call) => void seen.push(call))], { host: "127.0.0.1", observer });
  });

  afterEach(async () => {
    clients.forEach((client) => client.close());
    await servers.close();
  });

  const connect = async (config: Record<string, JavaScriptValue> = {}): Promise<Client> => {
    const client = new Client(servers.ports["toy"] ?? 0);
    clients.push(client);
    await client.configure(config);
    return client;
  };

  it("keeps the configuration of each connection apart", async () => {
    const [first, second] = [await connect({ endpoint: "one" }), await connect({ endpoint: "two" })];
    await first.create({ name: "a" });
    await second.create({ name: "b" });
    await first.create({ name: "c" });
    assert.deepEqual(
      seen.filter(({ method }) => method === "create").map(({ inputs, config }) => `${inputs["name"]} ${config["endpoint"]}`),
      ["a one", "b two", "c one"],
    );
  });

  it("refuses to work for a connection that was never configured", async () => {
    const client = new Client(servers.ports["toy"] ?? 0);
    clients.push(client);
    await assert.rejects(client.create({ name: "a" }), hasStatus(status.FAILED_PRECONDITION, /not configured/));
  });

  it("reads configuration that SDKs send as JSON, and drops what the engine adds", async () => {
    const client = await connect({ endpoint: "12", insecure: "true", retries: "3", version: "1.0.0" });
    await client.create({ name: "a" });
    assert.deepEqual(seen.find(({ method }) => method === "create")?.config, { endpoint: "12", insecure: true, retries: 3 });
  });

  it("refuses configuration that the table does not know", async () => {
    const client = await connect();
    const { failuresList } = (await client.checkConfig({ endpont: "x", insecure: "maybe" })).toObject();
    assert.deepEqual(failuresList, [
      { property: "endpont", reason: 'endpont is not an input; did you mean "endpoint"?' },
      { property: "insecure", reason: "insecure must be true or false, not text" },
    ]);
  });

  it("updates a provider whose configuration changed, and never replaces it", async () => {
    const client = await connect();
    const response = (await client.diffConfig({ endpoint: "a" }, { endpoint: "b" })).toObject();
    assert.equal(response.changes, rpc.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(response.replacesList, []);
  });

  it("does not ask the adapter about inputs that the table refuses", async () => {
    const client = await connect();
    const response = await client.check({ list: [{ valu: "x" }, "y"], name: 7 });
    assert.deepEqual(
      response.getFailuresList().map((failure) => failure.getReason()),
      [
        'list[0].valu is not an input; did you mean "value"?',
        "list[0].value is required",
        "list[1] must be an object, not text",
        "name must be text, not a number",
      ],
    );
    assert.deepEqual(seen, []);
  });

  it("names no property for a refused secret, since the engine prints the value of what is named", async () => {
    const client = await connect();
    const [failure] = (await client.check({ name: "a", size: secret("big") })).getFailuresList();
    assert.equal(failure?.getProperty(), "");
    assert.equal(failure?.getReason(), "size must be a number, not text");
  });

  it("lets unknown values pass as any type, and keeps secrets secret through a check", async () => {
    const client = await connect();
    const response = await client.check({ name: secret("n"), size: UNKNOWN_TEXT });
    assert.deepEqual(response.getFailuresList(), []);
    assert.deepEqual(response.getInputs()?.toJavaScript(), { name: secret("n"), size: UNKNOWN_TEXT });
  });

  it("makes a preview's outputs itself: the inputs, and what the provider fills in unknown", async () => {
    const client = await connect();
    const { properties } = await client.create({ name: secret("n") }, "preview");
    assert.deepEqual(properties, { name: secret("n"), token: secret(UNKNOWN_TEXT), url: UNKNOWN_TEXT });
    assert.deepEqual(seen, []);
  });

  it("wraps secret outputs and echoes of secret inputs", async () => {
    const client = await connect();
    const { id, properties } = await client.create({ name: secret("n"), size: 1 });
    assert.equal(id, "made-n");
    assert.deepEqual(properties, { name: secret("n"), size: 1, token: secret("t"), url: "https://toy" });
  });

  it("previews an update as the old state under the new inputs, with nothing unknown that was known", async () => {
    const client = await connect();
    const properties = await client.update({ name: "a", size: 1, token: secret("t"), url: "u" }, { name: "b" }, "preview");
    assert.deepEqual(properties, { name: "b", token: secret("t"), url: "u" });
    assert.deepEqual(seen, []);
  });

  it("says of a resource without update that it cannot be changed", async () => {
    const client = await connect();
    await assert.rejects(
      client.update({ name: "a" }, { name: "b" }, "apply"),
      hasStatus(status.UNIMPLEMENTED, /cannot be changed in place/),
    );
  });

  it("compares with ignored changes put back", async () => {
    const client = await connect();
    const olds = { name: "a", list: [{ value: "x" }] };
    const changed = await client.diff(olds, { name: "b", list: [{ value: "y" }] }, ["list[*].value"]);
    assert.deepEqual(changed.toObject().detaileddiffMap, [["name", { kind: rpc.PropertyDiff.Kind.UPDATE_REPLACE, inputdiff: true }]]);
    assert.deepEqual(changed.getReplacesList(), ["name"]);
    const same = await client.diff(olds, { name: "b" }, ["name", "list"]);
    assert.equal(same.getChanges(), rpc.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("answers a refresh of something gone with no id, and an import with inputs", async () => {
    const client = await connect();
    assert.equal((await client.read("gone", { name: "a" }, { name: "a" })).getId(), "");
    const imported = await client.read("there", {}, {});
    assert.deepEqual(imported.getInputs()?.toJavaScript(), { name: "there" });
    assert.deepEqual(imported.getProperties()?.toJavaScript(), { name: "there", url: "u" });
  });

  it("refuses types and functions that it does not know", async () => {
    const client = await connect();
    await assert.rejects(
      client.create({}, "apply", "urn:pulumi:s::p::toy:index:Other::x"),
      hasStatus(status.NOT_FOUND, /toy:index:Other; it knows toy:index:Thing/),
    );
    await assert.rejects(client.invoke("toy:index:other", {}), hasStatus(status.NOT_FOUND, /function toy:index:other/));
    await assert.rejects(client.call(), hasStatus(status.UNIMPLEMENTED, /./));
  });

  it("runs functions, with their arguments checked and their phase told", async () => {
    const client = await connect();
    const result = await client.invoke("toy:index:look", { key: "k" });
    assert.deepEqual(result.getReturn()?.toJavaScript(), { key: "k", answer: secret("apply") });
    const refused = await client.invoke("toy:index:look", { ky: "k" });
    assert.equal(refused.getReturn(), undefined);
    const [failure] = refused.getFailuresList();
    assert.match(failure?.getReason() ?? "", /did you mean "key"/);
    await assert.rejects(client.invoke("toy:index:look", { key: UNKNOWN_TEXT }), /unknown arguments/);
  });

  it("passes on an error's message and code, and never its stack", async () => {
    const client = await connect();
    await assert.rejects(client.create({ name: "refused" }), (error: ServiceError) => {
      assert.equal(error.code, status.RESOURCE_EXHAUSTED);
      assert.equal(error.details, "no room for refused");
      return true;
    });
    await assert.rejects(client.create({ name: "bug" }), (error: ServiceError) => {
      assert.equal(error.details, "a bug");
      return true;
    });
    assert.deepEqual(
      failures.map((error) => error instanceof Error && error.stack?.includes("frame.test.ts")),
      [true, true],
    );
  });

  it("ends what is in flight on cancel, for that engine's connection only", async () => {
    const [first, second] = [await connect(), await connect()];
    const pending = [first.create({ name: "slow" }), second.create({ name: "slow" }, "apply", URN, 0.3)];
    const outcome = Promise.all([
      assert.rejects(pending[0] ?? Promise.resolve(), hasStatus(status.CANCELLED, /the engine was cancelled/)),
      assert.rejects(pending[1] ?? Promise.resolve(), hasStatus(status.DEADLINE_EXCEEDED, /timed out after 0.3 s/)),
    ]);
    await until(() => seen.length === 2);
    await first.cancel();
    await outcome;
  });

  it("closes at once, whatever is in flight", async () => {
    const client = await connect();
    const pending = assert.rejects(client.create({ name: "slow" }));
    await until(() => seen.length === 1);
    const start = Date.now();
    await servers.close();
    await pending;
    assert.ok(Date.now() - start < 500);
    await assert.rejects(client.create({ name: "late" }));
  });

  it("tells an observer of every call", async () => {
    const client = await connect();
    await client.create({ name: "a" }, "preview");
    await client.invoke("toy:index:look", { key: "k" });
    assert.deepEqual(
      observed.map(({ provider, method, type, mode }) => [provider, method, type, mode].join(" ")),
      ["toy Configure  apply", "toy Create toy:index:Thing preview", "toy Invoke toy:index:look apply"],
    );
  });

  it("gives the environment that attaches an engine", () => {
    assert.equal(attachEnvironment({ random: 1, talos: 2 })["PULUMI_DEBUG_PROVIDERS"], "random:1,talos:2");
  });

  it("does not serve two providers of one name", async () => {
    await assert.rejects(serveProviders([toy(() => {}), toy(() => {})], { host: "127.0.0.1" }), /two providers of one name/);
  });
});

function toy(record: (call: { method: string; inputs: Inputs; config: Inputs }) => void): ProviderAdapter {
  return {
    name: "toy",
    version: "1.0.0",
    configInputs: { properties: { endpoint: text, insecure: flag, retries: number } },
    resources: {
      "toy:index:Thing": {
        inputs: {
          properties: { name: required(text), size: number, list: listOf(objectOf({ value: required(text) })) },
          secretOutputs: ["token"],
          computed: ["token", "url"],
        },
        diff: (_id, oldInputs, _state, newInputs) => genericDiff(oldInputs, newInputs, { replaceOn: ["name"] }),
        create: async (inputs, { config, signal }) => {
          record({ method: "create", inputs, config });
          if (inputs["name"] === "refused") throw new AdapterError("no room for refused", status.RESOURCE_EXHAUSTED);
          if (inputs["name"] === "bug") throw new TypeError("a bug");
          if (inputs["name"] === "slow") await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return { id: `made-${inputs["name"]}`, state: { ...inputs, token: "t", url: "https://toy" } };
        },
        read: async (id) => (id === "gone" ? undefined : { id, state: { name: id, url: "u" } }),
        delete: async () => {},
      },
    },
    functions: {
      "toy:index:look": {
        inputs: { properties: { key: required(text) } },
        secretOutputs: ["answer"],
        invoke: async (args, ctx) => ({ ...args, answer: ctx.mode }),
      },
    },
  };
}

const hasStatus = (code: status, details: RegExp) => (error: ServiceError) => {
  assert.equal(error.code, code);
  assert.match(error.details, details);
  return true;
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The engine's side of the protocol. */
class Client {
  private readonly client: ResourceProviderClient;

  constructor(port: number) {
    const options = { "grpc.use_local_subchannel_pool": 1 };
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  close(): void {
    this.client.close();
  }

  configure(config: Record<string, JavaScriptValue>) {
    const request = new rpc.ConfigureRequest();
    request.setArgs(Struct.fromJavaScript(config));
    return unary<rpc.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  checkConfig(news: Record<string, JavaScriptValue>) {
    return unary<rpc.CheckResponse>((done) => this.client.checkConfig(checkRequest(news), done));
  }

  diffConfig(olds: Record<string, JavaScriptValue>, news: Record<string, JavaScriptValue>) {
    return unary<rpc.DiffResponse>((done) => this.client.diffConfig(diffRequest(olds, news, []), done));
  }

  check(news: Record<string, JavaScriptValue>) {
    return unary<rpc.CheckResponse>((done) => this.client.check(checkRequest(news), done));
  }

  diff(olds: Record<string, JavaScriptValue>, news: Record<string, JavaScriptValue>, ignore: string[]) {
    return unary<rpc.DiffResponse>((done) => this.client.diff(diffRequest(olds, news, ignore), done));
  }

  async create(inputs: Record<string, JavaScriptValue>, mode: "preview" | "apply" = "apply", urn = URN, timeoutSeconds = 0) {
    const request = new rpc.CreateRequest();
    request.setUrn(urn);
    request.setProperties(Struct.fromJavaScript(inputs));
    request.setPreview(mode === "preview");
    request.setTimeout(timeoutSeconds);
    const response = await unary<rpc.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), properties: response.getProperties()?.toJavaScript() };
  }

  async update(olds: Record<string, JavaScriptValue>, news: Record<string, JavaScriptValue>, mode: "preview" | "apply") {
    const request = new rpc.UpdateRequest();
    request.setUrn(URN);
    request.setId("id");
    request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript(news));
    request.setPreview(mode === "preview");
    return (await unary<rpc.UpdateResponse>((done) => this.client.update(request, done))).getProperties()?.toJavaScript();
  }

  read(id: string, state: Record<string, JavaScriptValue>, inputs: Record<string, JavaScriptValue>) {
    const request = new rpc.ReadRequest();
    request.setUrn(URN);
    request.setId(id);
    request.setProperties(Struct.fromJavaScript(state));
    request.setInputs(Struct.fromJavaScript(inputs));
    return unary<rpc.ReadResponse>((done) => this.client.read(request, done));
  }

  invoke(token: string, args: Record<string, JavaScriptValue>) {
    const request = new rpc.InvokeRequest();
    request.setTok(token);
    request.setArgs(Struct.fromJavaScript(args));
    return unary<rpc.InvokeResponse>((done) => this.client.invoke(request, done));
  }

  call() {
    return unary<rpc.CallResponse>((done) => this.client.call(new rpc.CallRequest(), done));
  }

  cancel() {
    return unary<Empty>((done) => this.client.cancel(new Empty(), done));
  }
}

function checkRequest(news: Record<string, JavaScriptValue>): rpc.CheckRequest {
  const request = new rpc.CheckRequest();
  request.setUrn(URN);
  request.setNews(Struct.fromJavaScript(news));
  return request;
}

function diffRequest(olds: Record<string, JavaScriptValue>, news: Record<string, JavaScriptValue>, ignore: string[]): rpc.DiffRequest {
  const request = new rpc.DiffRequest();
  request.setUrn(URN);
  request.setId("id");
  request.setOldInputs(Struct.fromJavaScript(olds));
  request.setOlds(Struct.fromJavaScript(olds));
  request.setNews(Struct.fromJavaScript(news));
  request.setIgnorechangesList(ignore);
  return request;
}

function unary<Response>(start: (done: (error: ServiceError | null, response: Response) => void) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => start((error, response) => (error === null ? resolve(response) : reject(error))));
}
