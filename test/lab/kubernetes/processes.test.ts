import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processIdentity } from "../../../lab/kubernetes/process-identity";
import { Processes, stopLeftovers } from "../../../lab/kubernetes/processes";

const LOOP = { command: process.execPath, args: ["-e", "console.log('up'); setInterval(() => {}, 1000)"] };

describe("the lab's processes", function () {
  this.timeout(15_000);
  let labDir: string;

  beforeEach(() => {
    labDir = mkdtempSync(join(tmpdir(), "hearth-processes-"));
  });
  afterEach(async () => {
    await stopLeftovers(labDir);
    rmSync(labDir, { recursive: true, force: true });
  });

  it("run until they are stopped, and write to a log that only the owner reads", async () => {
    const processes = new Processes(labDir);
    processes.start({ name: "loop", ...LOOP });
    const [running] = processes.running();
    assert.ok(running);
    while (!processes.logTail("loop").includes("up")) await sleep(20);
    assert.equal(statSync(processes.logFile("loop")).mode & 0o777, 0o600);
    await processes.stop("loop");
    assert.equal(processIdentity(running.pid), undefined);
    await sleep(400);
    assert.deepEqual(processes.running(), []);
    assert.equal(readFileSync(join(labDir, "pids.json"), "utf8"), "[]");
  });

  it("get none of the daemon's own environment but what they are given", async () => {
    process.env["HEARTH_TEST_SECRET"] = "leak";
    const processes = new Processes(labDir);
    processes.start({ name: "env", command: process.execPath, args: ["-e", "console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)"], environment: { GIVEN: "yes" } });
    while (!processes.logTail("env").includes("}")) await sleep(20);
    delete process.env["HEARTH_TEST_SECRET"];
    await processes.stop("env");
    assert.match(processes.logTail("env"), /"GIVEN":"yes"/);
    assert.doesNotMatch(processes.logTail("env"), /leak/);
  });

  it("are started again when they end by themselves, but not after a stop", async () => {
    const processes = new Processes(labDir);
    processes.start({ name: "short", command: process.execPath, args: ["-e", "console.log('once')"] });
    while (processes.restarts("short") < 1 || processes.running().length === 0) await sleep(20);
    await processes.stop("short");
    const lines = processes.logTail("short", 100).split("\n").length;
    await sleep(400);
    assert.equal(processes.logTail("short", 100).split("\n").length, lines);
  });

  it("end by force when they do not heed the signal", async () => {
    const processes = new Processes(labDir);
    processes.start({ name: "deaf", command: process.execPath, args: ["-e", "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"], graceMs: 200 });
    const [running] = processes.running();
    while (!processes.logTail("deaf").includes("up")) await sleep(20);
    await processes.stop("deaf");
    assert.equal(processIdentity(running?.pid ?? 0), undefined);
  });

  it("of a daemon that is gone are stopped by the next one, by id", async () => {
    const daemon = new Processes(labDir);
    daemon.start({ name: "loop", ...LOOP });
    const [running] = daemon.running();
    assert.deepEqual(await stopLeftovers(labDir), ["loop"]);
    assert.equal(processIdentity(running?.pid ?? 0), undefined);
    await daemon.stop("loop");
  });

  it("are left alone when the id belongs to another process by now", async () => {
    const stranger = spawn(LOOP.command, LOOP.args, { stdio: "ignore" });
    const record = { name: "etcd", pid: stranger.pid, identity: "12345 /usr/bin/etcd", graceMs: 100 };
    writeFileSync(join(labDir, "pids.json"), JSON.stringify([record, { garbage: true }]));
    assert.deepEqual(await stopLeftovers(labDir), []);
    assert.notEqual(processIdentity(stranger.pid ?? 0), undefined);
    stranger.kill("SIGKILL");
  });
});
