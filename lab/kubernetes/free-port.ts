import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type ListenOptions, type Server } from "node:net";

/** Where the kernel says from which ports it takes one for a connection, or for a listener that names none. */
const DYNAMIC_RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
const LOWEST = 10_000;
const HIGHEST = 65_535;
/** A range narrower than this is not worth drawing from. */
const ENOUGH = 1_000;
const ATTEMPTS = 1_000;

/** What this process has claimed; the claims end with it. */
const claims = new Map<number, Server>();

/**
 * Ports of 127.0.0.1 for servers that start later, all different. `preferred` ones are kept when they are free.
 *
 * They are outside of the range from which the kernel gives a port to every connection that is made: a port of that range
 * that is free now may be the near end of some connection when the server starts, and then it cannot listen. They are
 * claimed until this process ends, so that no other lab is given them before the server listens.
 * @throws Error when there is none left
 */
export async function freePorts<Name extends string>(names: readonly Name[], preferred: Partial<Record<Name, number>> = {}): Promise<Record<Name, number>> {
  const range = fixedRange(readFileSync(DYNAMIC_RANGE, "utf8"));
  const given: [Name, number][] = [];
  for (const name of names) {
    const wanted = preferred[name];
    const kept = wanted !== undefined && inside(wanted, range) && !given.some(([, port]) => port === wanted) && (await claim(wanted));
    given.push([name, kept ? wanted : await drawn(range)]);
  }
  return Object.fromEntries(given) as Record<Name, number>; // fromEntries forgets the names
}

/**
 * The ports that the kernel never takes by itself, as [first, last]: those below its range, or above it when it begins low.
 * @param dynamic two numbers, as in the kernel's file
 * @throws Error when hardly any port is left
 */
export function fixedRange(dynamic: string): readonly [number, number] {
  const [low = LOWEST, high = HIGHEST] = dynamic.trim().split(/\s+/).map(Number);
  const below = [LOWEST, low - 1] as const;
  const above = [high + 1, HIGHEST] as const;
  const range = [below, above].find(([first, last]) => last - first >= ENOUGH);
  if (range === undefined) throw new Error(`${DYNAMIC_RANGE} (${low} to ${high}) leaves no ports for the lab: narrow it, as in 32768 60999`);
  return range;
}

function inside(port: number, [first, last]: readonly [number, number]): boolean {
  return port >= first && port <= last;
}

async function drawn([first, last]: readonly [number, number]): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(first, last + 1);
    if (!claims.has(port) && (await claim(port))) return port;
  }
  throw new Error(`no free port of 127.0.0.1 between ${first} and ${last}`);
}

/** Claims a port for this process, and says whether nobody listens on it. */
async function claim(port: number): Promise<boolean> {
  if (!claims.has(port)) {
    // A name that the kernel knows once and forgets with the process: no file is left behind by one that was killed.
    const server = await listening({ path: `\0hearth-port-${port}` });
    if (server === undefined) return false;
    claims.set(port, server);
  }
  const server = await listening({ port, host: "127.0.0.1" });
  if (server === undefined) return false;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return true;
}

/** A listener that does not keep the process alive; none when the address is in use. */
function listening(address: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server.unref()));
  });
}
