import * as grpc from "@grpc/grpc-js";
import type { CertKey } from "../contracts";
import { etcdStatusResponse, kubeletSpecResponse, serviceListResponse, versionResponse, type NodeAnswers } from "./machine-service";

/** Port of Talos' machine API. */
export const TALOS_API_PORT = 50000;

/** A node's API in maintenance (any client, nothing answered) or with its cluster's certificate (mutual TLS). */
export type NodeApi =
  | { readonly kind: "maintenance"; readonly certificate: CertKey }
  | { readonly kind: "secure"; readonly certificate: CertKey; readonly ca: string; readonly answers: () => NodeAnswers };

/** One open API; `close` also cuts the connections that are there. */
export interface NodeListener {
  close(): void;
}

const bytes = (value: Buffer): Buffer => value;

/** Listens on `<address>:50000`. Rejects when the address cannot be bound. */
export async function openNodeListener(address: string, api: NodeApi): Promise<NodeListener> {
  const server = new grpc.Server();
  const method = (name: string, answer: () => Buffer): void => {
    server.register(
      name,
      (_call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        try {
          callback(null, answer());
        } catch (error) {
          callback(
            error instanceof ApiStatus
              ? { code: error.code, details: error.message }
              : { code: grpc.status.INTERNAL, details: String(error) },
          );
        }
      },
      bytes,
      bytes,
      "unary",
    );
  };
  method("/machine.MachineService/Version", () => versionResponse(answersOf(api)));
  method("/machine.MachineService/ServiceList", () => serviceListResponse(answersOf(api)));
  method("/cosi.resource.State/Get", () => kubeletSpecResponse(answersOf(api)));
  method("/machine.MachineService/EtcdStatus", () => {
    const answers = answersOf(api);
    if (!answers.etcd) throw new ApiStatus(grpc.status.UNAVAILABLE, "etcd is not running on this node");
    return etcdStatusResponse(answers, answers.etcd.leader);
  });
  await bind(server, address, credentialsOf(api));
  return { close: () => server.forceShutdown() };
}

/** An error that the client sees as a gRPC status. */
class ApiStatus extends Error {
  constructor(
    readonly code: grpc.status,
    text: string,
  ) {
    super(text);
  }
}

function answersOf(api: NodeApi): NodeAnswers {
  if (api.kind === "maintenance") throw new ApiStatus(grpc.status.UNIMPLEMENTED, "API is not implemented in maintenance mode");
  return api.answers();
}

function credentialsOf(api: NodeApi): grpc.ServerCredentials {
  const pair = { cert_chain: Buffer.from(api.certificate.cert, "base64"), private_key: Buffer.from(api.certificate.key, "base64") };
  const trusted = api.kind === "secure" ? Buffer.from(api.ca, "base64") : null;
  return grpc.ServerCredentials.createSsl(trusted, [pair], api.kind === "secure");
}

function bind(server: grpc.Server, address: string, credentials: grpc.ServerCredentials): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${address}:${TALOS_API_PORT}`, credentials, (error) => (error ? reject(error) : resolve()));
  });
}
