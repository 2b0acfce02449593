import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SecretValue } from "../../../config/secret-value";
import { rawFromPulumiConfig } from "../../../config/pulumi-config";
import { APPS } from "../../../platform/apps";
import { namespacesOf } from "../../../platform/plan";
import { platformNamespaces } from "../../../stacks/tenant/plan/platform-namespaces";
import { resolveTenants, TenantSettingsError } from "../../../stacks/tenant/settings/resolve";
import { DEFAULT_QUOTA, PROJECT, SECRET_FIELDS } from "../../../stacks/tenant/settings/schema";
import { everything } from "../../platform/everything";
import { GIT, tenantOf, tenantsOf, written } from "./fixture";

/** The lines that settings are refused with, without what comes before the first problem. */
function refusal(tenants: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): readonly string[] {
  try {
    resolveTenants(written(tenants, more), "teams");
  } catch (error) {
    assert.ok(error instanceof TenantSettingsError, String(error));
    return error.message.split("\n").map((line) => line.trim());
  }
  throw new Error("they were taken");
}

/** The one line about tenant `shop` with these settings, its path shortened. */
function oneLine(more: Readonly<Record<string, unknown>>): string {
  const [line = "", ...rest] = refusal({ shop: { namespaces: { shop: {} }, ...more } });
  assert.deepEqual(rest, []);
  return line.replace("stack teams: hearth-tenant:tenants.shop.", "");
}

describe("the settings of tenants", () => {
  it("are restricted, limited, closed and kept where they say nothing", () => {
    const { namespaces, home, rights, data, git, network, also } = tenantOf();
    assert.deepEqual([home, rights, data, git, also], ["shop", "edit", "keep", undefined, []]);
    assert.deepEqual(network, { gateways: [], world: [], closed: [], addresses: [] });
    assert.deepEqual(namespaces, [
      {
        name: "shop",
        podSecurity: "restricted",
        quota: DEFAULT_QUOTA,
        limits: { defaultRequest: { cpu: "50m", memory: "128Mi" }, default: { memory: "256Mi" }, max: {} },
      },
    ]);
  });

  it("put what they say over the defaults, amounts as texts", () => {
    const [namespace] = tenantOf({ namespaces: { shop: { quota: { pods: 12, "requests.cpu": "500m" } } } }).namespaces;
    assert.deepEqual(
      [namespace?.quota["pods"], namespace?.quota["requests.cpu"], namespace?.quota["services.nodeports"]],
      ["12", "500m", "0"],
    );
  });

  it("come in the order of their names, whatever the order of the file", () => {
    const { tenants } = tenantsOf({ b: { namespaces: { z: {}, b: {} } }, a: { namespaces: { only: {} } } });
    assert.deepEqual(
      tenants.map(({ name, home, namespaces }) => [name, home, namespaces.map((each) => each.name)]),
      [
        ["a", "only", ["only"]],
        ["b", "b", ["b", "z"]],
      ],
    );
  });

  it("are refused in one line each, with path, rule and fix", () => {
    assert.equal(
      oneLine({ namespaces: { "kube-extra": {} } }),
      "namespaces.kube-extra belongs to Kubernetes: choose another name [tenant.namespace-owned]",
    );
    assert.match(
      oneLine({ namespaces: { network: {} } }),
      /^namespaces\.network belongs to the platform's edge: .*\[tenant\.namespace-owned\]$/,
    );
    assert.match(
      oneLine({ namespaces: { shop: { podSecurity: "privileged" } } }),
      /^namespaces\.shop\.podSecurity is not one of the choices: /,
    );
    assert.match(oneLine({ namespaces: { shop: { quota: { pods: "many" } } } }), /quota\.pods is not an amount: .*\[tenant\.quantity\]$/);
    assert.match(oneLine({ namespaces: {} }), /^namespaces is empty: /);
    assert.match(oneLine({ home: "elsewhere" }), /^home is none of its namespaces: write one of shop \[tenant\.home\]$/);
    assert.match(oneLine({ namespaces: { a: {}, b: {} } }), /^home is none of its namespaces: write one of a, b \[/);
    assert.match(oneLine({ right: "edit" }), /^right is not a setting: did you mean rights\? \[keys\.unknown\]$/);
    assert.match(oneLine({ network: { world: [70000] } }), /^network\.world\[0\] is too big: /);
    assert.match(
      oneLine({ network: { addresses: [{ cidr: "0.0.0.0/0", ports: [1] }] } }),
      /^network\.addresses\[0\]\.cidr is everything: .*\[tenant\.open-world\]$/,
    );
    assert.match(
      oneLine({ namespaces: { shop: { quota: { "limits.cpu": "4" } } } }),
      /limits\.default\.cpu is missing, and the quota counts limits\.cpu/,
    );
  });

  it("tell of every problem at once", () => {
    const lines = refusal({ shop: { namespaces: { shop: {}, keycloak: {} } }, books: { namespaces: { shop: {}, books: {} } } });
    assert.deepEqual(lines, [
      "stack teams has 2 problems:",
      "hearth-tenant:tenants.shop.namespaces.keycloak belongs to the platform's keycloak: choose another name [tenant.namespace-owned]",
      "hearth-tenant:tenants.books.namespaces.shop is shop's already: give it to one of them [tenant.namespace-unique]",
    ]);
    assert.match(refusal({}, { cluster: undefined })[0] ?? "", /hearth-tenant:cluster is missing/);
  });

  it("keep what fences a tenant out of its further rights", () => {
    const also = (group: string, ...resources: string[]) => oneLine({ also: [{ group, resources, verbs: ["create"] }] });
    for (const [group, resource] of [
      ["", "resourcequotas"],
      ["", "namespaces/finalize"],
      ["cilium.io", "ciliumnetworkpolicies"],
      ["networking.k8s.io", "networkpolicies"],
      ["rbac.authorization.k8s.io", "rolebindings"],
      ["external-secrets.io", "*"],
      ["*", "secrets"],
    ] as const) {
      assert.match(also(group, resource), /^also\[0\] takes in what fences the tenant: .*\[tenant\.also-fenced\]$/, `${group}/${resource}`);
    }
    assert.equal(tenantOf({ also: [{ group: "external-secrets.io", resources: ["externalsecrets"], verbs: ["create"] }] }).also.length, 1);
    assert.match(
      oneLine({ also: [{ group: "apps", resources: ["deployments"], verbs: ["bind"] }] }),
      /^also\[0\]\.verbs\[0\] is not one of the choices/,
    );
  });

  it("ask for the credentials that go with the URL, encrypted", () => {
    const git = (credentials: object, url: string = GIT.url) => oneLine({ git: { url, credentials } });
    assert.match(git({ kind: "token" }), /^git\.credentials\.token is missing for token: set it \[tenant\.git-credentials\]$/);
    assert.match(git({ kind: "public", token: SecretValue.of("x") }), /^git\.credentials\.token does not go with public: remove it/);
    assert.match(git({ kind: "public" }, "ssh://git@git.example.com/shop.git"), /^git\.credentials\.kind does not go with the URL/);
    const inClear = git({ kind: "token", token: "hunter2" });
    assert.match(
      inClear,
      /is a secret in clear: .*pulumi config set --path --secret 'hearth-tenant:tenants\.shop\.git\.credentials\.token'/,
    );
    assert.doesNotMatch(inClear, /hunter2/);
    assert.deepEqual(tenantOf({ git: GIT }).git?.login, { kind: "token", username: "reader", token: GIT.credentials.token });
  });

  it("are read from Pulumi with the secrets wrapped", () => {
    const config = { [`${PROJECT}:tenants`]: JSON.stringify({ shop: { git: { credentials: { kind: "token", token: "hunter2" } } } }) };
    const raw = rawFromPulumiConfig(config, Object.keys(config), PROJECT, SECRET_FIELDS);
    assert.doesNotMatch(JSON.stringify(raw), /hunter2/);
    assert.match(JSON.stringify(raw), /"token":"\[secret\]"/);
  });
});

describe("the example", () => {
  const text = readFileSync(join(__dirname, "../../../stacks/tenant/Pulumi.example.yaml"), "utf8");
  const sections = (yaml: string): Readonly<Record<string, unknown>> => {
    const { config } = parse(yaml) as { readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
    const raw = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${PROJECT}:`, ""), value]));
    const shop = (raw["tenants"] as Readonly<Record<string, Record<string, unknown>>>)["shop"]; // the example's own tenant
    const credentials = (shop?.["git"] as Record<string, Record<string, unknown>>)["credentials"];
    if (credentials !== undefined) credentials["token"] = SecretValue.of("hunter2");
    return raw;
  };

  it("is taken once its secret is set", () => {
    assert.deepEqual(
      resolveTenants(sections(text), "example").tenants.map(({ name }) => name),
      ["books", "shop"],
    );
  });

  it("shows in its comments what a namespace may use by default", () => {
    for (const [key, value] of Object.entries(DEFAULT_QUOTA)) {
      const said = new RegExp(`(# )?${key.replaceAll(".", "\\.")}: "?(\\w+)"?$`, "m").exec(text);
      assert.ok(said !== null, key);
      if (said[1] !== undefined) assert.equal(said[2], value, key);
    }
  });
});

describe("the namespaces of the platform", () => {
  it("are all known, those of apps that are off too", function () {
    this.timeout(30_000);
    const known = platformNamespaces();
    for (const { name } of namespacesOf(everything())) assert.ok(known.has(name), name);
    for (const { namespace } of APPS) assert.ok(known.has(namespace.name), namespace.name);
    for (const name of ["flux-system", "kube-system", "default", "gateways"]) assert.ok(known.has(name), name);
  });
});
