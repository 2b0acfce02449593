/**
 * Stand-ins for Pulumi providers as gRPC servers: our own implementation of the engine's provider protocol, to which the
 * engine is pointed by `PULUMI_DEBUG_PROVIDERS="name:port,..."`. What a provider does is the adapters' business.
 */
import { Server, ServerCredentials, type handleUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { CallObserver, ProviderAdapter } from "./adapter";
import type { FrameParts } from "./frame-calls";
import { configHandlers } from "./frame-config";
import { functionHandlers } from "./frame-functions";
import { resourceHandlers } from "./frame-resources";
import { FrameSession } from "./frame-session";

/** Where to serve and who watches. */
export interface ServeOptions {
  /** A loopback address; every provider gets a free port on it. */
  readonly host: string;
  readonly observer?: CallObserver;
}

/** Running providers. */
export interface ProviderServers {
  /** Port by provider name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Ends every server at once: calls in flight are aborted, connections dropped. */
  close(): Promise<void>;
}

/** Serves each adapter on a port of its own. Rejects when a port cannot be bound or two adapters share a name. */
export async function serveProviders(adapters: readonly ProviderAdapter[], options: ServeOptions): Promise<ProviderServers> {
  const names = adapters.map((adapter) => adapter.name);
  if (new Set(names).size !== names.length) throw new Error(`two providers of one name among ${names.join(", ")}`);
  const running: { readonly name: string; readonly port: number; readonly stop: () => void }[] = [];
  const close = async (): Promise<void> => running.forEach(({ stop }) => stop());
  try {
    for (const adapter of adapters) running.push({ name: adapter.name, ...(await serve(adapter, options)) });
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: Object.fromEntries(running.map(({ name, port }) => [name, port])), close };
}

/**
 * Environment that attaches these servers to an engine on this machine. Without the second variable the engine looks for a
 * plugin of every provider in the state before each command, and waits seconds for a network that it does not need.
 */
export function attachEnvironment(ports: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  const attached = Object.entries(ports).map(([name, port]) => `${name}:${port}`);
  return { PULUMI_DEBUG_PROVIDERS: attached.join(","), PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
}

async function serve(adapter: ProviderAdapter, options: ServeOptions): Promise<{ port: number; stop: () => void }> {
  const session = new FrameSession();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, handlers({ adapter, session, observer: options.observer }));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:0`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const stop = (): void => {
    session.cancel("the provider was stopped");
    server.forceShutdown();
  };
  return { port, stop };
}

/** Methods that are not here (Parameterize, Call, Construct, mappings, listing) answer "unimplemented". */
function handlers(parts: FrameParts): UntypedServiceImplementation {
  return { ...aboutPlugin(parts), ...configHandlers(parts), ...resourceHandlers(parts), ...functionHandlers(parts) };
}

function aboutPlugin({ adapter, session }: FrameParts): UntypedServiceImplementation {
  const handshake: handleUnaryCall<rpc.ProviderHandshakeRequest, rpc.ProviderHandshakeResponse> = (_, callback) => {
    const response = new rpc.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(false);
    response.setAcceptOutputs(false);
    response.setSupportsAutonamingConfiguration(false);
    callback(null, response);
  };
  const getPluginInfo: handleUnaryCall<Empty, PluginInfo> = (_, callback) => {
    const info = new PluginInfo();
    info.setVersion(adapter.version);
    callback(null, info);
  };
  const getSchema: handleUnaryCall<rpc.GetSchemaRequest, rpc.GetSchemaResponse> = (_, callback) => {
    const response = new rpc.GetSchemaResponse();
    response.setSchema(JSON.stringify(minimalSchema(adapter)));
    callback(null, response);
  };
  const cancel: handleUnaryCall<Empty, Empty> = (call, callback) => {
    session.cancel("the engine was cancelled", call.getPeer());
    callback(null, new Empty());
  };
  const attach: handleUnaryCall<PluginAttach, Empty> = (_, callback) => callback(null, new Empty());
  return { handshake, getPluginInfo, getSchema, cancel, attach };
}

/** Names and tokens only: nothing generates code from it. */
function minimalSchema(adapter: ProviderAdapter): object {
  const empty = (tokens: object): object => Object.fromEntries(Object.keys(tokens).map((token) => [token, {}]));
  return { name: adapter.name, version: adapter.version, resources: empty(adapter.resources), functions: empty(adapter.functions) };
}
