import assert from "node:assert/strict";
import { TALOS_API_NAMESPACES } from "../../components/talos/patches/control-plane";
import type { Settings } from "../../config/settings";
import type { KubeObject } from "../../platform/kit/objects";
import type { Stage } from "../../platform/kit/stage";
import { planPlatform, platformProblems } from "../../platform/plan";
import { everything } from "./everything";
import { settings } from "./settings";

/** As the CRDs of tuppr 0.0.51 have it. */
const VERSION = /^v[0-9]+\.[0-9]+\.[0-9]+(-[a-zA-Z0-9\-.]+)?$/;

function stages(overrides: Partial<Settings> = {}): readonly Stage[] {
  return planPlatform(everything(overrides)).find(({ name }) => name === "tuppr")?.stages ?? [];
}

function upgrades(overrides: Partial<Settings> = {}): readonly (KubeObject & { readonly spec: Spec })[] {
  const found = stages(overrides).find(({ kind }) => kind === "config")?.objects ?? [];
  return found as readonly (KubeObject & { readonly spec: Spec })[]; // both kinds have these fields
}

interface Spec {
  readonly talos?: { readonly version: string };
  readonly kubernetes?: { readonly version: string };
  readonly healthChecks: readonly { readonly kind: string; readonly expr: string; readonly timeout: string }[];
}

describe("tuppr", () => {
  it("wants the versions of the goal, not of what is installed, with exactly one v however they are written", () => {
    const { cluster } = settings();
    for (const v of ["", "v", "vv"]) {
      const versions = { talos: `${v}1.14.0`, kubernetes: `${v}1.37.1` };
      const found = upgrades({ cluster: { ...cluster, versions } }).map(({ kind, spec }) => [
        kind,
        (spec.talos ?? spec.kubernetes)?.version,
      ]);
      assert.deepEqual(found, [
        ["TalosUpgrade", "v1.14.0"],
        ["KubernetesUpgrade", "v1.37.1"],
      ]);
      assert.ok(found.every(([, version]) => VERSION.test(version ?? "")));
    }
  });

  it("goes on to the next node only while every node is Ready", () => {
    for (const { spec } of upgrades()) {
      assert.deepEqual(
        spec.healthChecks.map(({ kind, expr, timeout }) => [kind, expr, timeout]),
        [["Node", "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')", "15m"]],
      );
    }
  });

  it("has its objects in a stage after the chart that brings their kinds, and those in no namespace", () => {
    const [main, config] = stages();
    assert.deepEqual([main?.name, config?.name, config?.dependsOn], ["tuppr", "tuppr-config", ["tuppr"]]);
    assert.ok(upgrades().every(({ metadata }) => metadata.namespace === undefined));
    const release = main?.objects.find(({ kind }) => kind === "HelmRelease");
    assert.match(JSON.stringify(release?.["spec"]), /"crds":"CreateReplace".*"crds":"CreateReplace"/);
  });

  it("lives in a namespace that Talos gives access to its API", () => {
    const namespace: string | undefined = planPlatform(everything()).find(({ name }) => name === "tuppr")?.namespace.name;
    assert.ok(TALOS_API_NAMESPACES.some((allowed) => allowed === namespace));
  });

  it("is refused without the certificates that its webhook server starts with", () => {
    const found = platformProblems(settings({ platform: { tuppr: {} } })).map(({ rule, path }) => `${rule} at ${path}`);
    assert.deepEqual(found, ["platform.needs at platform.tuppr"]);
  });
});
