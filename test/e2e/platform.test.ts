import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processTree, sampleMemory } from "../../bench/process-memory";
import { fluxSettled, fluxReport } from "../../lab/cli/report";
import { control } from "../../lab/daemon/control";
import type { KubeClient } from "../../lab/kubernetes/client";
import { standInReport } from "../../lab/kubernetes/stand-ins";
import { conditionStatus, field, listAt, textAt, type KubeObject } from "../../lab/kubernetes/objects";
import type { Session } from "../../lab/session";
import { renderTree } from "../../platform/render";
import { batched, dependantsOf, drawn, type Edge, edgesOf } from "../platform/stage-graph";
import { treeFacts } from "../platform/tree-rules/facts";
import { eventually } from "./lab-fixture";
import { TestLab } from "./lab-harness";
import { claimNetwork } from "./shapes/network-claim";

const ROOT = join(__dirname, "../..");
const KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";
const RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";
const MEMORY_LIMIT_MIB = 4096;
const DRAWN_EDGES = 10;

/** A missing stand-in shows as one of these being late; HEARTH_SEED draws the same edges again. */
const SEED = Number(process.env["HEARTH_SEED"] ?? Date.now() % 1_000_000);

/** Edges by the seed; none of the app that waits for every other one, since it is left behind by whatever breaks. */
function drawnEdges(stages: Parameters<typeof edgesOf>[0]): readonly Edge[] {
  return drawn(
    edgesOf(stages).filter(({ from }) => from !== "network-policies"),
    DRAWN_EDGES,
    SEED,
  );
}

describe("the platform with every app, on the lab", function () {
  this.timeout(900_000);
  const lab = new TestLab("all", readFileSync(join(ROOT, "lab/stacks/Pulumi.all.yaml"), "utf8").replaceAll("127.20.0.", "127.53.0."));
  let release: () => void = () => undefined;
  let session: Session;
  let client: KubeClient;
  let peakMiB = 0;

  before(async () => {
    release = await claimNetwork("127.53.0.11");
  });

  after(async () => {
    client?.close();
    await lab.close();
    release();
  });

  it(`comes up until every Flux object is Ready, in under ${MEMORY_LIMIT_MIB / 1024} GiB`, async () => {
    const daemon = (): number => {
      try {
        return Number(readFileSync(join(lab.home.dir, "daemon.pid"), "utf8"));
      } catch {
        return 0;
      }
    };
    const sampler = setInterval(() => {
      const ours = processTree([process.pid]).filter((pid) => pid !== process.pid);
      const tree = new Set([...ours, ...(daemon() > 1 ? processTree([daemon()]) : [])]);
      peakMiB = Math.max(peakMiB, sampleMemory([...tree]).pssMiB);
    }, 1000);
    const start = Date.now();
    try {
      session = await lab.open();
      await session.publish();
      await lab.upIn(session);
      await fluxSettled(lab.home.kubeconfig);
    } finally {
      clearInterval(sampler);
    }
    client = lab.kubernetes();
    console.log(`      everything Ready after ${((Date.now() - start) / 1000).toFixed(0)} s, at most ${peakMiB.toFixed(0)} MiB`);
    const kustomizations = await client.list(KUSTOMIZATIONS);
    const releases = await client.list(RELEASES);
    console.log(
      `      ${kustomizations.length} Kustomizations, ${releases.length} HelmReleases; stand-ins: ${standInReport()
        .map(({ kind }) => kind)
        .join(", ")}`,
    );
    assert.deepEqual(
      kustomizations.filter(late).map(({ metadata }) => metadata.name),
      [],
    );
    assert.deepEqual(
      releases.filter(late).map(({ metadata }) => metadata.name),
      [],
      await fluxReport(lab.home.kubeconfig),
    );
    assert.equal(kustomizations.length, treeFacts(session.settings).stages.length + 1, "every stage, and the root");
    assert.ok(peakMiB < MEMORY_LIMIT_MIB, `${peakMiB.toFixed(0)} MiB`);
  });

  it("came up in the declared order: nothing was applied before what it depends on was Ready", async () => {
    const ready = new Map<string, string>();
    const found = await client.list(KUSTOMIZATIONS);
    for (const object of found) ready.set(object.metadata.name, readySince(object));
    for (const object of found) {
      for (const dependency of listAt(object, "spec", "dependsOn")) {
        const name = textAt(dependency, "name") ?? "";
        assert.ok((ready.get(name) ?? "9") <= readySince(object), `${object.metadata.name} was Ready before ${name}`);
      }
    }
  });

  it(`leaves exactly its dependants behind when a dependency breaks, for ${DRAWN_EDGES} edges drawn by a seed`, async () => {
    const { stages } = treeFacts(session.settings);
    const edges = drawnEdges(stages);
    const batches = batched(edges, stages);
    console.log(`      HEARTH_SEED=${SEED}, in ${batches.length} rounds: ${edges.map(({ from, to }) => `${from} -> ${to}`).join(", ")}`);
    const { path } = session.settings.git;
    const tree = [...renderTree(session.settings)].map(([file, text]) => [`${path}/${file}`, text] as const);
    for (const batch of batches) {
      const start = Date.now();
      const causes = [...new Set(batch.map(({ to }) => to))].sort();
      const files = new Set(causes.map((to) => `${path}/apps/${to}/kustomization.yaml`));
      assert.equal(tree.filter(([file]) => files.has(file)).length, causes.length);
      const broken = tree.map(([file, text]) => [file, files.has(file) ? `${text}  - nowhere.yaml\n` : text] as const);
      const commit = await control<string>(lab.home.socket, "publish", { tree: broken, message: `Break ${causes.join(", ")}` });
      const wanted = [...new Set(causes.flatMap((to) => [to, ...dependantsOf(to, stages)]))].sort();
      let last: readonly string[] = [];
      await eventually(
        `without ${causes.join(", ")}, ${wanted.join(", ")} to be left behind`,
        async () => {
          const found = (await client.list(KUSTOMIZATIONS)).filter(({ metadata }) => metadata.name !== "flux-system");
          const decided = found.filter((object) =>
            !late(object) ? appliedCommit(object).includes(commit) : attemptedOrWaiting(object, commit),
          );
          last = found
            .filter(late)
            .map(({ metadata }) => metadata.name)
            .sort();
          return decided.length === found.length && last.join() === wanted.join() ? true : undefined;
        },
        180_000,
        500, // a list of all of them costs the cores on which they are applied
      ).catch((error: unknown) => assert.fail(`${String(error)}; left behind: ${last.join(", ")}`));
      console.log(`      without ${causes.join(", ")}: ${wanted.length} left behind after ${((Date.now() - start) / 1000).toFixed(0)} s`);
    }
  });

  it("has nothing left in the end", async () => {
    await lab.destroy();
    const left = Object.entries(await lab.inventory()).filter(([, items]) => items.length > 0);
    assert.deepEqual(left, []);
  });
});

function late(object: KubeObject): boolean {
  return conditionStatus(object, "Ready") !== "True";
}

/** When the Ready condition last changed, as the API server writes times: they sort as texts. */
function readySince(object: KubeObject): string {
  const ready = listAt(object, "status", "conditions").find((condition) => field(condition, "type") === "Ready");
  return textAt(ready, "lastTransitionTime") ?? "";
}

function appliedCommit(object: KubeObject): string {
  return textAt(object, "status", "lastAppliedRevision") ?? "";
}

/** It tried this commit and failed, or it waits for what did. */
function attemptedOrWaiting(object: KubeObject, commit: string): boolean {
  const ready = listAt(object, "status", "conditions").find((condition) => field(condition, "type") === "Ready");
  const waits = textAt(ready, "reason") === "DependencyNotReady";
  return waits || (textAt(object, "status", "lastAttemptedRevision") ?? "").includes(commit);
}
