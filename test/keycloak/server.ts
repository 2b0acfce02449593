import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { IMPORTER_CLIENT } from "../../platform/keycloak/names";
import { freePorts } from "../../lab/kubernetes/free-port";
import { unpack } from "./distribution";

/** Credentials of the importer, as the operator would hand them to the first start. */
export const IMPORTER = { id: IMPORTER_CLIENT, secret: "importer-secret" } as const;

/** A Keycloak that runs. */
export interface RunningKeycloak {
  readonly url: string;
  /** Metrics and health. */
  readonly managementUrl: string;
  stop(): Promise<void>;
}

/** Seconds until it must answer, on a machine that may be busy. */
const DEADLINE_S = 150;

/** Starts Keycloak on loopback, with a database in memory and the options that the tree sets. */
export async function startKeycloak(): Promise<RunningKeycloak> {
  const home = unpack();
  const { port, management } = await freePorts(["port", "management"]);
  const child = spawn(
    join(home, "bin/kc.sh"),
    ["start-dev", "--db=dev-mem", "--http-host=127.0.0.1", `--http-port=${port}`, `--http-management-port=${management}`].concat([
      "--health-enabled=true",
      "--metrics-enabled=true",
      "--event-metrics-user-enabled=true",
      "--event-metrics-user-tags=realm,clientId",
    ]),
    {
      env: {
        ...process.env,
        JAVA_OPTS_APPEND: "-XX:TieredStopAtLevel=1",
        KC_BOOTSTRAP_ADMIN_CLIENT_ID: IMPORTER.id,
        KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: IMPORTER.secret,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const stop = async (): Promise<void> => {
    // kc.sh runs Java as a child: both are in the group that was made for them.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
    rmSync(join(home, ".."), { recursive: true, force: true });
  };
  const running = { url: `http://127.0.0.1:${port}`, managementUrl: `http://127.0.0.1:${management}`, stop };
  for (let second = 0; second < DEADLINE_S; second += 1) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${running.url}/realms/master`).catch(() => undefined);
    if (answer?.ok === true) return running;
    await sleep(1000);
  }
  await stop();
  throw new Error(`Keycloak does not answer:\n${log}`);
}
