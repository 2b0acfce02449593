import { IMPORTER } from "./server";

/** What Keycloak's admin API answers with; each caller names the fields that it reads. */
export type Json = Readonly<Record<string, unknown>>;

/** Keycloak's admin API, with the importer's credentials; `secret` where they are not those of the start. */
export class Admin {
  #token: { readonly text: string; readonly until: number } | undefined;

  constructor(
    readonly url: string,
    readonly secret: string = IMPORTER.secret,
  ) {}

  async get<T = Json>(path: string): Promise<T> {
    return this.#call<T>("GET", path);
  }

  async post<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.#call<T>("POST", path, body);
  }

  async put(path: string, body: unknown): Promise<void> {
    await this.#call("PUT", path, body);
  }

  /** Gives a client of the realm `master` another secret. */
  async rotate(clientId: string, secret: string): Promise<void> {
    const [client] = await this.get<readonly (Json & { readonly id: string })[]>(`/master/clients?clientId=${clientId}`);
    await this.put(`/master/clients/${client?.id}`, { ...client, secret });
  }

  /** Undefined when there is none. */
  async find<T = Json>(path: string): Promise<T | undefined> {
    return this.get<T>(path).catch((error: unknown) => {
      if (error instanceof Error && / 404 /.test(error.message)) return undefined;
      throw error;
    });
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#bearer()}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T; // Keycloak's own schema is what says so
  }

  async #bearer(): Promise<string> {
    if (this.#token !== undefined && Date.now() < this.#token.until) return this.#token.text;
    const answer = await fetch(`${this.url}/realms/master/protocol/openid-connect/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: IMPORTER.id, client_secret: this.secret }),
    });
    const { access_token: text, expires_in: seconds } = (await answer.json()) as { access_token: string; expires_in: number };
    this.#token = { text, until: Date.now() + (seconds - 10) * 1000 };
    return text;
  }
}
