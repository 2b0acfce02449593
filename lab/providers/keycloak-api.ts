/** Keycloak's admin REST API, called as `keycloak/terraform-provider-keycloak` v5.9.0 does (`keycloak/keycloak_client.go`). */
import { AdapterError, type CallContext, type Inputs } from "./adapter";

/** A representation of the admin API. */
export type Representation = Readonly<Record<string, unknown>>;

/** Seconds that one request may take when the configuration does not say: the SDK's own default. */
const TIMEOUT = 5;

/** Keycloak said no. */
export class KeycloakRefusal extends AdapterError {
  constructor(
    readonly httpStatus: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the requests of one provider instance share: its access token. */
class Login {
  token: string | undefined;
}

/** By the instance's configuration, which the frame keeps as long as the connection. */
const logins = new WeakMap<Inputs, Login>();

/** The API as one call of the engine uses it. */
export class KeycloakApi {
  readonly #login: Login;
  readonly #config: Inputs;

  constructor(private readonly ctx: CallContext) {
    this.#config = ctx.config;
    this.#login = logins.get(ctx.config) ?? new Login();
    logins.set(ctx.config, this.#login);
  }

  get<T = Representation>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.#json<T>("GET", `${path}${Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query).toString()}`}`);
  }

  /** Undefined when there is none. */
  find<T = Representation>(path: string): Promise<T | undefined> {
    return this.get<T>(path).catch((error: unknown) => {
      if (error instanceof KeycloakRefusal && error.httpStatus === 404) return undefined;
      throw error;
    });
  }

  /** The id of what was made: the last step of the answer's location. */
  async post(path: string, body: unknown): Promise<string> {
    const answer = await this.#send("POST", path, body);
    return answer.headers.get("location")?.split("/").at(-1) ?? "";
  }

  async put(path: string, body?: unknown): Promise<void> {
    await this.#send("PUT", path, body);
  }

  async delete(path: string, body?: unknown): Promise<void> {
    await this.#send("DELETE", path, body);
  }

  /** Logs in, and asks for the server's version as the provider does after each log-in. */
  async login(): Promise<void> {
    const { clientId, clientSecret, realm } = this.#config;
    const url = `${this.#origin()}/realms/${typeof realm === "string" ? realm : "master"}/protocol/openid-connect/token`;
    const form = { grant_type: "client_credentials", client_id: String(clientId ?? ""), client_secret: String(clientSecret ?? "") };
    const answer = await this.#fetch(url, { method: "POST", body: new URLSearchParams(form) });
    if (!answer.ok) throw new KeycloakRefusal(answer.status, `error logging in: error sending POST request to ${url}: ${answer.status}`);
    const { access_token: token } = (await answer.json()) as { readonly access_token: string }; // RFC 6749, 5.1
    this.#login.token = token;
    await this.get("/serverinfo");
  }

  async #json<T>(method: string, path: string): Promise<T> {
    return (await (await this.#send(method, path)).json()) as T; // Keycloak's own schema is what says so
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    if (this.#login.token === undefined) await this.login();
    let answer = await this.#request(method, path, body);
    if (answer.status === 401 || answer.status === 403) {
      await this.login();
      answer = await this.#request(method, path, body);
    }
    if (answer.ok) return answer;
    const said = await answer.text();
    const what = `error sending ${method} request to /admin${path}: ${answer.status}.`;
    throw new KeycloakRefusal(answer.status, said === "" ? what : `${what} Response body: ${said}`);
  }

  #request(method: string, path: string, body: unknown): Promise<Response> {
    return this.#fetch(`${this.#origin()}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#login.token ?? ""}`, accept: "application/json", "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { clientTimeout } = this.#config;
    const timeout = AbortSignal.timeout((typeof clientTimeout === "number" ? clientTimeout : TIMEOUT) * 1000);
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any([timeout, this.ctx.signal]) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new AdapterError(`error sending request: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  #origin(): string {
    const { url, basePath } = this.#config;
    return `${String(url ?? "")}${typeof basePath === "string" ? basePath : ""}`;
  }
}
