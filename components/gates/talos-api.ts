import * as grpc from "@grpc/grpc-js";
import { checkServerIdentity as tlsCheck, type PeerCertificate } from "node:tls";
import { message, type Sight } from "./wait";

/** What it takes to speak to the Talos API of one node; PEMs in base64, as Talos writes them. */
export interface TalosClient {
  readonly address: string;
  readonly caCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** Port of apid on every node. */
export const TALOS_API_PORT = 50000;
/** Seconds that one call may take. */
const CALL_DEADLINE = 5;

/** Methods of Talos' machine service that take an empty request; source: siderolabs/talos api/machine/machine.proto. */
type Method = "Version" | "EtcdStatus" | "ServiceList";

/**
 * Whether the node's API answers with a certificate of the cluster's own CA: so it is installed, rebooted and out
 * of maintenance, whose certificate is self-signed.
 */
export async function talosAnswers(client: TalosClient): Promise<Sight> {
  return call(client, "Version");
}

/** Whether the node is a member of etcd that can say its status. */
export async function etcdAnswers(client: TalosClient): Promise<Sight> {
  return call(client, "EtcdStatus");
}

/**
 * The Kubernetes version that the node runs, without a leading v: the tag of its kubelet's image. Read from Talos, not
 * from Kubernetes, so that it needs no kubeconfig. @throws Error when the node does not say.
 */
export async function runningKubernetes(client: TalosClient): Promise<string> {
  const spec = await request(client, "/cosi.resource.State/Get", KUBELET_SPEC);
  const version = /kubelet:v(\d+\.\d+\.\d+[\w.-]*)/.exec(spec.toString("latin1"))?.[1];
  if (version === undefined) throw new Error(`node ${client.address} names no kubelet image`);
  return version;
}

/** GetRequest { namespace = 1, type = 2, id = 3 }; source: cosi-project/runtime, v1alpha1/state.proto. */
const KUBELET_SPEC = Buffer.concat(
  ["k8s", "KubeletSpecs.kubernetes.talos.dev", "kubelet"].map((text, index) => textField(index + 1, text)),
);

/** A short text in protobuf's wire format. */
function textField(number: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)]);
}

/**
 * Starts etcd on the node, once in the life of a cluster. Etcd that runs already is what was wanted: the answer to an
 * earlier call may have been lost. The provider's own resource retries that answer until it fails.
 */
export async function bootstrapEtcd(client: TalosClient): Promise<Sight> {
  try {
    await request(client, "/machine.MachineService/Bootstrap", Buffer.alloc(0));
    return { ready: true };
  } catch (error) {
    if (isServiceError(error) && error.code === grpc.status.ALREADY_EXISTS) return { ready: true };
    return { ready: false, state: message(error) };
  }
}

function isServiceError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "code" in error;
}

async function call(client: TalosClient, method: Method): Promise<Sight> {
  try {
    await request(client, `/machine.MachineService/${method}`, Buffer.alloc(0));
    return { ready: true };
  } catch (error) {
    return { ready: false, state: message(error) };
  }
}

async function request(client: TalosClient, method: string, body: Buffer): Promise<Buffer> {
  const connection = connect(client);
  const bytes = (value: Buffer): Buffer => value;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const options = { deadline: Date.now() + CALL_DEADLINE * 1000 };
      connection.makeUnaryRequest(method, bytes, bytes, body, options, (error, answer) =>
        error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
      );
    });
  } finally {
    connection.close();
  }
}

/** An address cannot be a TLS server name; the certificate is held against the address all the same. */
function connect({ address, caCertificate, clientCertificate, clientKey }: TalosClient): grpc.Client {
  const checkServerIdentity = (_name: string, certificate: PeerCertificate): Error | undefined => tlsCheck(address, certificate);
  const credentials = grpc.credentials.createSsl(pem(caCertificate), privateKey(clientKey), pem(clientCertificate), {
    checkServerIdentity,
  });
  return new grpc.Client(`${address}:${TALOS_API_PORT}`, credentials, {
    "grpc.enable_retries": 0,
    "grpc.ssl_target_name_override": "talos",
  });
}

function pem(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

/** Talos labels its PKCS#8 keys `ED25519 PRIVATE KEY`, a label that OpenSSL does not know. */
function privateKey(base64: string): Buffer {
  return Buffer.from(pem(base64).toString("utf8").replaceAll("ED25519 PRIVATE KEY", "PRIVATE KEY"));
}
