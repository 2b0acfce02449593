import * as settings from "@pulumi/pulumi/runtime/settings";

interface ClientOptions {
  "grpc.use_local_subchannel_pool"?: number;
}

/**
 * Gives a program in this process a connection of its own to every engine. By default gRPC keeps what it knows of an address
 * for the whole process: an engine that gets the port of one that is gone is taken for unreachable, without being asked, until
 * a back-off of up to two minutes is over. The program then ends with "14 UNAVAILABLE: No connection established. Last error:
 * null", or, when it is inline, without a word and without a resource. A process that runs a hundred engines meets it.
 *
 * Sources: @grpc/grpc-js `subchannel-pool.ts`, `internal-channel.ts`; @pulumi/pulumi `runtime/settings.ts` (the options are
 * read whenever a client is made) and `automation/server.ts` (`run` passes over errors of gRPC).
 * @throws Error when the SDK has these options no more
 */
export function connectAnew(): void {
  const { grpcClientOptions } = settings as unknown as { readonly grpcClientOptions?: ClientOptions }; // marked internal: not in its types
  if (grpcClientOptions === undefined)
    throw new Error("@pulumi/pulumi/runtime/settings has no grpcClientOptions: see lab/engine-connections.ts");
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}
