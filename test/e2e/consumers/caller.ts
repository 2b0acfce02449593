import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";
import type { Kubeconfig } from "../../../lab/cli/report";

/** How a caller says who it is. */
export type Identity = { readonly token: string } | { readonly impersonate: string };

/** What the API server said. */
export interface Answer {
  readonly status: number;
  /** Its own words, where it refused. */
  readonly message: string;
}

/** Somebody who calls the real API server: by a token, or impersonated by the administrator, as Flux' controllers do it. */
export class Caller {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #server: URL;
  readonly #agent: Agent;

  constructor(
    kubeconfig: string,
    readonly identity: Identity,
  ) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig; // as Talos writes it
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
    if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster`);
    const pem = (base64: string): Buffer => Buffer.from(base64, "base64");
    const byToken = "token" in identity;
    this.#headers = byToken ? { authorization: `Bearer ${identity.token}` } : { "impersonate-user": identity.impersonate };
    this.#server = new URL(cluster.server);
    const certificate = byToken ? {} : { cert: pem(user["client-certificate-data"]), key: pem(user["client-key-data"]) };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 12, ca: pem(cluster["certificate-authority-data"]), ...certificate });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** One request, with further headers where they matter. */
  async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { status, text } = await this.#send(method, path, body, headers);
    try {
      const { message } = JSON.parse(text) as { readonly message?: unknown }; // a Status, where it is one
      return { status, message: typeof message === "string" ? message : "" };
    } catch {
      return { status, message: text.slice(0, 200) };
    }
  }

  /** As `ask`, for an answer that is read. @throws Error when it is no success. */
  async read<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await this.#send(method, path, body, {});
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as T; // the caller names what the API server promises
  }

  #send(method: string, path: string, body: unknown, more: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { ...this.#headers, accept: "application/json", ...(payload === undefined ? {} : { "content-type": type }), ...more };
    const options = { host: this.#server.hostname, port: Number(this.#server.port), method, path, agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
        response.once("error", reject);
      });
      outgoing.once("error", reject);
      outgoing.once("timeout", () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
      outgoing.end(payload);
    });
  }
}
