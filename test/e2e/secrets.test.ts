import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeAccess } from "../../lab/cli/engine-commands";
import { fluxSettled, printReport } from "../../lab/cli/report";
import type { Session } from "../../lab/session";
import { renderTree } from "../../platform/render";
import { ERROR_LEAK, failingTwin, leakingFile, LEAKS, TREE_LEAK, twin } from "./canary-leaks";
import { clusterObjects, gitObjects, judge, labFiles, OWNER_ONLY, treeFiles } from "./canary-places";
import { type Display, Recorder, Watcher } from "./canary-recorder";
import { type Canary, CanaryScan, type Finding, type Source } from "./canary-scan";
import { canariesOf, type Collected, EXPECTED } from "./canary-secrets";
import { labStackText, stackText, TestLab } from "./lab-harness";

const ROOT = join(__dirname, "../..");
/** A secret of a stack file that nobody can open; the lab puts one of its own in its place. */
const encrypted = () => ({ secure: "v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
const LEAKED = ["canary-file", "canary-config-map", "canary-world", "canary-tree"];

describe("secrets, from the stack file to the running cluster", function () {
  this.timeout(600_000);
  const systemTemporary = tmpdir();
  const older = new Set(readdirSync(systemTemporary).map((name) => join(systemTemporary, name)));
  const ownTemporary = mkdtempSync(join(systemTemporary, "canaries-"));
  let recorder: Recorder;
  let watcher: Watcher;
  let lab: TestLab;
  let collected: Collected;
  let findings: readonly Finding[];
  let latest: Session;

  before(async () => {
    process.env["TMPDIR"] = ownTemporary;
    recorder = new Recorder();
    const folders = [
      { path: ownTemporary, levels: 8 },
      // For whatever does not heed TMPDIR; other tests and builds leave much there that is not this lab's.
      { path: systemTemporary, levels: 2 },
    ];
    const others = ["hearth-", "go-build"].map((prefix) => join(systemTemporary, prefix));
    const isOwnLab = (path: string) => /\/hearth-lab-[^/]+$/.test(path);
    watcher = new Watcher(folders, (path) => older.has(path) || isOwnLab(path) || others.some((prefix) => path.startsWith(prefix)));
    lab = new TestLab("canaries", stack());
    const session = await lab.open();
    await lab.hurry();
    await session.publish();
    await shown("diff", session, "preview");
    await shown("diff", session, "up");
    collected = await canariesOf(session, lab.kubernetes());
  });

  after(async () => {
    watcher?.stop();
    recorder?.stop();
    await lab?.close();
    delete process.env["TMPDIR"];
    rmSync(ownTemporary, { recursive: true, force: true });
  });

  it("are all collected: given, generated, seeded and the lab's own", () => {
    const missing = EXPECTED.filter((name) => !collected.names.some((each) => name.test(each)));
    assert.deepEqual(missing, []);
    console.log(`      ${collected.canaries.length} secrets`);
  });

  it("cause errors on the way of a changed config, which say what failed", async () => {
    lab.change(
      [["hearth:nodeDefaults", "controlplane", "memoryMiB"], 8192],
      [["hearth:nodeDefaults", "controlplane", "labels", "example.com/site"], "other"],
    );
    const session = await lab.open();
    await session.publish();
    await lab.fault({ call: "proxmox.*", kind: "error", count: 50 });
    await lab.fault({ call: "cloudflare.*", kind: "error", count: 50 });
    await assert.rejects(shown("plain", session, "up"), /failed/);
    await lab.control("clearFaults");
  });

  it("are nowhere in clear but in files that only their owner can read", async () => {
    const session = await lab.open();
    latest = session;
    await shown("json", session, "preview");
    await shown("diff", session, "preview");
    await shown("json", session, "up");
    await labCommands(session);
    findings = scan(await everything(session));
    const judged = findings.map((finding) => judge(finding));
    const leaks = judged.flatMap(({ finding, leak }) =>
      leak === undefined ? [] : [`${finding.channel}, ${finding.where}: ${finding.canary} (${finding.form}): ${leak}`],
    );
    assert.deepEqual(leaks, []);
    const used = new Set(judged.map(({ entry }) => entry));
    for (const entry of OWNER_ONLY) {
      const places = [...new Set(judged.filter((each) => each.entry === entry).map(({ finding }) => finding.where))];
      console.log(`      ${places.join(", ")}: ${entry.why}`);
    }
    assert.deepEqual(
      OWNER_ONLY.filter((entry) => !used.has(entry)),
      [],
    );
  });

  it("were looked for in every kind of place", async () => {
    const channels = new Set((await everything(latest)).filter(({ data }) => data.length > 0).map(({ channel }) => channel));
    const expected = ["state", "event log", "stdout", "stderr", "error texts", "tree", "Git objects", "Git files", "etcd", "world files"];
    assert.deepEqual(
      [...expected, "logs", "lab files", "lab commands", "temporary files", "command lines", "cluster objects"].filter(
        (channel) => !channels.has(channel),
      ),
      [],
    );
  });

  describe("of a twin program that leaks on purpose", () => {
    let caught: readonly Finding[];

    before(async () => {
      const session = await lab.open(twin);
      const secret = collected.canaries.find(({ name }) => TREE_LEAK.secret.test(name))?.value ?? "";
      const tree = new Map([...renderTree(session.settings), ["leak.yaml", leakingFile(secret)]]);
      await lab.control("publish", {
        tree: [...tree].map(([file, text]) => [`${session.settings.git.path}/${file}`, text]),
        message: "Leak",
      });
      await shown("plain", session, "up");
      const failing = await lab.open(failingTwin);
      await assert.rejects(shown("plain", failing, "up"));
      const known = new Set(findings.map((finding) => JSON.stringify(finding)));
      caught = scan([...(await everything(failing)), ...treeFiles(tree)]).filter((finding) => !known.has(JSON.stringify(finding)));
    });

    for (const { fault, secret, channels } of [...LEAKS, ERROR_LEAK, TREE_LEAK]) {
      it(`are caught when it ${fault}`, () => {
        const found = caught.filter((finding) => secret.test(finding.canary) && judge(finding).leak !== undefined);
        const where = new Set(found.map(({ channel }) => channel));
        console.log(`      ${[...where].join(", ")}`);
        assert.deepEqual(
          channels.filter((channel) => !where.has(channel)),
          [],
        );
      });
    }
  });

  async function shown(display: Display, session: Session, verb: "up" | "preview"): Promise<void> {
    const start = Date.now();
    const work = recorder.shown(display, async (onEvent) => {
      if (verb === "preview") await session.stack.preview({ onEvent });
      else writeAccess(session, (await session.stack.up({ onEvent })).outputs);
    });
    await work.finally(() => console.log(`      ${verb} (${display}): ${((Date.now() - start) / 1000).toFixed(1)} s`));
  }

  /** What the lab's own command line prints. */
  async function labCommands(session: Session): Promise<void> {
    await fluxSettled(lab.home.kubeconfig);
    const print = console.log;
    const lines: string[] = [];
    console.log = (...words: unknown[]) => void lines.push(words.join(" "));
    try {
      await printReport(session, { seconds: 1, phases: [], changes: {} });
    } finally {
      console.log = print;
    }
    recorder.add("lab commands", "report", lines.join("\n"));
    for (const command of ["status", "env"]) {
      const env = { ...process.env, HEARTH_LAB_DIR: join(lab.home.dir, "..") };
      const args = ["--require", "tsx/cjs", "lab/main.ts", command, "--stack", lab.stack];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
      recorder.add("lab commands", command, `${stdout}${stderr}`);
    }
  }

  async function everything({ settings }: Session): Promise<readonly Source[]> {
    watcher.look();
    return [
      ...recorder.sources,
      ...watcher.sources,
      ...labFiles(lab.home),
      ...treeFiles(renderTree(settings)),
      ...(await gitObjects(join(lab.home.dir, "home.git"))),
      ...(await clusterObjects(lab.kubernetes())),
    ];
  }

  function scan(sources: readonly Source[]): readonly Finding[] {
    const canaries: readonly Canary[] = collected.canaries;
    const search = new CanaryScan(canaries);
    const start = Date.now();
    const found = sources.flatMap((source) => search.scan(source));
    const bytes = sources.reduce((sum, { data }) => sum + data.length, 0);
    console.log(
      `      ${search.needles} forms of ${canaries.length} secrets in ${sources.length} sources, ${(bytes / 1e6).toFixed(1)} MB: ${Date.now() - start} ms`,
    );
    return found;
  }
});

/** One control plane, an edge, BGP with a password, and secrets for the twin to leak. */
function stack(): string {
  return stackText(labStackText(41), [
    [["hearth:nodes", "cp-2"], undefined],
    [["hearth:nodes", "cp-3"], undefined],
    [["hearth:network", "loadBalancerPool"], "127.141.0.0/24"],
    [["hearth:network", "announce"], { mode: "bgp", routerAddress: "127.41.0.1", routerAsn: 64512, nodeAsn: 64513, password: encrypted() }],
    [["hearth:secrets"], Object.fromEntries(LEAKED.map((name) => [name, encrypted()]))],
  ]);
}
