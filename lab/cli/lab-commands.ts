import { existsSync } from "node:fs";
import { UserError } from "../../config";
import { stopLeftovers } from "../kubernetes/processes";
import { control } from "../daemon/control";
import { engineEnv } from "../engine";
import { daemonStatus } from "../session";
import { ensureToolchain } from "../toolchain/toolchain";
import type { Request } from "./request";
import { fluxReport } from "./report";

/** What is there now: processes, world, nodes, Flux. */
export async function status({ home }: Request): Promise<void> {
  const daemon = await daemonStatus(home);
  if (daemon === undefined) return void console.log(`no lab is up for stack ${home.stack}`);
  console.log(`daemon ${daemon.pid}, Git ${daemon.gitUrl}, charts ${daemon.chartMirror}`);
  if (Object.keys(daemon.providers).length === 0) return void console.log("the world is empty");
  const inventory = await control<Readonly<Record<string, readonly unknown[]>>>(home.socket, "inventory");
  for (const [what, items] of Object.entries(inventory)) console.log(`${what}: ${items.length === 0 ? "none" : items.join(", ")}`);
  if (existsSync(home.kubeconfig) && (inventory["nodes"]?.length ?? 0) > 0) console.log(`\n${await fluxReport(home.kubeconfig)}`);
}

/** Stops every process that the lab started. */
export async function down({ home }: Request): Promise<void> {
  const daemon = await daemonStatus(home);
  if (daemon !== undefined) await control(home.socket, "stop");
  await stopLeftovers(home.dir); // of a daemon that died before it could
  console.log(daemon === undefined ? "no lab was up" : "every process of the lab is stopped; its state stays");
}

/** Prints shell lines that point other tools at the lab. */
export async function env({ home }: Request): Promise<void> {
  const daemon = await daemonStatus(home);
  if (daemon === undefined) throw new UserError("no lab is up: npm run lab");
  const toolchain = await ensureToolchain({ progress: () => undefined });
  const variables = {
    ...engineEnv({ home, toolchain, providers: daemon.providers }),
    KUBECONFIG: home.kubeconfig,
    TALOSCONFIG: home.talosconfig,
  };
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
  console.log(`cd '${home.project}'`);
}
