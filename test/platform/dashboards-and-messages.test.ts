import assert from "node:assert/strict";
import { parse } from "yaml";
import { ciliumValues } from "../../components/cilium/values";
import { fluxNotifications } from "../../platform/apps/flux-notifications";
import { grafana } from "../../platform/apps/grafana";
import { hubbleUi } from "../../platform/apps/hubble-ui";
import { platformFacts } from "../../platform/facts";
import type { App, DeclaredApp } from "../../platform/kit/app";
import { settings } from "./settings";

function declare(app: App, others: readonly string[], options: Readonly<Record<string, unknown>> = {}, url?: string): DeclaredApp {
  const platform = Object.fromEntries([...others.map((name) => [name, {}] as const), [app.name, options] as const]);
  const base = settings({ platform });
  const given = url === undefined ? base : { ...base, git: { ...base.git, url } };
  const enabled = new Set(Object.keys(platform));
  return app.declare(options, { settings: given, enabled, facts: platformFacts(given, enabled) });
}

/** A value by its path. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => Object.entries(part ?? {}).find(([name]) => name === key)?.[1], value);
}

describe("grafana", () => {
  const file = (name: string, others: readonly string[], options = {}): string =>
    String(at(declare(grafana, others, options).objects.find(({ kind }) => kind === "ConfigMap")?.["data"], name));

  it("logs people in at Keycloak while that is on, asking nothing of it while it is off", () => {
    const [client, ...rest] = declare(grafana, ["keycloak"]).clients;
    assert.deepEqual(rest, []);
    assert.deepEqual(client?.redirectUris, ["https://grafana.example.com/login/generic_oauth"]);
    assert.match(file("grafana.ini", ["keycloak"]), /\[auth\.generic_oauth\]\nenabled = true/);
    assert.deepEqual(declare(grafana, []).clients, []);
    assert.ok(!file("grafana.ini", []).includes("generic_oauth"));
  });

  it("lets the user admin in while Keycloak is down: a password that is generated, and a form that is never turned off", () => {
    for (const others of [[], ["keycloak"]]) {
      assert.match(file("grafana.ini", others), /disable_login_form = false\noauth_auto_login = false/);
      const [admin] = declare(grafana, others).secrets;
      assert.deepEqual(admin?.data["admin-password"], {
        from: "config",
        secret: "grafana-admin-password",
        otherwise: { from: "generated", length: 32, alphabet: "alphanumeric" },
      });
    }
  });

  it("makes administrators of the platform's, and lets everybody else look", () => {
    const path = (options = {}) => /role_attribute_path = (.*)/.exec(file("grafana.ini", ["keycloak"], options))?.[1];
    assert.equal(path(), "contains(groups[*], 'admins') && 'GrafanaAdmin' || 'Viewer'");
    assert.equal(
      path({ editorGroups: ["family"] }),
      "contains(groups[*], 'admins') && 'GrafanaAdmin' || contains(groups[*], 'family') && 'Editor' || 'Viewer'",
    );
    assert.equal(grafana.options.safeParse({ editorGroups: ["a') || true || ('"] }).success, false);
  });

  it("knows exactly the sources that are on, by fixed ids", () => {
    const uids = (others: readonly string[]) => {
      const sources = at(parse(file("datasources.yaml", others)), "datasources");
      return Array.isArray(sources) ? sources.map((source) => at(source, "uid")) : [];
    };
    assert.deepEqual(uids([]), []);
    assert.deepEqual(uids(["loki"]), ["loki"]);
    assert.deepEqual(uids(["kube-prometheus-stack", "loki", "tempo"]), ["prometheus", "loki", "tempo"]);
  });

  it("refers from one source only to another that is there", () => {
    const all = ["kube-prometheus-stack", "loki", "tempo"];
    for (const others of [...all.map((name) => [name]), ...all.map((name) => all.filter((other) => other !== name)), all]) {
      const text = file("datasources.yaml", others);
      const there = [...text.matchAll(/"uid":"(\w+)"/g)].map(([, uid]) => uid);
      for (const [, uid] of text.matchAll(/"datasourceUid":"(\w+)"/g)) assert.ok(there.includes(uid), `${uid} with ${others.join()}`);
    }
  });

  it("finds the trace of a line, by a variable of its own that is no substitution in the tree", () => {
    const text = file("datasources.yaml", ["loki", "tempo"]);
    assert.ok(!text.includes("${"));
    // Two dollars, of which Grafana's own expansion of the file leaves one.
    assert.ok(JSON.stringify(parse(text)).includes("$${__value.raw}"));
  });

  it("gives the API server's token to the sidecar alone, which reads ConfigMaps and no Secret", () => {
    const { objects } = declare(grafana, []);
    const pod = at(
      objects.find(({ kind }) => kind === "StatefulSet"),
      "spec",
      "template",
      "spec",
    );
    assert.equal(at(pod, "automountServiceAccountToken"), false);
    const containers = at(pod, "containers");
    const holders = Array.isArray(containers) ? containers.filter((one) => JSON.stringify(at(one, "volumeMounts")).includes("token")) : [];
    assert.deepEqual(
      holders.map((one) => at(one, "name")),
      ["dashboards"],
    );
    assert.deepEqual(objects.find(({ kind }) => kind === "ClusterRole")?.["rules"], [
      { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] },
    ]);
  });

  it("has no volume when it is told to keep nothing", () => {
    const claims = (options: Readonly<Record<string, unknown>>) =>
      at(
        declare(grafana, [], options).objects.find(({ kind }) => kind === "StatefulSet"),
        "spec",
        "volumeClaimTemplates",
      );
    assert.notEqual(claims({}), undefined);
    assert.equal(claims({ storageGiB: 0 }), undefined);
  });
});

describe("hubble-ui", () => {
  it("turns Hubble's relay and user interface on in Cilium's release, which run for nobody while it is off", () => {
    for (const [platform, enabled] of [
      [{}, false],
      [{ "hubble-ui": {} }, true],
    ] as const) {
      const values = ciliumValues(settings({ platform }));
      for (const part of ["relay", "ui"]) assert.equal(at(values, "hubble", part, "enabled"), enabled, part);
      assert.equal(at(values, "hubble", "enabled"), true);
    }
  });

  it("is behind a log-in by default, since it shows every connection", () => {
    assert.deepEqual(
      declare(hubbleUi, []).hosts.map(({ service, port, protection, gateway }) => [service, port, protection.by, gateway]),
      [["hubble-ui", 80, "browser", "internal"]],
    );
  });
});

describe("flux-notifications", () => {
  it("says nothing by default, and says that", () => {
    const { objects, secrets, warnings } = declare(fluxNotifications, []);
    assert.deepEqual([objects, secrets, warnings.length], [[], [], 1]);
  });

  it("names the repository as a browser does, whatever the form of its URL", () => {
    for (const url of ["https://github.com/me/home.git", "ssh://git@github.com:22/me/home", "git@github.com:me/home.git"]) {
      const [provider] = declare(fluxNotifications, [], { commitStatus: "github" }, url).objects;
      assert.equal(at(provider, "spec", "address"), "https://github.com/me/home");
      assert.equal(at(provider, "spec", "type"), "github");
    }
  });

  it("reads tokens and URLs from Secrets that are seeded out of the settings, with the keys that Flux looks for", () => {
    const { objects, secrets } = declare(fluxNotifications, [], { commitStatus: "gitlab", message: "discord" });
    assert.deepEqual(
      secrets.map(({ name, data }) => [name, Object.keys(data)]),
      [
        ["flux-commit-status", ["token"]],
        ["flux-message", ["address"]],
      ],
    );
    const named = objects.filter(({ kind }) => kind === "Provider").map((provider) => at(provider, "spec", "secretRef", "name"));
    assert.deepEqual(
      named,
      secrets.map(({ name }) => name),
    );
  });

  it("tells the Git host of success, too, and people only of what the settings say", () => {
    const severities = (options: Readonly<Record<string, unknown>>) =>
      declare(fluxNotifications, [], { commitStatus: "github", message: "slack", ...options })
        .objects.filter(({ kind }) => kind === "Alert")
        .map((alert) => [alert.metadata.name, at(alert, "spec", "eventSeverity")]);
    assert.deepEqual(severities({}), [
      ["commit-status", "info"],
      ["message", "error"],
    ]);
    assert.deepEqual(severities({ severity: "info" })[1], ["message", "info"]);
  });

  it("does not send its token where everybody can read it", () => {
    const problems = declare(fluxNotifications, [], { commitStatus: "github" }, "http://git.home.arpa/me/home.git").problems;
    assert.deepEqual(
      problems.map(({ path }) => path),
      [["commitStatus"]],
    );
  });
});
