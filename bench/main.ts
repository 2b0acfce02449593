/**
 * `npm run bench`: the lab's three promises, measured as whole processes with the toolchain built and the world's latencies
 * at their default scale: stopped to Flux Ready, a second run that changes nothing, a push that syncs by the webhook alone.
 * Prints a line per figure and exits 1 when one is missed. `--runs N` repeats the first two and prints medians.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { waitUntil } from "../components/gates/wait";
import { loadStackFile } from "../config";
import { control } from "../lab/daemon/control";
import { clientOf } from "../lab/cli/report";
import { LabHome, PROJECT } from "../lab/home";
import { daemonStatus } from "../lab/session";
import { DEFAULT_SCALE } from "../lab/world/latencies";
import { renderTree } from "../platform/render";
import { processTree, sampleMemory, type MemorySample } from "./process-memory";

/** What is promised: seconds and MiB. */
const LIMITS = { up: 90, memory: 2560, again: 20, push: 5 } as const;
const SAMPLE_INTERVAL_MS = 500;

interface Finished {
  readonly seconds: number;
  readonly output: string;
  readonly peak: MemorySample;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "1" } } });
  const root = mkdtempSync(join(tmpdir(), "hearth-bench-"));
  process.env["HEARTH_LAB_DIR"] = root;
  const ups: Finished[] = [];
  const agains: Finished[] = [];
  const pushes: number[] = [];
  try {
    for (let run = 0; run < Number(values.runs); run++) {
      const home = new LabHome("lab", root);
      ups.push(await lab(home, []));
      agains.push(await lab(home, []));
      pushes.push(await push(home));
      await lab(home, ["down"]);
      rmSync(home.dir, { recursive: true, force: true });
    }
  } finally {
    const home = new LabHome("lab", root);
    if ((await daemonStatus(home)) !== undefined) await control(home.socket, "stop");
    rmSync(root, { recursive: true, force: true });
  }
  report(ups, agains, pushes);
}

function report(ups: readonly Finished[], agains: readonly Finished[], pushes: readonly number[]): void {
  const runs = ups.length === 1 ? "1 run" : `median of ${ups.length} runs`;
  console.log(`latencies of the world at 1:${Math.round(1 / DEFAULT_SCALE)} of real ones; ${runs}`);
  const peak = [...ups].sort((a, b) => b.peak.pssMiB - a.peak.pssMiB)[0]?.peak;
  figure("stopped to every Flux object Ready", median(ups.map(({ seconds }) => seconds)), LIMITS.up, "s");
  figure("peak memory, sum of PSS of all processes", peak?.pssMiB ?? Number.NaN, LIMITS.memory, "MiB");
  console.log(`  ${(peak?.largest ?? []).map(([name, size]) => `${name} ${size.toFixed(0)}`).join(", ")}`);
  figure("second run", median(agains.map(({ seconds }) => seconds)), LIMITS.again, "s");
  const unchanged = agains.every(({ output }) => output.includes("nothing changed"));
  console.log(`${unchanged ? "ok  " : "MISS"} the second run changes nothing`);
  if (!unchanged) process.exitCode = 1;
  figure("push to changed in the cluster, by the webhook alone", median(pushes), LIMITS.push, "s");
}

function figure(what: string, value: number, limit: number, unit: string): void {
  const holds = value < limit;
  if (!holds) process.exitCode = 1;
  console.log(`${holds ? "ok  " : "MISS"} ${what}: ${value.toFixed(1)} ${unit} (limit ${limit} ${unit})`);
}

/** One command of the lab as a process of its own. Memory is that of the command, the daemon and all their descendants. */
async function lab(home: LabHome, args: readonly string[]): Promise<Finished> {
  const start = Date.now();
  const child = spawn(process.execPath, ["--require", "tsx/cjs", "lab/main.ts", ...args], {
    cwd: PROJECT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  let peak: MemorySample = { pssMiB: 0, largest: [] };
  const sampler = setInterval(() => {
    const sample = sampleMemory(processTree([child.pid ?? 0, daemonPid(home)].filter((pid) => pid > 1)));
    if (sample.pssMiB > peak.pssMiB) peak = sample;
  }, SAMPLE_INTERVAL_MS);
  const code = await new Promise<number | null>((done) => child.once("close", done));
  clearInterval(sampler);
  if (code !== 0) throw new Error(`npm run lab -- ${args.join(" ")} failed:\n${output}`);
  return { seconds: (Date.now() - start) / 1000, output, peak };
}

function daemonPid(home: LabHome): number {
  try {
    return Number(readFileSync(join(home.dir, "daemon.pid"), "utf8"));
  } catch {
    return 0;
  }
}

/** Replicas of echo after the push; the lab's own tree has one. */
const PUSHED_REPLICAS = 3;

/** Seconds from a push until what it changed stands in the cluster; polling is an hour off, so only the webhook can bring it. */
async function push(home: LabHome): Promise<number> {
  const { settings } = loadStackFile(join(home.project, "Pulumi.lab.yaml"));
  if (settings === undefined) throw new Error("the lab's copy of the stack file does not load");
  const files = [...renderTree({ ...settings, platform: { ...settings.platform, echo: { replicas: PUSHED_REPLICAS } } })];
  const tree = files.map(([file, text]) => [`${settings.git.path}/${file}`, text]);
  const client = clientOf(home.kubeconfig);
  const start = Date.now();
  await control<string>(home.socket, "publish", { tree, message: "Change echo" });
  const path = "/apis/apps/v1/namespaces/echo/deployments/echo";
  await waitUntil({
    what: "the pushed change of echo to be in the cluster",
    deadline: 60,
    interval: 0.05,
    look: async () => {
      const { spec } = (await client.request("GET", path)) as { readonly spec: { readonly replicas: number } }; // a Deployment
      return spec.replicas === PUSHED_REPLICAS ? { ready: true } : { ready: false, state: `${spec.replicas} replicas` };
    },
  });
  return (Date.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

void main();
