import { createServer } from "node:net";

/** Ports of 127.0.0.1 that nobody listens on, all different. `preferred` ones are kept when they are free. */
export async function freePorts<Name extends string>(names: readonly Name[], preferred: Partial<Record<Name, number>> = {}): Promise<Record<Name, number>> {
  const held = await Promise.all(names.map(async (name) => ({ name, server: await hold(preferred[name] ?? 0).catch(() => hold(0)) })));
  const ports = Object.fromEntries(held.map(({ name, server }) => [name, server.port] as const)) as Record<Name, number>; // fromEntries forgets the names
  await Promise.all(held.map(({ server }) => server.release()));
  return ports;
}

async function hold(port: number): Promise<{ readonly port: number; release(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP listener has no port");
  return { port: address.port, release: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
