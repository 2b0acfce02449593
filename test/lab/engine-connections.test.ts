import { Client, credentials, Server, ServerCredentials, type ClientOptions } from "@grpc/grpc-js";
import * as settings from "@pulumi/pulumi/runtime/settings";
import assert from "node:assert/strict";
import { connectAnew } from "../../lab/engine-connections";
import { freePorts } from "../../lab/kubernetes/free-port";

const METHOD = "/pulumirpc.ResourceMonitor/SupportsFeature";
const bytes = (value: Buffer): Buffer => value;

/** What a program hears that asks whatever is at an address, with a connection that it then forgets to close. */
function ask(address: string, options: ClientOptions): Promise<string> {
  const client = new Client(address, credentials.createInsecure(), options);
  return new Promise((resolve) => {
    client.makeUnaryRequest(METHOD, bytes, bytes, Buffer.alloc(0), (error) => resolve(error?.message ?? "answered"));
  });
}

async function engineAt(address: string): Promise<Server> {
  const server = new Server();
  const definition = {
    path: METHOD,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  } as const;
  server.addService(
    { supportsFeature: definition },
    { supportsFeature: (_call: unknown, answer: (error: null, value: Buffer) => void) => answer(null, Buffer.alloc(0)) },
  );
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error))),
  );
  return server;
}

/** The options that the SDK gives to every client of an engine. */
function sdkOptions(): ClientOptions {
  return (settings as unknown as { readonly grpcClientOptions: ClientOptions }).grpcClientOptions; // marked internal: not in its types
}

/** An engine that is gone, and another one on its port. */
async function afterAnother(options: ClientOptions): Promise<string> {
  const { port } = await freePorts(["port"]);
  const address = `127.0.0.1:${port}`;
  assert.match(await ask(address, options), /^14 UNAVAILABLE: No connection established\. Last error: Error: connect ECONNREFUSED/);
  const engine = await engineAt(address);
  const heard = await ask(address, options);
  engine.forceShutdown();
  return heard;
}

describe("the connection of a program to its engine", function () {
  this.timeout(10_000);

  it("is its own, also on the port of an engine that is gone", async () => {
    connectAnew();
    assert.equal(await afterAnother(sdkOptions()), "answered");
  });

  it("is not without that: a living engine is taken for the dead one", async () => {
    const shared = { ...sdkOptions(), "grpc.use_local_subchannel_pool": 0 };
    assert.equal(await afterAnother(shared), "14 UNAVAILABLE: No connection established. Last error: null. Resolution note: ");
  });
});
