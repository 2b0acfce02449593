import assert from "node:assert/strict";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import type { App } from "../../platform/kit/app";
import { APPS } from "../../platform/apps";
import { healthExpressions } from "../../platform/kit/health";
import type { KubeObject } from "../../platform/kit/objects";
import { DNS_LABEL, edgeHost, GATEWAYS_NAMESPACE, wildcardSecret } from "../../platform/names";
import { planPlatform, platformProblems, secretsOf } from "../../platform/plan";
import { COMPONENTS } from "../../platform/versions";
import { settings } from "./settings";

const TOKEN = { "external-secrets-onepassword": SecretValue.encrypted(), "unifi-api-key": SecretValue.encrypted() };
const UNIFI = { host: "https://192.168.10.1" };

/** A home with these apps, whose options are the values. */
function home(platform: Settings["platform"], overrides: Partial<Settings> = {}): Settings {
  return settings({ platform, secrets: TOKEN, ...overrides });
}

const stagesOf = (given: Settings, apps: readonly App[] = APPS) => planPlatform(given, apps).flatMap(({ stages }) => stages);

function objects(given: Settings, kind: string): readonly KubeObject[] {
  return stagesOf(given)
    .flatMap((stage) => stage.objects)
    .filter((object) => object.kind === kind);
}

/** Something deep inside an object; a number is a place in a list. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}

function values(given: Settings, release: string): unknown {
  return at(
    objects(given, "HelmRelease").find(({ metadata }) => metadata.name === release),
    "spec",
    "values",
  );
}

const problems = (given: Settings) => platformProblems(given).map(({ rule, path }) => `${rule} at ${path}`);

describe("certificates", () => {
  it("are one wildcard per domain, each in a Secret named for the whole domain", () => {
    const base = settings();
    const given = home({ "cert-manager": {} }, { cluster: { ...base.cluster, domains: ["a.example.com", "example.org"] } });
    const { access } = certManagerWithGateways(given);
    assert.deepEqual(
      access.map((object) => [object.metadata.namespace, at(object, "spec", "secretName"), at(object, "spec", "dnsNames")]),
      [
        [GATEWAYS_NAMESPACE, "wildcard-a-example-com", ["a.example.com", "*.a.example.com"]],
        [GATEWAYS_NAMESPACE, "wildcard-example-org", ["example.org", "*.example.org"]],
      ],
    );
    assert.equal(wildcardSecret("a.b.c.example.com"), "wildcard-a-b-c-example-com");
  });

  it("are not asked for while nobody terminates TLS with them", () => {
    assert.equal(app("cert-manager").declare({}, platformOf(home({}))).access.length, 0);
  });

  it("keep nobody waiting: what depends on cert-manager waits for its issuer, not for Let's Encrypt's answer", () => {
    const stages = stagesOf(home({ "cert-manager": {}, "envoy-gateway": {}, "external-secrets": {} }));
    const wildcards = stages.filter(({ objects }) => objects.some(({ kind }) => kind === "Certificate"));
    assert.deepEqual(
      wildcards.map(({ name }) => name),
      ["cert-manager-access"],
    );
    assert.ok(stages.every(({ dependsOn }) => !dependsOn.includes("cert-manager-access")));
    assert.ok(stages.find(({ name }) => name === "external-secrets")?.dependsOn.includes("cert-manager-config"));
    const issuer = stages.find(({ name }) => name === "cert-manager-config");
    assert.deepEqual(
      issuer?.objects.map(({ kind }) => kind),
      ["ClusterIssuer"],
    );
  });

  it("come from an issuer of another name when the settings change who signs, so that they are issued anew", () => {
    for (const issuer of ["letsencrypt-production", "letsencrypt-staging", "internal-ca"]) {
      const { access, configuration } = certManagerWithGateways(home({ "cert-manager": { issuer } }), { issuer });
      assert.equal(at(access[0], "spec", "issuerRef", "name"), issuer);
      assert.ok(configuration.some(({ kind, metadata }) => kind === "ClusterIssuer" && metadata.name === issuer));
    }
  });

  it("are checked over HTTPS at public resolvers alone, where split DNS at home cannot answer", () => {
    const given = values(home({ "cert-manager": {} }), "cert-manager");
    assert.equal(at(given, "dns01RecursiveNameserversOnly"), true);
    assert.match(String(at(given, "dns01RecursiveNameservers")), /^https:\/\/[^,]+(,https:\/\/[^,]+)*$/);
    assert.deepEqual(problems(home({ "cert-manager": { resolvers: ["192.168.10.1:53"] } })), [
      "platform.options at platform.cert-manager.resolvers[0]",
    ]);
  });

  it("that only the cluster trusts are not taken by the tunnel, which somebody is told", () => {
    const warned = (issuer: string) =>
      app("cert-manager")
        .declare({ issuer }, platformOf(home({}), "cloudflared"))
        .warnings.some((text) => text.includes("tunnel refuses"));
    assert.deepEqual(["letsencrypt-production", "letsencrypt-staging", "internal-ca"].map(warned), [false, true, true]);
  });

  it("live as long as their profile says", () => {
    const { access } = certManagerWithGateways(home({}), { profile: "shortlived" });
    assert.equal(at(access[0], "spec", "duration"), "160h");
    assert.equal(at(certManagerWithGateways(home({})).access[0], "spec", "duration"), undefined);
  });

  it("use a DNS token of their own where there is one, else the edge's, and none for a CA of the cluster's own", () => {
    const token = (given: Settings) => secretsOf(given).find(({ name }) => name === "cloudflare-token")?.data["token"];
    const own = SecretValue.of("dns-only");
    assert.deepEqual(token(home({ "cert-manager": {} })), { from: "given", value: settings().cloudflare?.token });
    assert.deepEqual(token(home({ "cert-manager": {} }, { secrets: { "cloudflare-dns-token": own } })), { from: "given", value: own });
    assert.equal(token(home({ "cert-manager": { issuer: "internal-ca" } })), undefined);
    assert.deepEqual(problems(home({ "cert-manager": {} }, { cloudflare: undefined })), [
      "platform.secrets at secrets.cloudflare-dns-token",
    ]);
  });
});

describe("names in the DNS", () => {
  const both = home({ "external-dns": {}, "external-dns-unifi": UNIFI });

  it("are told apart by owner and mark, which no two instances share", () => {
    const marks = ["external-dns", "external-dns-unifi"].map((release) => [
      at(values(both, release), "txtOwnerId"),
      at(values(both, release), "txtPrefix"),
    ]);
    assert.equal(new Set(marks.flat()).size, 4, JSON.stringify(marks));
    const [cloudflare = "", unifi = ""] = marks.map(([, prefix]) => String(prefix));
    assert.ok(!unifi.startsWith(cloudflare) && !cloudflare.startsWith(unifi), "a prefix of the other would match its records, too");
    for (const [owner] of marks) assert.match(String(owner), /^test/);
  });

  it("are public for the external gateway alone, and at home for every other one", () => {
    const filter = (release: string) => at(values(both, release), "extraArgs", "gateway-label-filter");
    assert.equal(filter("external-dns"), `${DNS_LABEL}=internet`);
    assert.equal(filter("external-dns-unifi"), `${DNS_LABEL}=home`);
    for (const release of ["external-dns", "external-dns-unifi"])
      assert.equal(at(values(both, release), "gatewayNamespace"), GATEWAYS_NAMESPACE);
  });

  it("are published by the version whose kinds the tree has: the chart's own reads TLSRoutes in a version that is not served", () => {
    for (const release of ["external-dns", "external-dns-unifi"])
      assert.equal(at(values(both, release), "image", "tag"), COMPONENTS.externalDns);
  });

  it("have marks inside their own zone, a domain's own name included", () => {
    for (const release of ["external-dns", "external-dns-unifi"]) {
      const prefix = String(at(values(both, release), "txtPrefix"));
      // Without the template, external-dns writes the type into the first label: `<prefix>cname-example.com`.
      assert.ok(prefix.includes("%{record_type}") && prefix.endsWith("."), prefix);
    }
  });

  it("have Cloudflare in front of the tunnel, and not of an address at home, which it refuses", () => {
    const dns = (options: Settings["platform"][string], more: Partial<Settings> = {}) =>
      problems(home({ "external-dns": options }, { secrets: { "cloudflare-dns-token": SecretValue.encrypted() }, ...more }));
    const refused = ["platform.options at platform.external-dns.proxied"];
    assert.deepEqual([dns({}), dns({ proxied: false })], [[], refused]);
    assert.deepEqual([dns({}, { cloudflare: undefined }), dns({ proxied: false }, { cloudflare: undefined })], [refused, []]);
    const { network } = settings();
    const open = { ...network, addresses: { ...network.addresses, external: "8.8.4.4" } };
    assert.deepEqual(dns({}, { cloudflare: undefined, network: open }), []);
  });

  it("leave the tunnel's own record to Pulumi", () => {
    assert.deepEqual(at(values(both, "external-dns"), "excludeDomains"), [edgeHost("example.com")]);
  });

  it("are answered for by UniFi or by the cluster's own server, not by both", () => {
    const given = home({ "external-dns-unifi": UNIFI, "k8s-gateway": {} });
    const [found, ...rest] = platformProblems(given);
    assert.deepEqual(rest, []);
    assert.equal(found?.path, "platform.external-dns-unifi");
    assert.match(found?.fix ?? "", /one of them/);
  });

  it("go to UniFi by a container that its namespace admits, with a key out of a Secret", () => {
    const webhook = at(values(both, "external-dns-unifi"), "provider", "webhook");
    assert.equal(at(webhook, "securityContext", "allowPrivilegeEscalation"), false);
    assert.equal(at(webhook, "image", "repository"), "ghcr.io/kashalls/external-dns-unifi-webhook");
    assert.match(String(at(webhook, "image", "tag")), /^v\d/);
    assert.ok(!JSON.stringify(webhook).includes("$("), "a key in an argument would be seen by everybody");
    assert.deepEqual(problems(home({ "external-dns-unifi": {} })), ["platform.options at platform.external-dns-unifi.host"]);
    assert.deepEqual(problems(home({ "external-dns-unifi": UNIFI }, { secrets: {} })), ["platform.secrets at secrets.unifi-api-key"]);
  });
});

describe("split DNS", () => {
  const given = home({ "k8s-gateway": {} });
  const corefile = String(at(objects(given, "ConfigMap")[0], "data", "Corefile"));

  it("asks public servers for what the cluster does not serve, never one that may ask back", () => {
    assert.match(corefile, /forward \. 1\.1\.1\.1 1\.0\.0\.1\n/);
    for (const fallback of ["192.168.10.1", "10.0.0.53", "127.0.0.1", "100.64.0.1", "169.254.1.1", "fd00::1", "fe80::1"])
      assert.deepEqual(problems(home({ "k8s-gateway": { fallback: ["9.9.9.9", fallback] } })), [
        "platform.options at platform.k8s-gateway.fallback[1]",
      ]);
    assert.deepEqual(problems(home({ "k8s-gateway": { fallback: ["9.9.9.9", "2620:fe::fe"] } })), []);
    assert.deepEqual(problems(home({ "k8s-gateway": { fallback: ["dns.example.com"] } })), [
      "platform.options at platform.k8s-gateway.fallback[0]",
    ]);
  });

  it("keeps the plugins that its probes and its metrics need", () => {
    const container = at(
      objects(given, "Deployment").find(({ metadata }) => metadata.name === "k8s-gateway"),
      "spec",
      "template",
      "spec",
    );
    for (const [plugin, port] of [
      ["ready", 8181],
      ["health", 8080],
    ] as const) {
      assert.match(corefile, new RegExp(`^ +${plugin}\\b`, "m"));
      assert.ok(JSON.stringify(container).includes(`"port":${port}`));
    }
    assert.match(corefile, /prometheus 0\.0\.0\.0:9153/);
  });

  it("answers for every sort of route that has a name, TLS that is handed on included", () => {
    const text = String(at(objects(given, "ConfigMap")[0], "data", "Corefile"));
    assert.match(text, /resources HTTPRoute GRPCRoute TLSRoute\n/);
  });

  it("answers on its address, by UDP and TCP", () => {
    const service = objects(given, "Service").find(({ metadata }) => metadata.name === "k8s-gateway");
    assert.equal(service?.metadata.annotations?.["lbipam.cilium.io/ips"], given.network.addresses.dns);
    const ports = at(service, "spec", "ports");
    assert.deepEqual(Array.isArray(ports) && ports.map((port) => [at(port, "port"), at(port, "protocol")]), [
      [53, "UDP"],
      [53, "TCP"],
    ]);
  });

  it("starts new pods when its configuration changes", () => {
    const mark = (platform: Settings["platform"]) =>
      at(objects(home(platform), "Deployment")[0], "spec", "template", "metadata", "annotations", "hearth/config");
    assert.notEqual(mark({ "k8s-gateway": {} }), mark({ "k8s-gateway": { ttl: 60 } }));
  });
});

describe("the tunnel's connector", () => {
  const container = (options: Record<string, unknown>) =>
    at(objects(home({ cloudflared: options }), "Deployment")[0], "spec", "template", "spec", "containers", 0);
  const env = (options: Record<string, unknown>) =>
    Object.fromEntries(
      (at(container(options), "env") as readonly { name: string; value?: string }[]).map(({ name, value }) => [name, value]), // as written by the app
    );

  it("takes its token out of the Secret that Pulumi seeds, and by no argument", () => {
    const text = JSON.stringify(container({}));
    assert.ok(text.includes('"secretKeyRef":{"name":"cloudflare-tunnel","key":"TUNNEL_TOKEN"}'), text);
    assert.deepEqual(at(container({}), "args"), ["tunnel", "run"]);
    assert.ok(secretsOf(home({ cloudflared: {} })).some(({ namespace, name }) => `${namespace}/${name}` === "network/cloudflare-tunnel"));
  });

  it("asks for post-quantum keys over QUIC only", () => {
    assert.equal(env({ postQuantum: "required" })["TUNNEL_POST_QUANTUM"], "true");
    assert.equal(env({ protocol: "http2" })["TUNNEL_POST_QUANTUM"], undefined);
    assert.equal(env({ protocol: "http2" })["TUNNEL_TRANSPORT_PROTOCOL"], "http2");
    assert.deepEqual(problems(home({ cloudflared: { protocol: "http2", postQuantum: "required" } })), [
      "platform.options at platform.cloudflared.postQuantum",
    ]);
  });

  it("runs nothing where there is no edge, and says when the tunnel leads nowhere", () => {
    assert.deepEqual(objects(home({ cloudflared: {} }, { cloudflare: undefined }), "Deployment"), []);
    const [plan] = planPlatform(home({ cloudflared: {} })).filter(({ name }) => name === "cloudflared");
    assert.match(plan?.warnings[0] ?? "", /envoy-gateway is off/);
  });
});

describe("secrets from outside", () => {
  const uuid = "7c0d21ec-10d9-4972-bdf8-ec52df99cc86";
  const stores: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ["onepassword", { provider: "1password", vault: "home" }, "external-secrets-onepassword"],
    [
      "onepassword",
      { provider: "1password-connect", host: "http://connect.home.arpa", vaults: ["a", "b"] },
      "external-secrets-onepassword-connect",
    ],
    ["bitwarden", { provider: "bitwarden", organization: uuid, project: uuid }, "external-secrets-bitwarden"],
  ];

  for (const [name, store, secret] of stores) {
    it(`come from ${String(store["provider"])}, logged in by a Secret that is seeded`, () => {
      const platform = { "external-secrets": { store }, "cert-manager": {} };
      assert.deepEqual(problems(home(platform, { secrets: {} })), [`platform.secrets at secrets.${secret}`]);
      const given = home(platform, { secrets: { [secret]: SecretValue.encrypted() } });
      const [made, ...rest] = objects(given, "ClusterSecretStore");
      assert.deepEqual(rest, []);
      assert.equal(made?.apiVersion, "external-secrets.io/v1");
      assert.equal(made.metadata.name, name);
      assert.equal(made.metadata.namespace, undefined);
      const seeded = secretsOf(given).filter(({ namespace }) => namespace === "external-secrets");
      for (const each of seeded)
        assert.ok(JSON.stringify(made).includes(`"name":"${each.name}","key":"token","namespace":"external-secrets"`));
      assert.equal(seeded.length, 1);
    });
  }

  it("come from Vault by the operator's own account, without a Secret and without an empty CA", () => {
    const given = home({ "external-secrets": { store: { provider: "vault", server: "https://vault.home.arpa:8200" } } }, { secrets: {} });
    assert.deepEqual(problems(given), []);
    const [made] = objects(given, "ClusterSecretStore");
    assert.ok(!JSON.stringify(made).includes("caBundle"));
    assert.deepEqual(at(made, "spec", "provider", "vault", "auth", "kubernetes", "serviceAccountRef"), {
      name: "external-secrets",
      namespace: "external-secrets",
    });
  });

  it("need the options of their provider and no other's", () => {
    const found = problems(home({ "external-secrets": { store: { provider: "1password", server: "https://vault" } } }));
    assert.ok(
      found.every((each) => each.startsWith("platform.options at platform.external-secrets.store")),
      found.join(),
    );
    assert.ok(found.length > 0);
  });

  it("reach Bitwarden through a server with a certificate, which needs cert-manager", () => {
    const store = { provider: "bitwarden", organization: uuid, project: uuid };
    const secrets = { "external-secrets-bitwarden": SecretValue.encrypted() };
    assert.deepEqual(problems(home({ "external-secrets": { store } }, { secrets })), [
      "platform.needs at platform.external-secrets.store.provider",
    ]);
    const given = home({ "external-secrets": { store }, "cert-manager": {} }, { secrets });
    const [made] = objects(given, "ClusterSecretStore");
    const url = new URL(String(at(made, "spec", "provider", "bitwardensecretsmanager", "bitwardenServerSDKURL")));
    const certificate = objects(given, "Certificate")[0];
    assert.deepEqual(at(certificate, "spec", "dnsNames"), [url.hostname]);
    assert.equal(at(made, "spec", "provider", "bitwardensecretsmanager", "caProvider", "name"), at(certificate, "spec", "secretName"));
  });
});

describe("what an operator has not looked at yet", () => {
  it("is not taken for ready", () => {
    const given = home({ "cert-manager": {}, "external-secrets": { store: { provider: "1password", vault: "home" } } });
    for (const [name, kind] of [
      ["cert-manager-config", "ClusterIssuer"],
      ["external-secrets-config", "ClusterSecretStore"],
    ]) {
      const stage = stagesOf(given).find((each) => each.name === name);
      assert.ok(stage);
      const [check] = healthExpressions(stage.objects);
      assert.equal(check?.kind, kind);
      assert.match(check?.current ?? "", /exists\(/, "`all` holds for no conditions at all");
    }
  });
});

function app(name: string): App {
  const found = APPS.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

function platformOf(given: Settings, ...enabled: readonly string[]) {
  return { settings: given, enabled: new Set(enabled), facts: { domain: "example.com", metrics: false, replicas: 1 as const } };
}

/** cert-manager beside Envoy Gateway, whether or not the catalogue has it. */
function certManagerWithGateways(given: Settings, options: Record<string, unknown> = {}) {
  return app("cert-manager").declare(options, platformOf(given, "envoy-gateway"));
}
