import { connect, createServer, type Server, type Socket } from "node:net";

/** Port of kube-apiserver on nodes and on the VIP. */
export const KUBERNETES_API_PORT = 6443;

/** Where connections go at the moment; undefined: they are refused. */
export type Target = () => { readonly host: string; readonly port: number } | undefined;

/** A TCP listener on one address that hands every connection to a target. */
export class Forwarder {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** Rejects when the address cannot be bound. */
  static async open(address: string, port: number, target: Target): Promise<Forwarder> {
    const server = createServer();
    const forwarder = new Forwarder(server);
    server.on("connection", (client) => forwarder.join(client, target()));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return forwarder;
  }

  private join(client: Socket, target: ReturnType<Target>): void {
    if (!target) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }

  /** Stops listening and cuts every connection, as a machine without power does. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }
}
