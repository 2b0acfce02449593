import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { z } from "zod";
import type { ChartSettings } from "../../config/settings";
import { platformFacts } from "../../platform/facts";
import { defineApp, type AppChart } from "../../platform/kit/app";
import { chartObjects } from "../../platform/kit/chart";
import { canonicalJson, toYaml } from "../../platform/kit/yaml";
import { settings } from "./settings";

/** A megabyte of CRDs, read on a machine that may be busy. */
const SLOW_MS = 30_000;

const OCI = {
  name: "thing",
  version: "1.2.3",
  source: "oci://registry.example.com/charts/thing",
  digest: `sha256:${"a".repeat(64)}`,
  rights: "namespace",
} as const;

function objects(chart: AppChart, charts: ChartSettings) {
  const app = defineApp({
    name: "app",
    summary: "an app with a chart",
    namespace: { name: "home", podSecurity: "baseline" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({ size: z.string().default("small") }),
    chart,
    values: ({ options }) => ({ size: options.size }),
  });
  const made = chartObjects(
    app.declare({}, { settings: settings(), enabled: new Set(["app"]), facts: platformFacts(settings(), new Set(["app"])) }),
    charts,
  );
  return Object.fromEntries(made.map((object) => [object.kind, object]));
}

describe("YAML of the tree", function () {
  this.timeout(SLOW_MS);

  it("reads back as what was written, also by readers of YAML 1.1", () => {
    const value = fc.jsonValue().filter((json) => !JSON.stringify(json).includes("__proto__"));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (given) => {
        const { __proto__: _, ...plain } = given;
        for (const version of ["1.1", "1.2"] as const)
          assert.deepEqual(canonicalJson(parse(toYaml(plain), { version })), canonicalJson(plain));
      }),
      { numRuns: 200 },
    );
  });

  it("quotes what older readers take for a boolean, a number or a date", () => {
    const text = toYaml({ a: "no", b: "012", c: "1e3", d: "0x1f", e: "on", f: "2026-01-01", g: "1_000", h: "y" });
    for (const scalar of ["no", "012", "1e3", "0x1f", "on", "1_000", "y"]) assert.ok(text.includes(`"${scalar}"`), text);
  });

  it("starts with what an object is and goes on by name", () => {
    const text = toYaml({
      spec: { b: 1, a: 2, name: "n" },
      metadata: { labels: {}, namespace: "x", name: "y" },
      kind: "K",
      apiVersion: "v1",
      data: {},
    });
    assert.deepEqual(text.match(/\b[\w]+(?=:)/g)?.slice(0), [
      "apiVersion",
      "kind",
      "metadata",
      "name",
      "namespace",
      "labels",
      "spec",
      "name",
      "a",
      "b",
      "data",
    ]);
  });

  it("leaves out undefined fields and repeats shared values instead of pointing at them", () => {
    const shared = { a: 1 };
    const text = toYaml({ one: shared, two: shared, three: undefined });
    assert.ok(!/[&*]/.test(text) && !text.includes("three"));
  });
});

describe("an app's chart", () => {
  it("comes from upstream by tag and digest, over TLS", () => {
    assert.deepEqual(objects(OCI, { plainHttp: true })["OCIRepository"]?.["spec"], {
      interval: "1h",
      url: "oci://registry.example.com/charts/thing",
      layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
      ref: { tag: "1.2.3", digest: OCI.digest },
    });
  });

  it("comes from the mirror under its own name when there is one, over plain http only when the settings say so", () => {
    const spec = (plainHttp: boolean) =>
      objects(OCI, { mirror: "oci://127.0.0.1:5000/charts", plainHttp })["OCIRepository"]?.["spec"] as Record<string, unknown>;
    assert.equal(spec(false)["url"], "oci://127.0.0.1:5000/charts/thing");
    assert.deepEqual(spec(false)["ref"], { tag: "1.2.3" });
    assert.equal(spec(false)["insecure"], undefined);
    assert.equal(spec(true)["insecure"], true);
  });

  it("may come from a classic repository, unless there is a mirror", () => {
    const classic = { ...OCI, source: "https://charts.example.com" };
    const upstream = objects(classic, { plainHttp: false });
    assert.deepEqual(upstream["HelmRepository"]?.["spec"], { interval: "1h", url: "https://charts.example.com" });
    assert.deepEqual((upstream["HelmRelease"]?.["spec"] as { chart: { spec: unknown } }).chart.spec, {
      chart: "thing",
      version: "1.2.3",
      sourceRef: { kind: "HelmRepository", name: "app" },
    });
    const mirrored = objects(classic, { mirror: "oci://m.example.com/c", plainHttp: false });
    assert.equal(mirrored["HelmRepository"], undefined);
    assert.equal((mirrored["OCIRepository"]?.["spec"] as { url: string }).url, "oci://m.example.com/c/thing");
  });

  it("is released in its own namespace, by an account of its own, without CRDs, tried again for ever", () => {
    const made = objects(OCI, { plainHttp: false });
    const spec = made["HelmRelease"]?.["spec"] as Record<string, unknown>;
    assert.equal(spec["serviceAccountName"], "app-release");
    assert.deepEqual(spec["values"], { size: "small" });
    assert.deepEqual(spec["install"], { crds: "Skip", strategy: { name: "RetryOnFailure", retryInterval: "1m" } });
    for (const object of Object.values(made)) assert.equal(object.metadata.namespace, "home");
    assert.deepEqual(made["RoleBinding"]?.["subjects"], [{ kind: "ServiceAccount", name: "app-release", namespace: "home" }]);
  });

  it("gets the whole cluster only when it says that it needs it", () => {
    const made = objects({ ...OCI, rights: "cluster" }, { plainHttp: false });
    assert.equal(made["RoleBinding"], undefined);
    assert.equal((made["ClusterRoleBinding"]?.["roleRef"] as { name: string }).name, "cluster-admin");
    assert.equal((objects(OCI, { plainHttp: false })["RoleBinding"]?.["roleRef"] as { name: string }).name, "admin");
  });
});
