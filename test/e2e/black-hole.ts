import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** How an address swallows what is sent to it: connections are taken and never answered, or not even taken. */
export type Swallowing = "no-answer" | "no-connection";

/** Something at an address that swallows every connection; `close` ends it. */
export interface BlackHole {
  close(): Promise<void>;
}

/** Milliseconds after which a connection on the loopback interface counts as swallowed. */
const SWALLOWED = 300;
/** A listener that is stopped in its tracks, with room for one connection that nobody takes. */
const LISTENER = `require("node:net").createServer().listen({ host: process.argv[1], port: Number(process.argv[2]), backlog: 1 }, () => console.log("up"))`;

/** Makes a black hole of an address and port that nothing listens on. */
export function blackHole(address: string, port: number, swallowing: Swallowing): Promise<BlackHole> {
  return swallowing === "no-answer" ? neverAnswers(address, port) : neverConnects(address, port);
}

async function neverAnswers(address: string, port: number): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void sockets.add(socket.on("error", () => undefined)));
  server.listen({ host: address, port });
  await once(server, "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { close };
}

/** The kernel drops whoever knocks while a listener's queue is full, as a firewall does. */
async function neverConnects(address: string, port: number): Promise<BlackHole> {
  const child = spawn(process.execPath, ["-e", LISTENER, address, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const sockets: Socket[] = [];
  while (await isTaken(address, port, sockets)) if (sockets.length > 20) throw new Error(`${address}:${port} still takes connections`);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await killed(child);
  };
  return { close };
}

function isTaken(address: string, port: number, sockets: Socket[]): Promise<boolean> {
  const socket = connect({ host: address, port });
  sockets.push(socket.on("error", () => undefined));
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), SWALLOWED);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
