/**
 * `npm run bench:policy`: what the policy pack costs a preview of a stack of 50 nodes, nothing of which exists yet.
 * Previews with and without it take turns, nine times each; the pack's own start is measured apart and taken off. Prints
 * a line per figure and exits 1 when a limit is missed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import program = require("../index");
import { POLICY_PACK } from "../lab/cli/policies";
import { control } from "../lab/daemon/control";
import { LabHome, PROJECT } from "../lab/home";
import { daemonStatus, Session } from "../lab/session";
import { ensureToolchain } from "../lab/toolchain/toolchain";

/** What is promised: seconds, and parts of a preview without the pack. */
const LIMITS = { start: 2, share: 0.05 } as const;
const RUNS = 9;
const NODES = 50;
const STACK = "policy-bench";

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "hearth-bench-"));
  const home = new LabHome(STACK, join(root, "labs"));
  const stackFile = join(root, `Pulumi.${STACK}.yaml`);
  writeFileSync(stackFile, stackText());
  try {
    const toolchain = await ensureToolchain({ progress: (line) => console.log(line) });
    const { stack } = await Session.open({ stack: STACK, charts: "lab", stackFile, home, program }, toolchain);
    const preview = (policyPacks: string[]) => timed(() => stack.preview({ policyPacks }));
    await preview([]); // both kinds of caches are warm before anything counts
    await preview([POLICY_PACK]);
    const [starts, without, withPack]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < RUNS; run++) {
      starts.push(await timed(start));
      without.push(await preview([]));
      withPack.push(await preview([POLICY_PACK]));
    }
    report(median(starts), median(without), median(withPack));
  } finally {
    if ((await daemonStatus(home)) !== undefined) await control(home.socket, "stop");
    process.chdir(PROJECT);
    rmSync(root, { recursive: true, force: true });
  }
}

function report(start: number, without: number, withPack: number): void {
  const share = (withPack - without - start) / without;
  console.log(
    `${NODES} nodes, medians of ${RUNS} alternating runs: ${without.toFixed(2)} s without the pack, ${withPack.toFixed(2)} s with it`,
  );
  figure("start of the pack", start, LIMITS.start, `${start.toFixed(2)} s`, `${LIMITS.start} s`);
  figure("what it adds besides, of the preview", share, LIMITS.share, percent(share), percent(LIMITS.share));
}

function figure(what: string, value: number, limit: number, shown: string, shownLimit: string): void {
  const holds = value <= limit;
  if (!holds) process.exitCode = 1;
  console.log(`${holds ? "ok  " : "MISS"} ${what}: ${shown} (limit ${shownLimit})`);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = Date.now();
  await work();
  return (Date.now() - start) / 1000;
}

/** From nothing to the port that the engine connects to. */
async function start(): Promise<void> {
  const pack = spawn(POLICY_PACK, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    pack.stdout.once("data", () => resolve());
    pack.once("error", reject).once("exit", (code) => reject(new Error(`the pack ended with ${String(code)}`)));
  });
  pack.kill();
}

/** The lab's stack with three control planes and workers up to the number, on hosts with room for them. */
function stackText(): string {
  const document = parseDocument(readFileSync(join(PROJECT, "Pulumi.lab.yaml"), "utf8").replaceAll("127.10.0.", "127.71.0."));
  const set = (path: readonly string[], value: unknown): void => document.setIn(["config", ...path], document.createNode(value));
  for (const host of ["pve1", "pve2", "pve3"]) set(["hearth:proxmox", "home", "hosts", host], { cores: 128, memoryMiB: 1_048_576 });
  for (let number = 1; number <= NODES - 3; number++) {
    const place = { role: "worker", host: `pve${1 + (number % 3)}`, address: `127.71.0.${20 + number}` };
    set(["hearth:nodes", `worker-${number}`], { ...place, cores: 2, memoryMiB: 8192, systemDisk: { sizeGiB: 64 } });
  }
  return document.toString();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

void main();
