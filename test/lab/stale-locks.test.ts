import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { LabHome } from "../../lab/home";
import { removeStaleLocks } from "../../lab/stale-locks";

describe("Locks of the lab's state", () => {
  const root = mkdtempSync(join(tmpdir(), "hearth-locks-"));
  const home = new LabHome("lab", root);
  const locks = join(home.state, ".pulumi", "locks", "organization", "hearth", "lab");
  const lock = (name: string, pid: number | undefined, host: string): void =>
    writeFileSync(join(locks, `${name}.json`), JSON.stringify({ pid, hostname: host }));

  after(() => rmSync(root, { recursive: true, force: true }));

  it("need not be there", () => removeStaleLocks(home));

  it("go when their engine is dead, and stay while it lives or is somewhere else", () => {
    mkdirSync(locks, { recursive: true });
    const { pid: dead } = spawnSync(process.execPath, ["--version"]);
    lock("dead", dead, hostname());
    lock("alive", process.pid, hostname());
    lock("elsewhere", dead, "another-machine");
    removeStaleLocks(home);
    assert.deepEqual(readdirSync(locks).sort(), ["alive.json", "elsewhere.json"]);
  });
});
