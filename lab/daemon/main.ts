/** The daemon's own process: `node lab/daemon/main.ts <stack>`, started by the lab's command line. */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabHome } from "../home";
import { ensureToolchain } from "../toolchain/toolchain";
import { startTalosHelper } from "../toolchain/talos-helper-client";
import { Daemon } from "./daemon";

async function main(stack: string): Promise<void> {
  process.umask(0o077);
  const home = new LabHome(stack).prepare();
  const lock = takeLock(join(home.dir, "daemon.pid"));
  const toolchain = await ensureToolchain({ progress: () => undefined });
  const daemon = new Daemon(home, toolchain, startTalosHelper(toolchain.path("talos-helper")));
  const server = await daemon.start(() => {
    server.close();
    rmSync(home.socket, { force: true });
    rmSync(lock, { force: true });
    process.exit(0);
  });
}

/** One daemon per lab. @throws Error when another one lives. */
function takeLock(path: string): string {
  if (existsSync(path) && alive(Number(readFileSync(path, "utf8"))))
    throw new Error(`another daemon serves this lab: process ${readFileSync(path, "utf8")}`);
  rmSync(path, { force: true });
  const file = openSync(path, "wx", 0o600);
  writeFileSync(file, String(process.pid));
  closeSync(file);
  return path;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("daemon");
  } catch {
    return false;
  }
}

// A failure in the background is written down; the lab goes on, and the next command shows what is missing.
process.on("unhandledRejection", (error) => console.error("unhandled", error));
process.on("SIGINT", () => undefined); // Ctrl-C in the terminal is for the command, not for the lab
main(process.argv[2] ?? "lab").catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
