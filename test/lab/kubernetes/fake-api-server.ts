import { createServer } from "node:https";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeClient } from "../../../lab/kubernetes/client";
import { makeCertificate } from "../world/small-x509";

/** A server that answers as a test says, and a client of it. */
export interface FakeApiServer {
  readonly client: KubeClient;
  close(): void;
}

/** Starts one on a free port of 127.0.0.1. */
export async function fakeApiServer(listener: RequestListener): Promise<FakeApiServer> {
  const pem = (text: string): string => Buffer.from(text, "base64").toString("utf8");
  const own = makeCertificate({ commonName: "127.0.0.1", ips: ["127.0.0.1"], role: "ca" });
  const server = createServer({ cert: pem(own.cert), key: pem(own.key) }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const client = new KubeClient({ host: "127.0.0.1", port, ca: pem(own.cert), certificate: pem(own.cert), key: pem(own.key) });
  const close = (): void => {
    client.close();
    server.close();
    server.closeAllConnections();
  };
  return { client, close };
}
