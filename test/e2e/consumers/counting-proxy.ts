import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a server on loopback and counts who comes; requests go on as they are, `Host` included. */
export class CountingProxy {
  #calls = 0;
  readonly #server: Server;

  private constructor(target: URL) {
    this.#server = createServer((incoming, answer) => {
      this.#calls += 1;
      const { method, url, headers } = incoming;
      const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      });
      onward.on("error", () => answer.destroy());
      incoming.pipe(onward);
    });
    this.#server.on("connection", () => (this.#calls += 1));
  }

  static async before(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(target));
    proxy.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on a port
  }

  /** Connections and requests since this was last asked. */
  taken(): number {
    const count = this.#calls;
    this.#calls = 0;
    return count;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
