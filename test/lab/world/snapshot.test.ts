import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { REAL_LATENCIES } from "../../../lab/world/latencies";
import { boot, bringUp, download, FACTS, openHome, spec, target, VIP } from "./fixture";

describe("A world that outlives its daemon", () => {
  let labDir: string;

  beforeEach(() => {
    labDir = mkdtempSync(joinPath(tmpdir(), "hearth-world-"));
  });

  afterEach(() => rmSync(labDir, { recursive: true }));

  it("goes on where it was: machines, etcd, VIP, Kubernetes", async () => {
    const before = openHome({ labDir });
    const secrets = await bringUp(before);
    const inventory = before.world.inventory();
    const events = before.world.events.list().length;
    await before.world.close();
    await before.kubernetes.stop({ wipe: false });

    const after = openHome({ labDir });
    await after.world.idle();
    assert.deepEqual(after.world.inventory(), inventory);
    assert.ok(after.world.events.list().length > events);
    assert.equal(after.kubernetes.starts.length, 1);
    assert.deepEqual([...after.kubernetes.registered].sort(), ["cp1", "cp2", "cp3", "w1"]);
    assert.equal((await after.world.talos.kubeconfig({ ...target(secrets, 11), endpoint: VIP })).clusterName, "home");
    await assert.rejects(after.world.talos.bootstrap(target(secrets, 11)), /not empty/);
    await after.world.close();
    await after.kubernetes.stop({ wipe: true });
  });

  it("finishes a boot that the daemon's end interrupted", async () => {
    const before = openHome({ labDir, scale: 1, latencies: { ...ZERO, boot: 3600 } });
    await download(before, "pve1");
    const machine = await before.proxmox.machines.create({ spec: spec("cp1", 11), inputs: {} });
    await before.proxmox.machines.start(machine);
    assert.equal(machine.node.phase, "booting");
    await before.world.close();

    const after = openHome({ labDir });
    await after.world.idle();
    assert.equal(after.world.machine("cp1").node.phase, "maintenance");
    await after.world.close();
  });

  it("keeps what other parts of the world gave it", async () => {
    const before = openHome({ labDir });
    before.world.keepPart("account", { toJSON: () => ({ tunnels: ["t"] }) });
    await before.world.close();
    assert.deepEqual(openHome({ labDir }).world.savedPart("account"), { tunnels: ["t"] });
  });

  it("writes files that only their owner can read, and no key into the event log", async () => {
    const home = openHome({ labDir });
    const secrets = await bringUp(home);
    await home.world.close();
    await home.kubernetes.stop({ wipe: true });
    for (const file of ["world.json", "events.jsonl"]) assert.equal(statSync(joinPath(labDir, file)).mode & 0o077, 0, file);
    const log = readFileSync(joinPath(labDir, "events.jsonl"), "utf8");
    for (const { key } of [secrets.machineSecrets.certs.os, secrets.machineSecrets.certs.k8s]) assert.equal(log.includes(key), false);
  });

  it("does not forget machines of a Proxmox cluster that the settings no longer have", async () => {
    const before = openHome({ labDir });
    await boot(before, "cp1", 11);
    await before.world.close();
    const [cluster] = FACTS.proxmox;
    assert.ok(cluster);
    assert.throws(
      () => openHome({ labDir, facts: { ...FACTS, proxmox: [{ ...cluster, name: "other" }] } }),
      /still has machines or images on Proxmox cluster pve/,
    );
  });

  it("refuses the file of another version", () => {
    writeFileSync(joinPath(labDir, "world.json"), JSON.stringify({ format: 0 }));
    assert.throws(() => openHome({ labDir }), /another version of the lab/);
  });

  it("saves while it runs, so that a killed daemon loses nothing but the last moment", async () => {
    const home = openHome({ labDir });
    await boot(home, "cp1", 11);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.match(readFileSync(joinPath(labDir, "world.json"), "utf8"), /"phase":"maintenance"/);
    await home.world.close();
  });
});

const ZERO = Object.fromEntries(Object.keys(REAL_LATENCIES).map((kind) => [kind, 0])) as unknown as typeof REAL_LATENCIES; // same keys
