import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { labCharts, modulesOfCharts } from "../../lab/charts/catalogue";
import type { Toolchain } from "../../lab/contracts";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { declarePlatform } from "../../platform/plan";
import { LEFT_OUT, stack, withApps } from "../platform/tree-rules/stacks";
import { type ChartValues, unknownValues } from "./chart-values";

/** Charts that the lab plays a part for: their real values cannot be had, so only the stand-in's list of keys checks ours. This list may only shrink. */
const STAND_INS: readonly string[] = ["kube-prometheus-stack", "tuppr"];

/** Values that a chart hands on whole to a pod or a program: path, and the line of the chart that does so. This list may only shrink. */
const PASSED_ON: Readonly<Record<string, Readonly<Record<string, { readonly file: string; readonly line: string }>>>> = {
  alloy: { "configReloader.resources": { file: "templates/containers/_watch.yaml", line: "with .Values.configReloader.resources }}" } },
  "gateway-helm": {
    "config.envoyGateway": {
      file: "templates/envoy-gateway-config.yaml",
      line: "$userEnvoyGatewayConfig := .Values.config.envoyGateway }}",
    },
  },
  loki: {
    "loki.podSecurityContext": { file: "templates/_helpers.tpl", line: "toYaml .Values.loki.podSecurityContext }}" },
    "loki.limits_config": { file: "values.yaml", line: "with .Values.loki.limits_config }}" },
  },
};

describe("the values of every chart", function () {
  this.timeout(300_000);
  const apps = [...declarePlatform(stack("all")).apps, ...declarePlatform(withApps([LEFT_OUT])).apps].filter(
    ({ chart }) => chart !== undefined,
  );
  let toolchain: Toolchain;

  before(async () => {
    const modules = modulesOfCharts(new Set(apps.map(({ chart }) => chart?.name ?? "")));
    toolchain = await ensureToolchain({ only: [], modules, progress: (line) => console.log(line) });
  });

  function valuesOf(name: string, version: string): ChartValues & { readonly origin: string } {
    const chart = labCharts(toolchain).find((each) => each.name === name && each.version === version);
    assert.ok(chart, `the lab has no chart ${name} ${version}`);
    const { directory, valuesFile = "values.yaml" } = chart.source();
    const text = readFileSync(join(directory, valuesFile), "utf8").replaceAll(/\$\{\w+\}/g, "x");
    const schema = join(directory, "values.schema.json");
    const passedOn = Object.entries(PASSED_ON[name] ?? {}).map(([path, { file, line }]) => {
      assert.ok(readFileSync(join(directory, file), "utf8").includes(line), `${name} no longer hands on ${path} whole`);
      return path;
    });
    return {
      origin: chart.origin,
      defaults: parse(text),
      text,
      schema: existsSync(schema) ? JSON.parse(readFileSync(schema, "utf8")) : undefined,
      passedOn,
    };
  }

  it("are values that the chart knows, in the version that is pinned", () => {
    const unknown = apps.flatMap(({ name, chart, values }) =>
      chart === undefined ? [] : unknownValues(values, valuesOf(chart.name, chart.version)).map((path) => `${name}: ${path}`),
    );
    assert.deepEqual(unknown, []);
  });

  it("are held against the real chart, but for those that cannot be had", () => {
    const standIns = apps.flatMap(({ chart }) =>
      chart !== undefined && valuesOf(chart.name, chart.version).origin === "stand-in" ? [chart.name] : [],
    );
    assert.deepEqual([...new Set(standIns)].sort(), STAND_INS);
  });

  it("would be refused with a key that the chart does not have, at any depth", () => {
    const chart = valuesOf("cert-manager", "v1.21.2");
    assert.deepEqual(unknownValues({ crds: { enabled: true }, replicaCount: 2 }, chart), []);
    assert.deepEqual(unknownValues({ crd: { enabled: true } }, chart), ["crd"]);
    assert.deepEqual(unknownValues({ webhook: { replicas: 2, replicaCount: 2 } }, chart), ["webhook.replicas"]);
    assert.deepEqual(unknownValues({ loki: { limit_config: {} } }, valuesOf("loki", "6.55.0")), ["loki.limit_config"]);
    assert.deepEqual(unknownValues({ nodeSelector: { any: "thing" } }, { defaults: { nodeSelector: {} }, text: "" }), []);
  });
});
