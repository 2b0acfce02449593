import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { ApiError, type KubeClient } from "../../../lab/kubernetes/client";
import { fakeApiServer, type FakeApiServer } from "./fake-api-server";

const BUSY = { kind: "Status", reason: "TooManyRequests", message: "storage is (re)initializing" };

describe("the client of the Kubernetes API", () => {
  let server: FakeApiServer;
  let client: KubeClient;
  let asked: number;
  /** How many answers are 429, and the header that says when to come back. */
  let refusals: { readonly count: number; readonly retryAfter?: string };

  before(async () => {
    server = await fakeApiServer((incoming, response) => {
      if (incoming.url?.includes("watch=true")) return void response.writeHead(200).write("\n");
      asked += 1;
      const { count, retryAfter } = refusals;
      if (asked > count) return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ asked }));
      const headers = { "content-type": "application/json", ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }) };
      response.writeHead(429, headers).end(JSON.stringify(BUSY));
    });
    client = server.client;
  });
  beforeEach(() => {
    asked = 0;
  });
  after(() => server.close());

  it("asks again when the API server says when to", async () => {
    refusals = { count: 2, retryAfter: "0" };
    assert.deepEqual(await client.request("GET", "/apis/example.com/v1/things"), { asked: 3 });
  });

  it("gives up on a server that stays busy, in its words", async () => {
    refusals = { count: Infinity, retryAfter: "0" };
    await assert.rejects(client.request("GET", "/apis/example.com/v1/things"), (error) => error instanceof ApiError && error.status === 429 && /initializing/.test(error.message));
    assert.equal(asked, 10);
  });

  it("does not ask again on its own account", async () => {
    refusals = { count: 1 };
    await assert.rejects(client.request("GET", "/apis/example.com/v1/things"), ApiError);
    assert.equal(asked, 1);
  });

  it("answers however many watches are open", async () => {
    refusals = { count: 0 };
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const watches = Array.from({ length: 40 }, () => client.watch("/apis/example.com/v1/things", {}, () => undefined, stop.signal).catch(() => undefined));
    assert.deepEqual(await client.request("GET", "/apis/example.com/v1/things", { timeoutMs: 5_000 }), { asked: 1 });
    stop.abort();
    await Promise.all(watches);
  });
});
