import assert from "node:assert/strict";
import { parse } from "yaml";
import { alloy } from "../../platform/apps/alloy";
import { loki } from "../../platform/apps/loki";
import { tempo } from "../../platform/apps/tempo";
import { platformFacts } from "../../platform/facts";
import type { App, DeclaredApp } from "../../platform/kit/app";
import { toYaml } from "../../platform/kit/yaml";
import { TALOS_LOG_PORT } from "../../platform/observability/talos-logs";
import { node, settings } from "./settings";

const WORKERS = [node("cp-1", "controlplane", 11), node("worker-1", "worker", 21), node("worker-2", "worker", 22)];

function declare(app: App, others: readonly string[], options: Readonly<Record<string, unknown>> = {}): DeclaredApp {
  const platform = Object.fromEntries([...others.map((name) => [name, {}] as const), [app.name, options] as const]);
  const given = settings({ nodes: WORKERS, platform });
  const enabled = new Set(Object.keys(platform));
  return app.declare(options, { settings: given, enabled, facts: platformFacts(given, enabled) });
}

/** A value by its path. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => Object.entries(part ?? {}).find(([name]) => name === key)?.[1], value);
}

describe("loki", () => {
  it("is one process on a volume without an object store, and three targets on its bucket with one", () => {
    const alone = declare(loki, []);
    assert.equal(alone.values["deploymentMode"], "SingleBinary");
    assert.deepEqual(
      ["singleBinary", "write", "read", "backend"].map((target) => at(alone.values, target, "replicas")),
      [1, 0, 0, 0],
    );
    assert.deepEqual(alone.buckets, []);
    const stored = declare(loki, ["rustfs"]);
    assert.equal(stored.values["deploymentMode"], "SimpleScalable");
    assert.deepEqual(
      ["singleBinary", "write", "read", "backend"].map((target) => at(stored.values, target, "replicas")),
      [0, 2, 2, 1],
    );
    assert.deepEqual(stored.buckets, [{ name: "loki", purpose: "data", secret: "loki-bucket" }]);
  });

  it("takes the bucket's key from its environment, in every target; no value holds one", () => {
    const { values } = declare(loki, ["rustfs"]);
    for (const target of ["write", "read", "backend"])
      assert.deepEqual(at(values, target, "extraEnvFrom"), [{ secretRef: { name: "loki-bucket" } }]);
    assert.ok(!/access|secretkey/i.test(JSON.stringify(at(values, "loki", "storage"))));
  });

  it("deletes what is too old: a retention without the compactor's own switch deletes nothing", () => {
    for (const others of [[], ["rustfs"]]) {
      const { values } = declare(loki, others, { retentionDays: 7 });
      assert.equal(at(values, "loki", "limits_config", "retention_period"), "168h");
      assert.equal(at(values, "loki", "compactor", "retention_enabled"), true);
      assert.equal(at(values, "loki", "compactor", "delete_request_store"), others.length === 0 ? "filesystem" : "s3");
    }
  });

  it("starts its schema on a day that no reader takes for a time", () => {
    const text = toYaml(declare(loki, []).values);
    assert.match(text, /from: "2024-04-01"/);
    assert.equal(typeof at(parse(text, { version: "1.1" }), "loki", "schemaConfig", "configs", "0", "from"), "string");
  });

  it("is called by the same two names in either mode, each of which leads to pods that are there", () => {
    const components = (others: readonly string[]) =>
      declare(loki, others).objects.map(({ metadata, spec }) => [metadata.name, at(spec, "selector", "app.kubernetes.io/component")]);
    assert.deepEqual(components([]), [
      ["loki-in", "single-binary"],
      ["loki-out", "single-binary"],
    ]);
    assert.deepEqual(components(["rustfs"]), [
      ["loki-in", "write"],
      ["loki-out", "read"],
    ]);
  });

  it("brings no canary, test, cache or store of its own, and reads no Secret of the cluster", () => {
    const { values } = declare(loki, []);
    for (const part of ["lokiCanary", "test", "minio", "chunksCache", "resultsCache", "gateway"])
      assert.equal(at(values, part, "enabled"), false);
    assert.equal(at(values, "sidecar", "rules", "enabled"), false);
  });

  it("keeps its volumes unless its settings say delete", () => {
    assert.equal(at(declare(loki, []).values, "singleBinary", "persistence", "whenDeleted"), "Retain");
    assert.equal(at(declare(loki, [], { data: "delete" }).values, "singleBinary", "persistence", "whenDeleted"), "Delete");
    assert.equal(at(declare(loki, ["rustfs"]).values, "write", "persistence", "enableStatefulSetAutoDeletePVC"), false);
  });
});

describe("tempo", () => {
  const config = (others: readonly string[]) => {
    const map = declare(tempo, others).objects.find(({ kind }) => kind === "ConfigMap");
    return parse(String(at(map?.["data"], "tempo.yaml"))) as unknown;
  };

  it("takes OTLP on the ports that the platform names, from other pods", () => {
    const { facts } = { facts: platformFacts(settings(), new Set(["tempo"])) };
    assert.deepEqual(facts.tracing, { host: "tempo.tempo.svc.cluster.local", grpcPort: 4317, httpPort: 4318 });
    const protocols = at(config([]), "distributor", "receivers", "otlp", "protocols");
    assert.deepEqual(protocols, { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } });
  });

  it("sends metrics of spans to Prometheus while that is on, with processors, or it would send nothing", () => {
    assert.equal(at(config([]), "metrics_generator"), undefined);
    const made = config(["kube-prometheus-stack"]);
    assert.match(
      JSON.stringify(at(made, "metrics_generator")),
      /kube-prometheus-stack-prometheus\.monitoring\.svc\.cluster\.local:9090\/api\/v1\/write/,
    );
    assert.deepEqual(at(made, "overrides", "defaults", "metrics_generator", "processors"), ["service-graphs", "span-metrics"]);
  });

  it("keeps traces in its bucket where there is an object store, with a key from its environment", () => {
    assert.equal(at(config([]), "storage", "trace", "backend"), "local");
    const trace = at(config(["rustfs"]), "storage", "trace");
    assert.equal(at(trace, "backend"), "s3");
    assert.equal(at(trace, "s3", "forcepathstyle"), true);
    assert.ok(!/_key/.test(JSON.stringify(trace)));
    const text = JSON.stringify(declare(tempo, ["rustfs"]).objects);
    assert.match(text, /"envFrom":\[\{"secretRef":\{"name":"tempo-bucket"\}\}\]/);
  });

  it("starts again when its config changes, which it reads once", () => {
    const annotation = (others: readonly string[]) =>
      at(
        declare(tempo, others).objects.find(({ kind }) => kind === "StatefulSet"),
        "spec",
        "template",
        "metadata",
        "annotations",
        "hearth/config",
      );
    assert.notEqual(annotation([]), annotation(["kube-prometheus-stack"]));
    assert.equal(annotation([]), annotation([]));
  });
});

describe("alloy", () => {
  const content = (others: readonly string[], options = {}) =>
    String(at(declare(alloy, others, options).values, "alloy", "configMap", "content"));

  it("reads only the pods of its own node, and keeps its place on the node: each line once", () => {
    assert.match(content(["loki"]), /field = "spec\.nodeName=" \+ sys\.env\("K8S_NODE_NAME"\)/);
    const { values } = declare(alloy, ["loki"]);
    const path = at(values, "alloy", "storagePath");
    const volumes = at(values, "controller", "volumes", "extra");
    assert.ok(JSON.stringify(volumes).includes(`"hostPath":{"path":"${String(path)}"`));
  });

  it("refers only to components that its configuration has", () => {
    const all = ["loki", "tempo", "kube-prometheus-stack"];
    for (const others of [all, [], ...all.map((name) => [name]), ...all.map((name) => all.filter((other) => other !== name))]) {
      const text = content(others);
      const defined = new Set([...text.matchAll(/^([a-z_.]+) "(\w+)" \{$/gm)].map(([, kind, name]) => `${kind}.${name}`));
      const used = [
        ...text.matchAll(/\b((?:loki|otelcol|prometheus|discovery|local)\.[a-z_.]+?\.\w+)\.(?:receiver|input|targets|output)\b/g),
      ];
      for (const [, name] of used) assert.ok(name !== undefined && defined.has(name), `${name} with ${others.join(", ") || "nothing"}`);
      assert.equal((text.match(/\{/g) ?? []).length, (text.match(/\}/g) ?? []).length);
      assert.ok(!text.includes("{{") && !text.includes("${"));
    }
  });

  it("listens for Talos on the port that the machine configs name, and on none when nobody sends", () => {
    const ports = (others: readonly string[], options = {}) =>
      JSON.stringify(at(declare(alloy, others, options).values, "alloy", "extraPorts"));
    assert.match(content(["loki"]), new RegExp(`"0\\.0\\.0\\.0:${TALOS_LOG_PORT}"`));
    assert.match(ports(["loki"]), new RegExp(`"hostPort":${TALOS_LOG_PORT}`));
    for (const [others, options] of [
      [[], {}],
      [["loki"], { talosLogs: false }],
    ] as const) {
      assert.ok(!ports(others, options).includes("hostPort"));
      assert.ok(!content(others, options).includes("syslog"));
      assert.equal(at(declare(alloy, others, options).values, "alloy", "stabilityLevel"), "generally-available");
    }
  });

  it("tells the kernel's lines from those of Talos' services", () => {
    const [, talos = ""] = content(["loki"]).split('loki.process "talos"');
    for (const label of ["level", "service", "facility"]) {
      assert.match(talos, new RegExp(`stage\\.labels[^}]*\\b${label} = ""`));
      assert.match(talos, new RegExp(`expressions = \\{[^}]*\\b${label} =`));
    }
  });

  it("may read pods and nothing else of the cluster", () => {
    const { values } = declare(alloy, ["loki"]);
    assert.deepEqual(at(values, "rbac", "rules"), [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }]);
    assert.ok(!JSON.stringify(at(values, "rbac")).includes("secrets"));
  });

  it("says so when what it collects has nowhere to go", () => {
    assert.match(declare(alloy, []).warnings.join(), /nowhere to send/);
    assert.match(declare(alloy, ["tempo"]).warnings.join(), /log lines have nowhere to go/);
    assert.deepEqual(declare(alloy, ["loki"]).warnings, []);
  });
});
