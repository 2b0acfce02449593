import * as grpc from "@grpc/grpc-js";
import type { CertKey } from "../contracts";
import { WorldError, type WorldErrorCode } from "./errors";
import { etcdStatusResponse, kubeletSpecResponse, serviceListResponse, versionResponse, type NodeAnswers } from "./machine-service";

/** Port of Talos' machine API. */
const TALOS_API_PORT = 50000;

/** A node's API in maintenance (any client, nothing answered) or with its cluster's certificate (mutual TLS). */
export type NodeApi =
  | { readonly kind: "maintenance"; readonly certificate: CertKey }
  | {
      readonly kind: "secure";
      readonly certificate: CertKey;
      readonly ca: string;
      readonly answers: () => NodeAnswers;
      readonly bootstrap: () => Promise<void>;
    };

/** One open API; `close` also cuts the connections that are there. */
export interface NodeListener {
  close(): void;
}

const bytes = (value: Buffer): Buffer => value;

/** Listens on `<address>:50000`. Rejects when the address cannot be bound. */
export async function openNodeListener(address: string, api: NodeApi): Promise<NodeListener> {
  const server = new grpc.Server();
  const method = (name: string, answer: () => Buffer | Promise<Buffer>): void => {
    server.register(
      name,
      (_call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) => {
        new Promise<Buffer>((resolve) => resolve(answer())).then(
          (value) => callback(null, value),
          (error: unknown) => callback(statusOf(error)),
        );
      },
      bytes,
      bytes,
      "unary",
    );
  };
  method("/machine.MachineService/Version", () => versionResponse(answersOf(api)));
  method("/machine.MachineService/ServiceList", () => serviceListResponse(answersOf(api)));
  method("/cosi.resource.State/Get", () => kubeletSpecResponse(answersOf(api)));
  method("/machine.MachineService/Bootstrap", async () => {
    answersOf(api); // not in maintenance
    if (api.kind === "secure") await api.bootstrap();
    return Buffer.alloc(0); // BootstrapResponse, of which nobody reads more than that it came
  });
  method("/machine.MachineService/EtcdStatus", () => {
    const answers = answersOf(api);
    if (!answers.etcd) throw new ApiStatus(grpc.status.UNAVAILABLE, "etcd is not running on this node");
    return etcdStatusResponse(answers, answers.etcd.leader);
  });
  await bind(server, address, credentialsOf(api));
  return { close: () => server.forceShutdown() };
}

/** What the client sees of an error. */
function statusOf(error: unknown): { code: grpc.status; details: string } {
  if (error instanceof ApiStatus) return { code: error.code, details: error.message };
  if (error instanceof WorldError) return { code: GRPC_CODES[error.code], details: error.message };
  return { code: grpc.status.INTERNAL, details: String(error) };
}

const GRPC_CODES: Readonly<Record<WorldErrorCode, grpc.status>> = {
  "already-exists": grpc.status.ALREADY_EXISTS,
  cancelled: grpc.status.CANCELLED,
  "deadline-exceeded": grpc.status.DEADLINE_EXCEEDED,
  "failed-precondition": grpc.status.FAILED_PRECONDITION,
  "invalid-argument": grpc.status.INVALID_ARGUMENT,
  "not-found": grpc.status.NOT_FOUND,
  "permission-denied": grpc.status.PERMISSION_DENIED,
  "resource-exhausted": grpc.status.RESOURCE_EXHAUSTED,
  unauthenticated: grpc.status.UNAUTHENTICATED,
  unavailable: grpc.status.UNAVAILABLE,
  unimplemented: grpc.status.UNIMPLEMENTED,
};

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
