import { chmodSync, rmSync } from "node:fs";
import * as http from "node:http";
import { message } from "../../components/gates/wait";

/** What the daemon answers to, by name: plain JSON in, plain JSON out. */
export type Handlers = Readonly<Record<string, (args: unknown) => Promise<unknown>>>;

/** Serves the handlers on a unix socket that only the owner can use. */
export async function serveControl(socket: string, handlers: Handlers): Promise<http.Server> {
  rmSync(socket, { force: true });
  const server = http.createServer((request, response) => void answer(handlers, request, response));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  chmodSync(socket, 0o600);
  return server;
}

async function answer(handlers: Handlers, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown): void =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? null));
  try {
    const handler = handlers[(request.url ?? "/").slice(1)];
    if (handler === undefined) return reply(404, { error: `the lab's daemon has no command ${request.url}` });
    const text = await read(request);
    reply(200, await handler(text === "" ? undefined : JSON.parse(text)));
  } catch (error) {
    reply(500, { error: message(error) });
  }
}

/** One call to the daemon. @throws Error with the daemon's own words; ENOENT or ECONNREFUSED when none runs. */
export async function control<T>(socket: string, name: string, args?: unknown): Promise<T> {
  const body = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = http.request({ socketPath: socket, path: `/${name}`, method: "POST" }, (response) => {
      read(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    request.once("error", reject);
    request.end(args === undefined ? "" : JSON.stringify(args));
  });
  const value: unknown = JSON.parse(body.text);
  if (body.status !== 200) throw new Error((value as { readonly error: string }).error); // the shape that `answer` gives
  return value as T; // each handler's own result type
}

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
