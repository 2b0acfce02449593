import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SecretValue } from "../../config/secret-value";
import { platformFacts } from "../../platform/facts";
import { kubePrometheusStack } from "../../platform/apps/kube-prometheus-stack";
import { platformProblems } from "../../platform/plan";
import { CHARTS, COMPONENTS } from "../../platform/versions";
import { node, settings } from "./settings";

const NODES = [node("cp-1", "controlplane", 11), node("cp-2", "controlplane", 12), node("worker-1", "worker", 21)];

const EVERY_RECEIVER = {
  receivers: {
    ntfy: { login: "token" },
    discord: {},
    slack: { channel: "#home" },
    email: { to: "me@example.com", from: "home@example.com", smarthost: "mail.example.com:587", username: "home" },
    webhook: {},
  },
  deadManSwitch: { everyMinutes: 5 },
};
const CREDENTIALS = [
  "alert-smtp-password",
  "alert-webhook-url",
  "dead-man-url",
  "discord-webhook-url",
  "ntfy-token",
  "ntfy-topic",
  "slack-webhook-url",
];

function declare(options: unknown) {
  const enabled = new Set(["kube-prometheus-stack"]);
  const given = settings({ nodes: NODES, platform: { "kube-prometheus-stack": {} } });
  return kubePrometheusStack.declare(options, { settings: given, enabled, facts: platformFacts(given, enabled) });
}

/** A value of the chart by its path. */
function valueAt(options: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => Object.entries(value ?? {}).find(([name]) => name === key)?.[1], declare(options).values);
}

describe("kube-prometheus-stack", () => {
  it("reads the control plane on the nodes' addresses, by the ports and schemes that Talos serves", () => {
    const endpoints = ["192.168.10.11", "192.168.10.12"];
    assert.deepEqual(valueAt({}, "kubeEtcd"), { endpoints, service: { port: 2381, targetPort: 2381 } });
    for (const [name, port] of [
      ["kubeControllerManager", 10257],
      ["kubeScheduler", 10259],
    ] as const) {
      assert.deepEqual(valueAt({}, name), {
        endpoints,
        service: { port, targetPort: port },
        serviceMonitor: { https: true, insecureSkipVerify: true },
      });
    }
  });

  it("runs the operator whose CRDs are in the tree: an older schema would drop what the newer one says", () => {
    const chart = join(__dirname, "../../lab/charts/kube-prometheus-stack/Chart.yaml");
    const { version, appVersion } = parse(readFileSync(chart, "utf8")) as { version: string; appVersion: string };
    assert.deepEqual([version, appVersion], [CHARTS.kubePrometheusStack.version, COMPONENTS.prometheusOperator]);
  });

  it("may call CoreDNS' metrics in kube-system, which the chart's own monitor reads", () => {
    const { to = [] } = declare({}).network;
    assert.ok(
      to.some(
        ({ peer, ports }) => typeof peer === "object" && "namespace" in peer && peer.namespace === "kube-system" && ports?.includes(9153),
      ),
    );
  });

  it("watches every rule and monitor in the cluster, not only those of its own chart", () => {
    for (const kind of ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"])
      assert.equal(valueAt({}, "prometheus", "prometheusSpec", `${kind}SelectorNilUsesHelmValues`), false, kind);
  });

  it("has no kube-proxy to watch and no rule about it, brings no CRDs and no Grafana", () => {
    assert.equal(valueAt({}, "kubeProxy", "enabled"), false);
    assert.equal(valueAt({}, "defaultRules", "rules", "kubeProxy"), false);
    assert.equal(valueAt({}, "crds", "enabled"), false);
    assert.equal(valueAt({}, "grafana", "enabled"), false);
  });

  it("leaves room on the volume for what blocks do not count, in whole megabytes even of the smallest", () => {
    assert.equal(valueAt({ storageGiB: 50 }, "prometheus", "prometheusSpec", "retentionSize"), "43520MB");
    assert.equal(valueAt({ storageGiB: 1 }, "prometheus", "prometheusSpec", "retentionSize"), "870MB");
  });

  it("keeps its volumes unless its settings say delete", () => {
    const policy = (options: unknown) => valueAt(options, "prometheus", "prometheusSpec", "persistentVolumeClaimRetentionPolicy");
    assert.deepEqual(policy({}), { whenDeleted: "Retain", whenScaled: "Retain" });
    assert.deepEqual(policy({ data: "delete" }), { whenDeleted: "Delete", whenScaled: "Retain" });
  });
});

describe("alerts' receivers", () => {
  const config = (options: unknown) => {
    const [object] = declare(options).configuration;
    return JSON.stringify(object);
  };

  it("are warned about while there is none, and while nobody waits for a sign of life", () => {
    assert.equal(declare({}).warnings.length, 2);
    assert.deepEqual(declare(EVERY_RECEIVER).warnings, []);
    assert.match(declare({ deadManSwitch: {} }).warnings.join(), /nobody hears/);
  });

  it("ask for exactly the credentials of those that are set", () => {
    const problems = (options: Readonly<Record<string, unknown>>): readonly string[] => {
      const platform = { "kube-prometheus-stack": options };
      return platformProblems(settings({ platform }))
        .map(({ path }) => path.replace("secrets.", ""))
        .sort();
    };
    assert.deepEqual(problems(EVERY_RECEIVER), CREDENTIALS);
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ receivers: { ntfy: {} } }), ["ntfy-topic"]);
    const mail = { to: "me@example.com", from: "home@example.com", smarthost: "mail.example.com:25" };
    assert.deepEqual(problems({ receivers: { email: mail } }), []);
    const secrets = Object.fromEntries(CREDENTIALS.map((name) => [name, SecretValue.of("x")]));
    assert.deepEqual(platformProblems(settings({ platform: { "kube-prometheus-stack": EVERY_RECEIVER }, secrets })), []);
  });

  it("name keys that the seeded Secret has, and only those", () => {
    const seeded = declare(EVERY_RECEIVER).secrets.flatMap(({ data }) => Object.keys(data));
    const named = [...config(EVERY_RECEIVER).matchAll(/"key":"([^"]+)"/g)].map(([, key]) => key);
    assert.deepEqual(named.sort(), seeded.sort());
    assert.deepEqual(declare({}).secrets, []);
  });

  it("get what people should read; the sign of life goes to the dead man's switch alone", () => {
    assert.match(config(EVERY_RECEIVER), /"route":\{"receiver":"people"/);
    assert.match(config(EVERY_RECEIVER), /\{"receiver":"dead-man","matchers":\[\{"name":"alertname","value":"Watchdog"/);
    assert.match(config({}), /"route":\{"receiver":"nobody"/);
    assert.match(config({}), /\{"receiver":"nobody","matchers":\[\{"name":"alertname","value":"Watchdog"/);
  });

  it("are all defined that a route names", () => {
    for (const options of [{}, EVERY_RECEIVER, { deadManSwitch: {} }, { receivers: { slack: {} } }]) {
      const text = config(options);
      const defined = [...text.matchAll(/"name":"(nobody|people|dead-man)"/g)].map(([, name]) => name);
      const routed = new Set([...text.matchAll(/"receiver":"([^"]+)"/g)].map(([, name]) => name));
      for (const name of routed) assert.ok(defined.includes(name), `${name} of ${text}`);
    }
  });
});
