import { spawn } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { basename, dirname } from "node:path";
import { GIT_ENVIRONMENT } from "./git-command";
import { GitRepository } from "./git-repository";

/** What the Git server is made of. */
export interface GitServerArgs {
  /** Bare repository, made when it is not there; its folder's name is its path in the URL. */
  readonly repository: string;
  /** @default main */
  readonly branch?: string;
  /** Password that every request must carry (any user name); open to all when absent. */
  readonly token?: string;
  /** @default a free one */
  readonly port?: number;
  /** Called after the branch moved, by `publish` or by a push over HTTP. */
  readonly onPush?: (push: Push) => Promise<void>;
}

/** A branch that moved. */
export interface Push {
  readonly before: string | undefined;
  readonly after: string;
  readonly branch: string;
}

/** Git over HTTP on 127.0.0.1: git's own `http-backend` behind Node's HTTP server. */
export class GitServer {
  readonly repository: GitRepository;
  readonly #args: GitServerArgs;
  readonly #server: Server;
  #port = 0;

  private constructor(args: GitServerArgs, repository: GitRepository) {
    this.#args = args;
    this.repository = repository;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(args: GitServerArgs): Promise<GitServer> {
    const server = new GitServer(args, await GitRepository.open(args.repository, args.branch));
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      server.#server.listen(args.port ?? 0, "127.0.0.1", resolve);
    });
    const address = server.#server.address();
    if (address === null || typeof address === "string") throw new Error("the Git server has no port");
    server.#port = address.port;
    return server;
  }

  /** Address of the repository, without credentials. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/${basename(this.repository.path)}`;
  }

  /** Makes the branch's tree exactly `tree` and tells whoever waits for a push. @returns the commit; unchanged trees make none. */
  async publish(tree: ReadonlyMap<string, string | Buffer>, message: string): Promise<string> {
    const before = await this.repository.head();
    const after = await this.repository.commit(tree, message);
    if (after !== before) await this.#pushed(before);
    return after;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.#allowed(request)) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="lab"' }).end();
        return;
      }
      const before = await this.repository.head();
      await runBackend(this.repository.path, request, response);
      if (request.method === "POST" && (request.url ?? "").endsWith("/git-receive-pack")) await this.#pushed(before);
    } catch (error) {
      if (!response.headersSent) response.writeHead(500);
      response.end(error instanceof Error ? error.message : "");
    }
  }

  #allowed(request: IncomingMessage): boolean {
    if (this.#args.token === undefined) return true;
    const [scheme, credentials = ""] = (request.headers.authorization ?? "").split(" ");
    const password = Buffer.from(
      Buffer.from(credentials, "base64")
        .toString("utf8")
        .replace(/^[^:]*:/, ""),
    );
    const wanted = Buffer.from(this.#args.token);
    return scheme === "Basic" && password.length === wanted.length && timingSafeEqual(password, wanted);
  }

  async #pushed(before: string | undefined): Promise<void> {
    const after = await this.repository.head();
    if (after === undefined || after === before) return;
    await this.#args.onPush?.({ before, after, branch: this.repository.branch });
  }
}

/** One request through git's CGI program. */
async function runBackend(repository: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      PATH: process.env["PATH"] ?? "",
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: dirname(repository),
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_ADDR: "127.0.0.1",
      ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: request.headers["content-length"] }),
    },
  });
  child.stdin.on("error", () => undefined); // the backend may answer before it has read everything
  request.pipe(child.stdin);
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    if (head === undefined) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    writeHead(response, head.subarray(0, end).toString("utf8"));
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  response.end();
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split("\r\n")) {
    const [name = "", value = ""] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
