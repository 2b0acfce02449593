import assert from "node:assert/strict";
import { vendoredFiles } from "../../platform/crds/vendored";
import type { Listener } from "../../platform/gateways/listeners";
import { listenersOf } from "../../platform/gateways/gateways";
import { envoyGatewayOptions } from "../../platform/gateways/options";
import { envoyGateway } from "../../platform/apps/envoy-gateway";
import type { KubeObject } from "../../platform/kit/objects";
import { schemaProblems, schemasOf } from "./crd-schema";
import { appWith, at, declared, gatewaysOf, hostBy, platformOf, routesOf } from "./gateway-fixture";
import { settings } from "./settings";

/** CRDs that are read. */
const SLOW_MS = 30_000;

const AI = ["envoy-ai-gateway", "mcp-gateway"].map((name) => appWith(name, []));
const POLICIES = ["ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy"];

const EVERYTHING = {
  grpcPort: 50051,
  http3: true,
  replicas: 2,
  adminConsole: {},
  metricsSink: { host: "otel.example.com" },
  tcp: [{ name: "ssh", port: 2222, service: { name: "git", namespace: "git", port: 22 } }],
  passthrough: [{ name: "vpn", host: "vpn.example.org", gateway: "external", service: { name: "vpn", namespace: "vpn", port: 443 } }],
};
const TRACING = { tracing: { host: "tempo.tempo.svc.cluster.local", grpcPort: 4317, httpPort: 4318 } };

function named(objects: readonly KubeObject[] | undefined, kind: string): readonly string[] {
  return (objects ?? []).filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
}

function listeners(
  name: "external" | "internal" | "auth",
  options: Readonly<Record<string, unknown>>,
  apps = [appWith("home", [])],
): readonly Listener[] {
  return listenersOf(name, envoyGatewayOptions.parse(options), platformOf(apps, { options }));
}

describe("the Gateways", function () {
  this.timeout(SLOW_MS);

  it("are external and internal, and one more for each app that needs its own", () => {
    assert.deepEqual(named(gatewaysOf(platformOf([], { off: ["keycloak"] })).configuration, "Gateway"), ["external", "internal"]);
    assert.deepEqual(named(gatewaysOf(platformOf(AI)).configuration, "Gateway"), ["external", "internal", "auth", "ai", "mcp"]);
  });

  it("pass as what the CRDs of the pinned versions say, with every option set", () => {
    const schemas = schemasOf([...vendoredFiles("gateway-api").values(), ...vendoredFiles("envoy-gateway").values()]);
    const merged = platformOf(AI, { options: { ...EVERYTHING, merged: true }, facts: TRACING });
    const apart = platformOf(AI, { options: EVERYTHING, facts: TRACING });
    const objects = [merged, apart].flatMap((platform) => {
      const made = gatewaysOf(platform);
      return [...(made.configuration ?? []), ...(made.access ?? []), ...(routesOf("envoy-gateway", platform).access ?? [])];
    });
    const problems = objects.flatMap((object) => {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      return schema === undefined ? [`${object.kind} is not served`] : schemaProblems(object, schema);
    });
    assert.deepEqual(problems, []);
    assert.ok(objects.length > 30, `${objects.length}`);
  });

  it("ask the load balancer's IPAM for their fixed addresses, not the Service's external IPs, which nobody announces", () => {
    const platform = platformOf([]);
    const { configuration } = gatewaysOf(platform);
    for (const name of ["external", "internal", "auth"] as const) {
      const service = at(configuration, "EnvoyProxy", name, "provider", "kubernetes", "envoyService") as Record<string, unknown>;
      assert.equal(service["name"], name);
      assert.deepEqual(service["annotations"], { "lbipam.cilium.io/ips": settings().network.addresses[name] });
      assert.deepEqual(at(configuration, "Gateway", name, "infrastructure", "parametersRef"), {
        group: "gateway.envoyproxy.io",
        kind: "EnvoyProxy",
        name,
      });
      assert.equal(at(configuration, "Gateway", name, "addresses"), undefined);
    }
  });

  it("serve HTTPS for each domain with its certificate, every dot of the domain a dash in its name", () => {
    const domains = ["example.com", "home.my.example.org"];
    const cluster = { ...settings().cluster, domains };
    const { configuration } = gatewaysOf(platformOf([], { overrides: { cluster } }));
    const found = at(configuration, "Gateway", "internal", "listeners") as Listener[];
    assert.deepEqual(
      found
        .filter(({ protocol }) => protocol === "HTTPS")
        .map(({ hostname, tls }) => [hostname, tls?.mode === "Terminate" && tls.certificateRefs[0]?.name]),
      [
        ["*.example.com", "wildcard-example-com"],
        ["example.com", "wildcard-example-com"],
        ["*.home.my.example.org", "wildcard-home-my-example-org"],
        ["home.my.example.org", "wildcard-home-my-example-org"],
      ],
    );
    for (const { namespaces } of found.filter(({ protocol }) => protocol === "HTTPS").map(({ allowedRoutes }) => allowedRoutes))
      assert.equal(namespaces.from, "All");
  });

  it("take plain HTTP for the redirect alone, whose parents are exactly the Gateways that there are", () => {
    for (const apps of [[], AI]) {
      const { configuration } = gatewaysOf(platformOf(apps));
      const gateways = named(configuration, "Gateway");
      assert.deepEqual(
        at(configuration, "HTTPRoute", "https-redirect", "parentRefs"),
        gateways.map((name) => ({ name, namespace: "gateways", sectionName: "http" })),
      );
      for (const name of gateways) {
        const http = (at(configuration, "Gateway", name, "listeners") as Listener[]).filter(({ protocol }) => protocol === "HTTP");
        assert.deepEqual(
          http.map(({ allowedRoutes }) => allowedRoutes),
          [{ namespaces: { from: "Same" } }],
        );
      }
    }
  });

  it("have one policy of a kind each, by name and never by a selector, and leave the AI apps' own to them", () => {
    const { configuration = [] } = gatewaysOf(platformOf(AI));
    const targets = configuration
      .filter(({ kind }) => POLICIES.includes(kind))
      .map((policy) => {
        const spec = policy["spec"] as { targetRefs?: { name: string }[]; targetSelectors?: unknown };
        assert.equal(spec.targetSelectors, undefined);
        assert.equal(spec.targetRefs?.length, 1);
        return `${policy.kind} ${spec.targetRefs[0]?.name}`;
      });
    assert.equal(new Set(targets).size, targets.length);
    assert.ok(targets.includes("ClientTrafficPolicy mcp") && targets.includes("BackendTrafficPolicy auth"));
    assert.ok(!targets.includes("BackendTrafficPolicy mcp") && !targets.includes("BackendTrafficPolicy ai"));
    // Nothing that asks for a log-in stands before a whole Gateway: Keycloak would be behind its own.
    assert.ok(!targets.some((target) => target.startsWith("SecurityPolicy")));
  });

  it("speak TLS 1.2 at least, believe only the given networks about who calls, and take the AI apps' large bodies", () => {
    const { configuration } = gatewaysOf(platformOf(AI, { options: { trustedCidrs: ["10.0.0.0/8"] } }));
    assert.deepEqual(at(configuration, "ClientTrafficPolicy", "external", "tls"), { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] });
    assert.deepEqual(at(configuration, "ClientTrafficPolicy", "external", "clientIPDetection"), {
      xForwardedFor: { trustedCIDRs: ["10.0.0.0/8"] },
    });
    assert.deepEqual(at(configuration, "ClientTrafficPolicy", "mcp", "connection"), { bufferLimit: "50Mi" });
    const pods = gatewaysOf(platformOf([])).configuration;
    assert.deepEqual(at(pods, "ClientTrafficPolicy", "external", "clientIPDetection"), {
      xForwardedFor: { trustedCIDRs: ["10.244.0.0/16"] },
    });
  });

  it("take off what callers say of themselves, before anybody who knows them says it", () => {
    const home = [hostBy({ by: "proxy" }), hostBy({ by: "api", audience: "home" }, { host: "api.example.com" })];
    const platform = platformOf([...AI, appWith("home", home)]);
    const { configuration } = gatewaysOf(platform);
    const said = JSON.stringify(routesOf("home", platform).access).match(/x-(?:auth-request|jwt)-[a-z-]+/g) ?? [];
    assert.ok(said.length >= 9, said.join(" "));
    for (const name of named(configuration, "Gateway")) {
      const removed = at(configuration, "ClientTrafficPolicy", name, "headers", "earlyRequestHeaders", "remove") as string[];
      assert.deepEqual(
        said.filter((header) => !removed.includes(header)),
        [],
        name,
      );
      assert.ok(!removed.includes("authorization") && !removed.includes("cookie"));
    }
  });

  it("name the tunnel's record for what is outside, and their address for what is inside, as the target of DNS names", () => {
    const target = (overrides: Parameters<typeof platformOf>[1], name: string) =>
      gatewaysOf(platformOf([], overrides)).configuration?.find((object) => object.kind === "Gateway" && object.metadata.name === name)
        ?.metadata.annotations?.["external-dns.alpha.kubernetes.io/target"];
    assert.equal(target({}, "external"), "external.example.com");
    assert.equal(target({}, "internal"), settings().network.addresses.internal);
    assert.equal(target({ overrides: { cloudflare: undefined } }, "external"), settings().network.addresses.external);
  });

  it("trace and push metrics only where somebody takes them", () => {
    const telemetry = (options: object, facts: object) =>
      at(gatewaysOf(platformOf([], { options: { ...options }, facts })).configuration, "EnvoyProxy", "external", "telemetry") as Record<
        string,
        unknown
      >;
    assert.equal(telemetry({}, {})["tracing"], undefined);
    assert.deepEqual(telemetry({ traceSampling: 25 }, TRACING)["tracing"], {
      samplingRate: 25,
      provider: { type: "OpenTelemetry", host: "tempo.tempo.svc.cluster.local", port: 4317 },
    });
    assert.deepEqual((telemetry({ metricsSink: { host: "otel" } }, {})["metrics"] as { sinks: unknown }).sinks, [
      { type: "OpenTelemetry", openTelemetry: { host: "otel", port: 4317 } },
    ]);
  });

  it("keep a proxy up while a node is emptied, where there are two", () => {
    const kubernetes = (replicas: number) =>
      at(gatewaysOf(platformOf([], { options: { replicas } })).configuration, "EnvoyProxy", "external", "provider", "kubernetes") as Record<
        string,
        unknown
      >;
    assert.deepEqual(kubernetes(2)["envoyPDB"], { minAvailable: 1 });
    assert.equal(kubernetes(1)["envoyPDB"], undefined);
  });
});

describe("merged Gateways", () => {
  const home = appWith("home", [
    hostBy({ by: "public", reason: "a test" }),
    hostBy({ by: "public", reason: "a test" }, { host: "out.example.com", gateway: "external" }),
  ]);

  it("share one address and one set of proxies, whose Service the tunnel finds under the same name", () => {
    const { configuration } = gatewaysOf(platformOf([home], { options: { merged: true } }));
    assert.deepEqual(named(configuration, "EnvoyProxy"), ["external"]);
    assert.equal(at(configuration, "EnvoyProxy", "external", "mergeGateways"), true);
    assert.equal((at(configuration, "GatewayClass", "envoy", "parametersRef") as { name: string }).name, "external");
    assert.equal(at(configuration, "Gateway", "internal", "infrastructure"), undefined);
    assert.deepEqual(at(configuration, "HTTPRoute", "https-redirect", "parentRefs"), [
      { name: "external", namespace: "gateways", sectionName: "http" },
    ]);
  });

  it("are refused beside the AI gateway, which finds its proxies by their Gateway", () => {
    const problems = (merged: boolean, apps: typeof AI) =>
      declared("envoy-gateway", platformOf(apps, { options: { merged } })).problems.map(({ path }) => path.join("."));
    assert.deepEqual([problems(true, AI), problems(false, AI), problems(true, [])], [["merged"], [], []]);
  });

  it("leave no browser to ask one Gateway for another's host over a connection that it shares", () => {
    const tls = (merged: boolean) =>
      at(gatewaysOf(platformOf([], { options: { merged } })).configuration, "ClientTrafficPolicy", "internal", "tls");
    assert.deepEqual(tls(true), { minVersion: "1.2" });
    assert.deepEqual(tls(false), { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] });
    const quic = declared("envoy-gateway", platformOf([], { options: { merged: true, http3: true } })).problems;
    assert.deepEqual(
      quic.map(({ path }) => path),
      [["http3"]],
    );
  });

  it("have no port, protocol and host name twice, which Envoy Gateway would refuse", () => {
    for (const options of [{ merged: true }, { merged: true, ...EVERYTHING }]) {
      const all = (["external", "internal", "auth"] as const).flatMap((name) => listeners(name, options, [home]));
      const keys = all.map(({ port, protocol, hostname }) => `${protocol} ${hostname ?? ""} ${port}`);
      assert.deepEqual([...new Set(keys)], keys);
      assert.ok(keys.includes("HTTPS home.example.com 443") && !keys.includes("HTTPS out.example.com 443"));
    }
  });
});

describe("ports that are handed on", () => {
  it("get a listener for their own kind of route, and a route beside the Service", () => {
    const made = gatewaysOf(platformOf([], { options: EVERYTHING }));
    const by = (name: "external" | "internal", listener: string) => listeners(name, EVERYTHING).find((each) => each.name === listener);
    assert.deepEqual(by("internal", "ssh")?.allowedRoutes.kinds, [{ group: "gateway.networking.k8s.io", kind: "TCPRoute" }]);
    assert.deepEqual([by("external", "vpn")?.protocol, by("external", "vpn")?.tls], ["TLS", { mode: "Passthrough" }]);
    assert.equal(by("external", "ssh"), undefined);
    assert.deepEqual(
      made.access?.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      ["TCPRoute git/ssh", "TLSRoute vpn/vpn"],
    );
    assert.deepEqual(at(made.access, "TLSRoute", "vpn", "parentRefs"), [{ name: "external", namespace: "gateways", sectionName: "vpn" }]);
  });

  it("serve gRPC on a port of its own beside 443, for GRPCRoutes only", () => {
    const grpc = listeners("internal", { grpcPort: 50051 }).filter(({ port }) => port === 50051);
    assert.deepEqual(
      grpc.map(({ hostname, protocol, allowedRoutes }) => [hostname, protocol, allowedRoutes.kinds?.map(({ kind }) => kind)]),
      [["*.example.com", "HTTPS", ["GRPCRoute"]]],
    );
  });

  const problems = (options: Readonly<Record<string, unknown>>) =>
    declared("envoy-gateway", platformOf([], { options })).problems.map(({ path }) => path.join("."));

  it("have a name and a host of their own, as a Gateway wants of its listeners", () => {
    const service = { name: "a", namespace: "a", port: 1 };
    const tls = (name: string, host: string, gateway = "internal") => ({ name, host, gateway, service });
    assert.deepEqual(problems({ tcp: [{ name: "a", port: 22, service }], passthrough: [tls("a", "a.example.com")] }), [
      "passthrough.0.name",
    ]);
    assert.deepEqual(problems({ tcp: [{ name: "http", port: 22, service }] }), ["tcp.0.name"]);
    assert.deepEqual(problems({ passthrough: [tls("https-example-com", "a.example.com")] }), ["passthrough.0.name"]);
    assert.deepEqual(problems({ passthrough: [tls("a", "a.example.com"), tls("b", "a.example.com")] }), ["passthrough.1.host"]);
    assert.deepEqual(problems({ passthrough: [tls("a", "a.example.com"), tls("b", "b.example.com", "external")] }), []);
  });

  it("are not the ports of HTTP and HTTPS, which gRPC would take from them", () => {
    assert.deepEqual(
      [problems({ grpcPort: 443 }), problems({ grpcPort: 80 }), problems({ grpcPort: 50051 })],
      [["grpcPort"], ["grpcPort"], []],
    );
  });

  it("are refused where the Gateway listens already", () => {
    const tcp = (port: number, gateway: string) => ({
      name: `a${port}${gateway}`,
      port,
      gateway,
      service: { name: "a", namespace: "a", port: 1 },
    });
    assert.deepEqual(problems({ tcp: [tcp(443, "internal")] }), ["tcp.0.port"]);
    assert.deepEqual(problems({ grpcPort: 50051, tcp: [tcp(50051, "external")] }), ["tcp.0.port"]);
    assert.deepEqual(problems({ tcp: [tcp(22, "internal"), tcp(22, "external")] }), []);
    assert.deepEqual(problems({ merged: true, tcp: [tcp(22, "internal"), tcp(22, "external")] }), ["tcp.1.port"]);
  });
});

describe("the alert on certificates that end", () => {
  it("is quiet while certificates of every profile are renewed in time: the shortest with a third of 160 hours to go", () => {
    const { expr = "" } = declared("envoy-gateway", platformOf([])).alerts.find(({ alert }) => alert === "GatewayCertificateExpires") ?? {};
    const days = Number(/< (\d+)$/.exec(expr)?.[1]);
    assert.ok(days >= 1 && days <= Math.floor(160 / 3 / 24), expr);
  });
});

describe("Envoy Gateway", () => {
  it("installs no CRDs, is told of the AI gateway while that is on, and of the admin console while somebody asks for it", () => {
    const values = (platform: ReturnType<typeof platformOf>) =>
      declared("envoy-gateway", platform).values as { crds: unknown; config: { envoyGateway: object } };
    assert.deepEqual(values(platformOf([])).crds, { enabled: false });
    assert.deepEqual(values(platformOf([])).config.envoyGateway, {});
    assert.deepEqual(Object.keys(values(platformOf(AI)).config.envoyGateway), ["extensionApis", "extensionManager"]);
    assert.deepEqual(values(platformOf([], { options: { adminConsole: {} } })).config.envoyGateway, {
      admin: { address: { host: "0.0.0.0", port: 19000 } },
    });
  });

  it("never serves its admin console without somebody who lets callers in", () => {
    const platform = platformOf([], { options: { adminConsole: {} } });
    assert.deepEqual(
      declared("envoy-gateway", platform).hosts.map(({ host, gateway, protection }) => [host, gateway, protection]),
      [["envoy.example.com", "internal", { by: "browser" }]],
    );
    assert.deepEqual(named(routesOf("envoy-gateway", platform).access, "SecurityPolicy"), ["envoy.example.com"]);
    assert.equal(envoyGateway.options.safeParse({ adminConsole: { protection: "public" } }).success, false);
    assert.deepEqual(declared("envoy-gateway", platformOf([])).hosts, []);
  });
});
