import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../config/user-error";
import type { ToolName } from "../../../lab/contracts";
import { groupByWorkspace, type Builder } from "../../../lab/toolchain/build";
import { ensureToolchain, type EnsuredToolchain, type ToolchainSeams } from "../../../lab/toolchain/toolchain";
import { GO, modulesFolder, part, program, removeFolders, temporaryFolder, write } from "./fixture";

/** Stands in for Go: writes each part's name into its binary and keeps what it was asked for. */
class FakeGo {
  readonly calls: ToolName[][] = [];
  failOnce = false;
  delayMs = 0;

  readonly build: Builder = async (parts, output) => {
    this.calls.push(parts.map(({ tool }) => tool));
    const [first, ...rest] = parts;
    if (first) writeFileSync(join(output, first.build.binary), first.tool);
    await sleep(this.delayMs);
    if (this.failOnce) {
      this.failOnce = false;
      throw new Error("interrupted");
    }
    for (const { build, tool } of rest) writeFileSync(join(output, build.binary), tool);
  };
}

describe("the toolchain", () => {
  let go: FakeGo;
  let cache: string;
  let modules: string;
  let lines: string[];

  beforeEach(() => {
    [go, cache, lines] = [new FakeGo(), temporaryFolder(), []];
    modules = modulesFolder("kube", "kwok", "talos-helper");
  });

  afterEach(removeFolders);

  function ensure(seams: Partial<ToolchainSeams> = {}, only?: ToolName[]): Promise<EnsuredToolchain> {
    return ensureToolchain({
      only,
      progress: (line) => lines.push(line),
      seams: {
        environment: { HEARTH_CACHE: cache, HEARTH_TOOLCHAIN: "build" },
        parts: [part("talos-helper"), part("kube"), part("kwok")],
        pins: [],
        modulesFolder: modules,
        build: go.build,
        findGo: async () => GO,
        ...seams,
      },
    });
  }

  it("is built once and then taken from the cache", async () => {
    const first = await ensure();
    const second = await ensure();
    assert.deepEqual(go.calls, [["talos-helper", "kube", "kwok"]]);
    assert.equal(readFileSync(second.path("kube"), "utf8"), "kube");
    assert.deepEqual(second.parts, first.parts);
    assert.deepEqual(second.parts[1]?.together, ["talos-helper", "kube", "kwok"]);
  });

  it("builds only the part whose source changed, and finds the old one when the change is taken back", async () => {
    const before = await ensure();
    write(modules, { "module/kube/main.go": "package main // changed\n" });
    const after = await ensure();
    assert.deepEqual(go.calls[1], ["kube"]);
    assert.notEqual(after.path("kube"), before.path("kube"));
    write(modules, { "module/kube/main.go": "package main // kube\n" });
    assert.equal((await ensure()).path("kube"), before.path("kube"));
    assert.equal(go.calls.length, 2);
  });

  it("shows nothing of an interrupted build and makes it complete on the next run", async () => {
    go.failOnce = true;
    await assert.rejects(ensure(), /interrupted/);
    assert.deepEqual(
      readdirSync(join(cache, "toolchain")).filter((name) => /^(kube|kwok|talos)/.test(name)),
      [],
    );
    assert.equal(existsSync(join(cache, "toolchain", "lock")), false);
    const toolchain = await ensure();
    assert.equal(readFileSync(toolchain.path("kwok"), "utf8"), "kwok");
    assert.equal(go.calls.length, 2);
  });

  it("clears away what a process that ended left, and takes over its lock", async () => {
    const dead = 2 ** 22 + 1;
    mkdirSync(join(cache, "toolchain", `tmp-${dead}-out`), { recursive: true });
    writeFileSync(join(cache, "toolchain", "lock"), JSON.stringify({ pid: dead, host: hostname() }));
    await ensure();
    assert.deepEqual(
      readdirSync(join(cache, "toolchain")).filter((name) => name.startsWith("tmp-") || name === "lock"),
      [],
    );
  });

  it("waits for a run that holds the lock, says for whom, and then builds nothing again", async () => {
    const folder = join(cache, "toolchain");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
    const waiting = ensure();
    await sleep(50);
    assert.equal(go.calls.length, 0);
    assert.ok(
      lines.some((line) => line.includes(`waiting for process ${process.pid}`)),
      lines.join("\n"),
    );
    const other = ensureElsewhere();
    await other;
    writeFileSync(join(folder, "lock"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    await waiting;
    assert.equal(go.calls.length, 1);
  });

  /** What the holder of the lock does meanwhile: the same build, which it publishes in the same cache. */
  async function ensureElsewhere(): Promise<void> {
    const elsewhere = temporaryFolder();
    await ensure({ environment: { HEARTH_CACHE: elsewhere, HEARTH_TOOLCHAIN: "build" } });
    for (const name of readdirSync(join(elsewhere, "toolchain"))) {
      const from = join(elsewhere, "toolchain", name);
      if (existsSync(join(from, "part.json"))) copyEntry(from, join(cache, "toolchain", name));
    }
  }

  function copyEntry(from: string, to: string): void {
    for (const name of readdirSync(from)) write(to, { [name]: readFileSync(join(from, name), "utf8") });
  }

  it("takes a part of exactly the pinned version from the PATH and names another version in a remark", async () => {
    const folder = temporaryFolder();
    const probe = { args: ["version"], version: /^v(\S+)/ };
    const right = program(folder, "kwok", "v1.2.3");
    const wrong = program(folder, "pulumi", "v9.9.9");
    const pulumi = part("pulumi", { probe });
    write(modules, { "module/pulumi/main.go": "package main\n" });
    const environment = { HEARTH_CACHE: cache, HEARTH_TOOLCHAIN: "build", PATH: folder };
    const toolchain = await ensure({ environment, parts: [pulumi, part("kwok", { probe })] });
    assert.equal(toolchain.path("kwok"), right);
    assert.deepEqual(go.calls, [["pulumi"]]);
    assert.deepEqual(toolchain.remarks, [`${wrong} is 9.9.9 and not used; pinned is 1.2.3`]);
  });

  it("ensures only what is asked for, and says so when another part is wanted", async () => {
    const toolchain = await ensure({}, ["kwok"]);
    assert.deepEqual(go.calls, [["kwok"]]);
    assert.throws(() => toolchain.path("kube"), /without kube/);
    assert.throws(() => toolchain.moduleDir("example.org/x"), UserError);
  });

  it("leaves a module that is fetched on demand until it is asked for, and then finds it in every process", async () => {
    const pin = { module: "example.org/chart", version: "v1.0.0", sum: "h1:x", onDemand: true };
    const toolchain = await ensure({ pins: [pin] });
    assert.throws(() => toolchain.moduleDir(pin.module), UserError);
    const folder = temporaryFolder();
    write(join(cache, "toolchain"), { "modules.json": JSON.stringify({ "example.org/chart@v1.0.0 h1:x": folder }) });
    assert.equal(toolchain.moduleDir(pin.module), folder);
  });

  it("needs no Go when nothing has to be built, and says what to install when something has", async () => {
    const missing = new UserError("install Go");
    const folder = temporaryFolder();
    program(folder, "kwok", "v1.2.3");
    const onPath = part("kwok", { probe: { args: ["version"], version: /^v(\S+)/ } });
    const noGo = { findGo: () => Promise.reject(missing), environment: { HEARTH_CACHE: cache, PATH: folder, HEARTH_TOOLCHAIN: "build" } };
    await ensure({ ...noGo, parts: [onPath] });
    await assert.rejects(ensure({ ...noGo, parts: [onPath, part("kube")] }), missing);
  });

  it("says what a built part differs in", async () => {
    const toolchain = await ensure({ parts: [part("kube", { builtRemark: "kube is about 1.2" })] });
    assert.deepEqual(toolchain.remarks, ["kube is about 1.2"]);
  });

  it("tries no download when told to build", async () => {
    const files = [{ url: "http://127.0.0.1:9/x", sha256Url: "http://127.0.0.1:9/x.sha256", version: "1", as: "kube" }];
    const kube = part("kube", { download: { files } });
    await ensure({ parts: [kube] });
    assert.ok(!lines.some((line) => line.includes("127.0.0.1:9")));
    cache = temporaryFolder();
    await ensure({ parts: [kube], environment: { HEARTH_CACHE: cache } });
    assert.ok(lines.some((line) => line.includes("127.0.0.1:9 cannot be reached")));
  });

  it("builds parts of one workspace by one call and keeps the order of need", () => {
    const other = { ...part("pulumi").build, workspace: { folder: "engine" } };
    const groups = groupByWorkspace([part("kube"), part("pulumi", { build: other }), part("kwok")]);
    assert.deepEqual(
      groups.map((group) => group.map(({ tool }) => tool)),
      [["kube", "kwok"], ["pulumi"]],
    );
  });
});
