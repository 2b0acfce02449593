/**
 * `npm run bench:policy`: what the policy pack costs a preview of a stack of 50 nodes, nothing of which exists yet.
 * Previews with and without it take turns, nine times each; the pack's own start is measured apart and taken off. So are
 * previews with two packs that judge nothing: what they cost is the engine's price of any pack. Prints a line per figure and
 * exits 1 when a limit is missed.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import hearth = require("../index");
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

/** A pack as a program: one that the engine asks as often as ours. */
interface Pack {
  readonly what: string;
  readonly path: string;
}

/** Seconds, run by run. */
interface Times {
  readonly starts: number[];
  readonly previews: number[];
}

const OURS: Pack = { what: "the pack", path: POLICY_PACK };

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "hearth-bench-"));
  const home = new LabHome(STACK, join(root, "labs"));
  const stackFile = join(root, `Pulumi.${STACK}.yaml`);
  writeFileSync(stackFile, stackText());
  try {
    const toolchain = await ensureToolchain({ progress: (line) => console.log(line) });
    const { stack } = await Session.open({ stack: STACK, charts: "lab", stackFile, home, program: hearth }, toolchain);
    const preview = (policyPacks: string[]) => timed(() => stack.preview({ policyPacks }));
    const packs = [OURS, ...idlePacks(root)].map((pack): Pack & Times => ({ ...pack, starts: [], previews: [] }));
    await preview([]); // both kinds of caches are warm before anything counts
    for (const { path } of packs) await preview([path]);
    const without: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      without.push(await preview([]));
      for (const { path, starts, previews } of packs) {
        starts.push(await timed(() => start(path)));
        previews.push(await preview([path]));
      }
    }
    report(median(without), packs);
  } finally {
    if ((await daemonStatus(home)) !== undefined) await control(home.socket, "stop");
    process.chdir(PROJECT);
    rmSync(root, { recursive: true, force: true });
  }
}

function report(without: number, packs: readonly (Pack & Times)[]): void {
  console.log(`${NODES} nodes, medians of ${RUNS} alternating runs: ${without.toFixed(2)} s without a pack`);
  for (const { what, path, starts, previews } of packs) {
    const [start, preview] = [median(starts), median(previews)];
    const share = (preview - without - start) / without;
    const isOurs = path === OURS.path;
    if (isOurs) figure(`start of ${what}`, start, LIMITS.start, `${start.toFixed(2)} s`, `${LIMITS.start} s`);
    if (isOurs) figure(`what ${what} adds besides, of the preview`, share, LIMITS.share, percent(share), percent(LIMITS.share));
    else console.log(`     what ${what} adds so: ${percent(share)} (start ${start.toFixed(2)} s)`);
    console.log(`     the preview with it: ${preview.toFixed(2)} s`);
  }
}

/** Packs that judge nothing: one of @pulumi/policy without a rule, and one that reads no request and says nothing to each. */
function idlePacks(root: string): readonly Pack[] {
  const module = (name: string): string => JSON.stringify(require.resolve(name));
  const noRule = `new (require(${module("@pulumi/policy")}).PolicyPack)("empty", { policies: [] });`;
  const nothing = `
    const { AnalyzerService } = require(${module("@pulumi/pulumi/proto/analyzer_grpc_pb")});
    const { AnalyzerInfo } = require(${module("@pulumi/pulumi/proto/analyzer_pb")});
    const { Server, ServerCredentials } = require(${module("@grpc/grpc-js")});
    const methods = Object.entries(AnalyzerService).filter(([name]) => !/handshake|cancel/.test(name));
    const pass = (bytes) => bytes;
    const answers = { getAnalyzerInfo: Buffer.from(new AnalyzerInfo().setName("nothing").setSupportsconfig(true).serializeBinary()) };
    const server = new Server({ "grpc.max_receive_message_length": -1 });
    server.addService(
      Object.fromEntries(methods.map(([name, how]) => [name, { ...how, requestDeserialize: pass, responseSerialize: pass }])),
      Object.fromEntries(methods.map(([name]) => [name, (_call, answer) => answer(null, answers[name] ?? Buffer.alloc(0))])),
    );
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) => console.log(String(port)));`;
  return [
    { what: "an empty pack of @pulumi/policy", path: program(join(root, "empty"), noRule) },
    { what: "a pack that reads and says nothing", path: program(join(root, "nothing"), nothing) },
  ];
}

/** Writes a pack of one file, which the engine starts by its path. */
function program(dir: string, text: string): string {
  mkdirSync(dir);
  writeFileSync(join(dir, "package.json"), JSON.stringify({ version: "0.0.1" })); // @pulumi/policy looks for it
  const path = join(dir, "analyzer");
  writeFileSync(path, `#!/usr/bin/env node\nprocess.chdir(__dirname);\n${text}\n`, { mode: 0o755 });
  return path;
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
async function start(path: string): Promise<void> {
  const pack = spawn(path, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
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
