import assert from "node:assert/strict";
import { z } from "zod";
import { platformFacts } from "../../platform/facts";
import { defineApp, type AppDefinition } from "../../platform/kit/app";
import { monitoring } from "../../platform/provide/monitoring";
import { settings } from "./settings";

function provide(overrides: Partial<AppDefinition<z.ZodObject>>) {
  const enabled = new Set(["thing"]);
  const platform = { settings: settings(), enabled, facts: platformFacts(settings(), enabled) };
  const app = defineApp({
    name: "thing",
    summary: "an app that is watched",
    namespace: { name: "home", podSecurity: "restricted" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({}),
    ...overrides,
  }).declare({}, platform);
  return monitoring.provide(app, { ...platform, apps: [app] });
}

describe("monitors, alerts and dashboards of an app", () => {
  it("stand beside the app, in its main stage, and make it wait for nothing", () => {
    const made = provide({
      monitors: () => [{ kind: "PodMonitor", name: "thing", selector: { app: "thing" }, port: "metrics", containerPort: 9000 }],
      alerts: () => [{ alert: "ThingDown", expr: "up == 0", for: "5m", severity: "critical", summary: "thing is down" }],
      dashboards: () => [{ name: "thing", folder: "Home", model: { title: "Thing" } }],
    });
    assert.deepEqual(Object.keys(made), ["objects"]);
    assert.deepEqual(
      made.objects?.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      ["PodMonitor home/thing", "PrometheusRule home/thing", "ConfigMap home/dashboard-thing"],
    );
  });

  it("read the port's metrics in the namespace that the monitor names, else in the app's own", () => {
    const monitor = { kind: "ServiceMonitor", name: "m", selector: { a: "b" }, port: "http", containerPort: 80 } as const;
    const made = provide({
      monitors: () => [monitor, { ...monitor, namespace: "other", path: "/stats" }, { ...monitor, namespace: "home" }],
    });
    assert.deepEqual(
      made.objects?.map(({ spec }) => spec),
      [
        { selector: { matchLabels: { a: "b" } }, endpoints: [{ port: "http" }] },
        {
          selector: { matchLabels: { a: "b" } },
          namespaceSelector: { matchNames: ["other"] },
          endpoints: [{ port: "http", path: "/stats" }],
        },
        { selector: { matchLabels: { a: "b" } }, endpoints: [{ port: "http" }] },
      ],
    );
  });

  it("put every alert of an app into one rule object, with its severity and what it says", () => {
    const [rule, ...rest] =
      provide({
        alerts: () => [
          { alert: "A", expr: "up == 0", severity: "warning", summary: "a is down" },
          { alert: "B", expr: "up == 1", for: "10m", severity: "info", summary: "b is up" },
        ],
      }).objects ?? [];
    assert.deepEqual(rest, []);
    assert.deepEqual(rule?.["spec"], {
      groups: [
        {
          name: "thing",
          rules: [
            { alert: "A", expr: "up == 0", labels: { severity: "warning" }, annotations: { summary: "a is down" } },
            { alert: "B", expr: "up == 1", for: "10m", labels: { severity: "info" }, annotations: { summary: "b is up" } },
          ],
        },
      ],
    });
  });

  it("give a dashboard its name as uid, and the label and folder that Grafana's sidecar reads", () => {
    const [object] = provide({ dashboards: () => [{ name: "d", folder: "Data", model: { title: "D", panels: [] } }] }).objects ?? [];
    assert.deepEqual(object?.metadata.labels, { grafana_dashboard: "1" });
    assert.deepEqual(object.metadata.annotations, { grafana_folder: "Data" });
    assert.deepEqual(object["data"], { "d.json": '{"panels":[],"title":"D","uid":"d"}' });
  });

  it("leave a dashboard's own variables as they are, without writing them as Flux writes substitutions", () => {
    const model = { title: "D", datasource: "${datasource}" };
    const [object] = provide({ dashboards: () => [{ name: "d", folder: "Data", model }] }).objects ?? [];
    const text = z.object({ data: z.object({ "d.json": z.string() }) }).parse(object).data["d.json"];
    assert.ok(!text.includes("${"), text);
    assert.deepEqual(JSON.parse(text), { ...model, uid: "d" });
  });

  it("are nothing for an app without any", () => {
    assert.deepEqual(provide({}).objects, []);
  });
});
