import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Informer, type InformerOptions } from "../../../lab/kubernetes/informer";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { StandIns } from "../../../lab/kubernetes/stand-ins";
import { fakeApiServer, type FakeApiServer } from "./fake-api-server";

const THINGS = "/apis/example.com/v1/things";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Milliseconds that anything may take on a busy machine: less than the time after which stand-ins ask without being woken. */
const LIMIT_MS = 3_000;

describe("the informer of a kind that is not served yet", function () {
  this.timeout(30_000);
  let server: FakeApiServer;
  /** Collections that are served, each with the names of its objects. */
  let served: Map<string, string[]>;
  /** Lists that were asked for, by path. */
  let asked: string[];
  let watches: Map<string, ServerResponse>;
  let accepted: Set<string | undefined>;
  let stopping: { stop(): Promise<void> }[];

  before(async () => {
    server = await fakeApiServer((incoming, response) => {
      const url = new URL(incoming.url ?? "", "https://127.0.0.1");
      const names = served.get(url.pathname);
      const headers = { "content-type": "application/json" };
      if (url.pathname === CRDS) accepted.add(incoming.headers.accept);
      if (url.searchParams.get("watch") !== "true") asked.push(url.pathname);
      if (names === undefined) return void response.writeHead(404, headers).end(JSON.stringify({ reason: "NotFound", message: "not served" }));
      if (url.searchParams.get("watch") !== "true")
        return void response.writeHead(200, headers).end(JSON.stringify({ metadata: { resourceVersion: "1" }, items: names.map(object) }));
      response.writeHead(200, headers).flushHeaders();
      watches.set(url.pathname, response);
    });
  });
  beforeEach(() => {
    served = new Map();
    asked = [];
    watches = new Map();
    accepted = new Set();
    stopping = [];
  });
  afterEach(() => Promise.all(stopping.map((each) => each.stop())));
  after(() => server.close());

  const object = (name: string): KubeObject => ({ apiVersion: "example.com/v1", kind: "Thing", metadata: { name, resourceVersion: "2" } });
  const asks = (path = THINGS): number => asked.filter((each) => each === path).length;

  function informerOf(options: Partial<InformerOptions> = {}): Informer<KubeObject> {
    const informer = new Informer<KubeObject>(server.client, { path: THINGS, onChange: () => Promise.resolve(), ...options });
    informer.start();
    stopping.push(informer);
    return informer;
  }

  /** The time until it holds, in milliseconds. */
  async function until(what: string, holds: () => boolean): Promise<number> {
    const start = Date.now();
    while (!holds()) {
      assert.ok(Date.now() - start < LIMIT_MS, `not within ${LIMIT_MS} ms: ${what}`);
      await sleep(5);
    }
    return Date.now() - start;
  }

  it("asks by itself, as often as it was told to", async () => {
    const informer = informerOf({ unservedRetryMs: 50 });
    await until("it asks again", () => asks() > 2);
    served.set(THINGS, ["a"]);
    await until("it knows of the object", () => informer.items().length === 1);
  });

  it("asks twice a second where nothing wakes it", async () => {
    informerOf();
    await until("it asks", () => asks() === 1);
    assert.ok((await until("it asks again", () => asks() === 2)) > 400);
  });

  it("is quiet until it is woken, and then asks often, for it is served a moment later", async () => {
    const informer = informerOf({ unservedRetryMs: 60_000 });
    await until("it asks", () => asks() === 1);
    await sleep(600);
    assert.equal(asks(), 1);
    informer.wake();
    await until("it asks at once", () => asks() === 2);
    await until("it asks again", () => asks() > 3);
    served.set(THINGS, ["a"]);
    await until("it knows of the object", () => informer.items().length === 1);
  });

  it("hears that it is woken while it asks", async () => {
    const informer = informerOf({ unservedRetryMs: 60_000 });
    informer.wake();
    await until("it asks again", () => asks() > 1);
  });

  it("stops while it waits", async () => {
    const informer = informerOf({ unservedRetryMs: 60_000 });
    await until("it asks", () => asks() === 1);
    await sleep(50);
    await Promise.race([informer.stop(), sleep(LIMIT_MS, undefined, { ref: false }).then(() => assert.fail("it is still waiting"))]);
  });

  it("is woken by its own CRD and by no other, where stand-ins look at it", async () => {
    served.set(CRDS, ["others.example.com"]);
    const seen: number[] = [];
    const standIn = { kind: "Thing", why: "a test", watches: [THINGS], reconcile: ({ items }: { items: (path: string) => readonly KubeObject[] }) => Promise.resolve(void seen.push(items(THINGS).length)) };
    const standIns = new StandIns(server.client, [standIn], (error) => assert.fail(String(error)));
    standIns.start();
    stopping.push(standIns);
    const add = (name: string): void => void watches.get(CRDS)?.write(`${JSON.stringify({ type: "ADDED", object: object(name) })}\n`);

    await until("it watches the CRDs", () => watches.has(CRDS));
    add("more.example.com");
    add("things.example.org");
    await sleep(600);
    assert.equal(asks(), 1, "while there is no CRD of its own");
    assert.deepEqual(seen, []);

    add("things.example.com");
    await until("it asks again", () => asks() > 2);
    served.set(THINGS, ["a", "b"]);
    await until("the stand-in hears of it", () => seen.length > 0);
    assert.deepEqual(seen, [2]);
    assert.ok([...accepted].every((accept) => accept?.includes("as=PartialObjectMetadata")), "CRDs are large: their metadata is enough");
  });
});
