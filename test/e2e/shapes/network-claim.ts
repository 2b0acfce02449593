import { createServer, type Server } from "node:net";
import { waitUntil } from "../../../components/gates/wait";

/** A port that nothing in a lab listens on. */
const CLAIM_PORT = 50999;
/** Seconds that another run of the same shape may take. */
const PATIENCE = 240;

/**
 * Takes a loopback network for this process, by its first node's address: two labs on one network would meet each other's nodes.
 * @returns how to give it back. @throws GateError when another run does not end.
 */
export async function claimNetwork(address: string): Promise<() => void> {
  let server: Server | undefined;
  await waitUntil({
    what: `another lab to leave the network of ${address}`,
    deadline: PATIENCE,
    look: async () => {
      server = await listen(address);
      return { ready: true };
    },
  });
  return () => void server?.close();
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(CLAIM_PORT, address, () => resolve(server.unref()));
  });
}
