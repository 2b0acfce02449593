import assert from "node:assert/strict";
import { z } from "zod";
import { networkPolicies } from "../../platform/apps/network-policies";
import { vendoredFiles } from "../../platform/crds/vendored";
import type { DeclaredApp } from "../../platform/kit/app";
import type { Peer } from "../../platform/kit/requests";
import { gatewayNetwork } from "../../platform/gateways/network";
import { envoyGatewayOptions } from "../../platform/gateways/options";
import { PROXIES_NAMESPACE } from "../../platform/names";
import { declarePlatform, planPlatform } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { schemaProblems, schemasOf } from "./crd-schema";
import { everything } from "./everything";
import { app, GATEWAYS, on, pod, policiesIn, policiesOf, PROMETHEUS, PROXY } from "./network-fixture";
import { isClosed, reaches, type Call, type Party, type Policy } from "./network-model";
import { settings } from "./settings";

const DNS = pod("kube-system", { "k8s-app": "kube-dns" });
const OPEN: readonly string[] = ["kube-system", "flux-system"];
const HTTP: Call = { port: 8080 };

const STACK = app("kube-prometheus-stack", { namespace: { name: "monitoring" } });

/** Every direction between two namespaces, at one port. */
function crossings(policies: readonly Policy[], a: string, b: string, call: Call): readonly boolean[] {
  return [reaches(policies, pod(a), pod(b), call), reaches(policies, pod(b), pod(a), call)];
}

describe("the default deny", function () {
  this.timeout(30_000);

  const apart = [app("a"), app("b")];

  it("keeps pods of different namespaces from each other, from nodes and from the world, in both directions", () => {
    const policies = policiesOf(apart);
    assert.deepEqual(crossings(policies, "a", "b", HTTP), [false, false]);
    for (const outside of ["world", "remote-node"] as const) {
      assert.deepEqual([reaches(policies, outside, pod("a"), HTTP), reaches(policies, pod("a"), outside, HTTP)], [false, false], outside);
    }
    assert.equal(reaches(policies, pod("a"), pod("kube-system"), HTTP), false);
    assert.equal(reaches(policies, pod("a"), pod("flux-system"), HTTP), false);
  });

  it("holds in namespaces that are no app's, unless they are exempt", () => {
    assert.deepEqual(crossings(policiesOf(apart), "default", "home", HTTP), [false, false]);
    assert.deepEqual(crossings(policiesOf(apart, on("enforce", ["default", "home"])), "default", "home", HTTP), [true, true]);
    assert.equal(reaches(policiesOf(apart, on("enforce", ["default"])), pod("default"), pod("a"), HTTP), false);
  });

  it("leaves what every pod needs: its namespace, DNS, the API server and the probes of its node", () => {
    const policies = policiesOf(apart);
    for (const namespace of ["a", "default"]) {
      for (const protocol of ["TCP", "UDP"] as const) assert.ok(reaches(policies, pod(namespace), DNS, { port: 53, protocol }));
      assert.ok(reaches(policies, pod(namespace), "kube-apiserver", { port: 6443 }));
      assert.ok(reaches(policies, "host", pod(namespace), HTTP));
      assert.equal(reaches(policies, pod(namespace), DNS, { port: 9153 }), false);
      assert.equal(reaches(policies, pod(namespace), "kube-apiserver", { port: 50000 }), false);
    }
    assert.ok(reaches(policies, pod("a"), pod("a"), HTTP));
  });

  it("never closes CoreDNS, metrics-server, Flux or Cilium's health endpoints, whatever is on", () => {
    const policies = policiesIn(renderTree(everything()));
    for (const party of [DNS, pod("kube-system"), pod("flux-system"), "health"] as const) {
      for (const direction of ["ingress", "egress"] as const) assert.ok(!isClosed(policies, party, direction), JSON.stringify(party));
    }
    assert.ok(policies.every(({ kind, spec }) => kind !== "CiliumNetworkPolicy" || spec.enableDefaultDeny?.ingress === false));
  });

  it("refuses nothing in audit mode, with the same policies beside the apps", () => {
    const [audit, enforce] = [policiesOf(apart, on("audit")), policiesOf(apart)];
    assert.deepEqual(crossings(audit, "a", "b", HTTP), [true, true]);
    assert.ok(reaches(audit, "world", pod("a"), HTTP) && reaches(audit, pod("a"), "world", HTTP));
    const beside = (policies: readonly Policy[]) => policies.filter(({ kind }) => kind === "CiliumNetworkPolicy");
    assert.deepEqual(beside(audit), beside(enforce));
  });

  it("is not there, and no policy beside any app, while the app is off", () => {
    assert.deepEqual(policiesIn(renderTree(settings())), []);
  });

  it("comes after every other app, so that switching it on cuts nobody off", () => {
    const plans = planPlatform(on("enforce"), [...apart, networkPolicies]);
    assert.deepEqual(plans.find(({ name }) => name === "network-policies")?.dependsOn, ["a", "b"]);
  });
});

describe("the policies beside an app", () => {
  it("let its host's gateway in at the port of its pods, and nobody else", () => {
    const protection = { by: "public", reason: "a test says so" } as const;
    const web = app("web", {
      hosts: () => [{ host: "web.example.com", service: "web", port: 80, containerPort: 8080, gateway: "external", protection }],
    });
    const policies = policiesOf([web, GATEWAYS, app("other")]);
    assert.ok(reaches(policies, PROXY, pod("web"), HTTP));
    assert.equal(reaches(policies, PROXY, pod("web"), { port: 80 }), false);
    assert.equal(reaches(policies, pod(PROXIES_NAMESPACE), pod("web"), HTTP), false);
    assert.equal(reaches(policies, pod("other"), pod("web"), HTTP), false);
    assert.equal(reaches(policies, pod("web"), PROXY, HTTP), false);
    assert.equal(reaches(policies, PROXY, pod("other"), HTTP), false);
  });

  it("let Prometheus in at the port of each monitor", () => {
    const monitored = app("monitored", {
      monitors: () => [{ kind: "PodMonitor", name: "m", selector: {}, port: "metrics", containerPort: 9100 }],
    });
    const elsewhere = app("elsewhere", {
      monitors: () => [
        { kind: "PodMonitor", name: "m", namespace: "kube-system", selector: {}, port: "metrics", containerPort: 9153 },
        { kind: "PodMonitor", name: "n", namespace: "other", selector: {}, port: "metrics", containerPort: 9187 },
      ],
    });
    const policies = policiesOf([monitored, elsewhere, STACK, app("other")]);
    assert.ok(reaches(policies, PROMETHEUS, DNS, { port: 9153 }));
    assert.ok(reaches(policies, PROMETHEUS, pod("other"), { port: 9187 }));
    assert.equal(reaches(policies, PROMETHEUS, pod("elsewhere"), { port: 9187 }), false);
    assert.ok(reaches(policies, PROMETHEUS, pod("monitored"), { port: 9100 }));
    assert.equal(reaches(policies, PROMETHEUS, pod("monitored"), HTTP), false);
    assert.equal(reaches(policies, PROMETHEUS, pod("other"), { port: 9100 }), false);
    assert.equal(reaches(policies, pod("monitoring"), pod("monitored"), { port: 9100 }), false);
  });

  it("open a declared connection on both sides, one way, at its ports, whichever side declares it", () => {
    const caller = app("caller", { network: () => ({ to: [{ peer: { app: "callee" }, ports: [6379] }] }) });
    const called = app("called", { network: () => ({ from: [{ peer: { app: "callee" }, ports: [5353], protocol: "UDP" }] }) });
    const policies = policiesOf([caller, called, app("callee")]);
    assert.deepEqual(crossings(policies, "caller", "callee", { port: 6379 }), [true, false]);
    assert.deepEqual(crossings(policies, "caller", "callee", { port: 6380 }), [false, false]);
    assert.deepEqual(crossings(policies, "callee", "called", { port: 5353, protocol: "UDP" }), [true, false]);
    assert.deepEqual(crossings(policies, "callee", "called", { port: 5353 }), [false, false]);
    assert.deepEqual(crossings(policies, "caller", "called", { port: 6379 }), [false, false]);
  });

  it("open nothing towards an app that is off, and every port where none is named", () => {
    const caller = app("caller", { network: () => ({ to: [{ peer: { app: "gone" } }, { peer: { app: "callee" } }] }) });
    const policies = policiesOf([caller, app("callee")]);
    assert.ok(reaches(policies, pod("caller"), pod("callee"), { port: 1, protocol: "UDP" }));
    assert.equal(reaches(policies, pod("caller"), pod("gone"), HTTP), false);
  });

  it("open what is outside the cluster only where it is asked for", () => {
    const uplink = app("uplink", {
      network: () => ({
        from: [
          { peer: "kube-apiserver", ports: [9443] },
          { peer: "world", ports: [53], protocol: "ANY" },
        ],
        to: [
          { peer: "world", ports: [443] },
          { peer: "nodes", ports: [10250] },
        ],
      }),
    });
    const policies = policiesOf([uplink, app("other")]);
    assert.ok(reaches(policies, pod("uplink"), "world", { port: 443 }));
    assert.ok(
      reaches(policies, pod("uplink"), "remote-node", { port: 10250 }) && reaches(policies, pod("uplink"), "host", { port: 10250 }),
    );
    assert.ok(reaches(policies, "kube-apiserver", pod("uplink"), { port: 9443 }));
    // What a node passes on for a load-balancer address comes from the node.
    for (const party of ["world", "remote-node"] as const)
      assert.ok(reaches(policies, party, pod("uplink"), { port: 53, protocol: "UDP" }));
    assert.equal(reaches(policies, pod("uplink"), "world", { port: 80 }), false);
    assert.equal(reaches(policies, pod("other"), "world", { port: 443 }), false);
    assert.equal(reaches(policies, "world", pod("uplink"), { port: 9443 }), false);
  });

  it("share what they may do where apps share a namespace, and take nothing from each other", () => {
    const namespace = { name: "shared" };
    const first = app("first", { namespace, network: () => ({ to: [{ peer: { app: "db" }, ports: [5432] }] }) });
    const second = app("second", { namespace, network: () => ({ from: [{ peer: { app: "caller" }, ports: [8443] }] }) });
    const policies = policiesOf([first, second, app("db"), app("caller")]);
    assert.deepEqual(crossings(policies, "shared", "db", { port: 5432 }), [true, false]);
    assert.deepEqual(crossings(policies, "caller", "shared", { port: 8443 }), [true, false]);
    assert.deepEqual(crossings(policies, "caller", "db", { port: 5432 }), [false, false]);
  });

  it("let CloudNativePG's operator manage a database in the app's namespace", () => {
    const database = { name: "db", database: "d", owner: "o", secret: "s", sizeGiB: 1, instances: 1 };
    const policies = policiesOf([
      app("owner", { databases: () => [database] }),
      app("cloudnative-pg", { namespace: { name: "cnpg-system" } }),
      app("other"),
    ]);
    for (const port of [5432, 8000]) {
      assert.deepEqual(crossings(policies, "cnpg-system", "owner", { port }), [true, false]);
      assert.deepEqual(crossings(policies, "cnpg-system", "other", { port }), [false, false]);
    }
  });

  it("stand in the app's first stage, before pods that hold data, and are pruned whatever becomes of the data", () => {
    const keeper = app("keeper", {
      data: () => [{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "p" } }],
      objects: () => [{ apiVersion: "v1", kind: "Service", metadata: { name: "s" } }],
    });
    const [stage, ...later] = planPlatform(on("enforce"), [keeper, networkPolicies]).find(({ name }) => name === "keeper")?.stages ?? [];
    assert.equal(stage?.name, "keeper-data");
    const policy = stage.objects.find(({ kind }) => kind === "CiliumNetworkPolicy");
    assert.ok(policy !== undefined && policy.metadata.annotations === undefined);
    assert.ok(!later.some(({ objects }) => objects.some(({ kind }) => kind === "CiliumNetworkPolicy")));
  });
});

describe("the gateways", () => {
  const tcp = [{ name: "psql", gateway: "internal" as const, port: 5432, service: { name: "psql", namespace: "home", port: 5432 } }];
  const given = (options: z.input<typeof envoyGatewayOptions>, ...others: readonly string[]): readonly Policy[] => {
    const facts = { domain: "example.com", metrics: false, replicas: 1 } as const;
    const needs = gatewayNetwork(envoyGatewayOptions.parse(options), { enabled: new Set(others), facts });
    return policiesOf([app("envoy-gateway", { namespace: { name: PROXIES_NAMESPACE }, network: () => needs })]);
  };

  it("are called at the ports of their pods, and by UDP only where HTTP/3 is offered", () => {
    const policies = given({ tcp, grpcPort: 50051 });
    for (const port of [10080, 10443, 50051, 5432]) assert.ok(reaches(policies, "world", PROXY, { port }), String(port));
    for (const port of [443, 19000]) assert.equal(reaches(policies, "world", PROXY, { port }), false);
    const quic: Call = { port: 10443, protocol: "UDP" };
    assert.deepEqual([reaches(policies, "world", PROXY, quic), reaches(given({ http3: true }), "world", PROXY, quic)], [false, true]);
  });

  it("reach what the options hand connections on to, and models on the Internet", () => {
    assert.ok(reaches(given({ tcp }), PROXY, pod("home"), { port: 5432 }));
    assert.equal(reaches(given({}), PROXY, pod("home"), { port: 5432 }), false);
    assert.ok(reaches(given({}, "envoy-ai-gateway"), PROXY, "world", { port: 443 }));
    assert.equal(reaches(given({}), PROXY, "world", { port: 443 }), false);
    const sink = (host: string) => given({ metricsSink: { host } });
    assert.ok(reaches(sink("otel.example.com"), PROXY, "world", { port: 4317 }));
    assert.ok(reaches(sink("alloy.telemetry.svc.cluster.local"), PROXY, pod("telemetry"), { port: 4317 }));
  });
});

describe("the policies of the whole catalogue", function () {
  // A render of everything, on a machine that may be busy.
  this.timeout(30_000);

  const platform = declarePlatform(everything());
  const policies = policiesIn(renderTree(platform.settings));
  const pods = (name: string): Party => pod(platform.apps.find((each) => each.name === name)?.namespace.name ?? name);
  const open = (party: Party): boolean => typeof party === "object" && "namespace" in party && OPEN.includes(party.namespace);

  it("is judged with the policies enforced", () => {
    assert.ok(isClosed(policies, pod("anything"), "ingress") && isClosed(policies, pod("anything"), "egress"));
  });

  it("let each app's gateways and Prometheus in, wherever it says that it has a host or a monitor", () => {
    const [proxies, prometheus] = [platform.enabled.has("envoy-gateway"), platform.enabled.has("kube-prometheus-stack")];
    for (const app of platform.apps) {
      for (const { host, port, containerPort = port } of proxies ? app.hosts : [])
        assert.ok(reaches(policies, PROXY, pods(app.name), { port: containerPort }), host);
      for (const { name, containerPort, namespace } of prometheus ? app.monitors : [])
        assert.ok(reaches(policies, PROMETHEUS, namespace === undefined ? pods(app.name) : pod(namespace), { port: containerPort }), name);
    }
  });

  it("let every app do what it declares, both ends counted", () => {
    for (const app of platform.apps.filter(({ active }) => active)) {
      const declared = [
        ...(app.network.from ?? []).map((connection) => ({ ...connection, direction: "in" })),
        ...(app.network.to ?? []).map((connection) => ({ ...connection, direction: "out" })),
      ];
      for (const { peer, at, ports = [8080], protocol, direction } of declared) {
        const other = partyOf(peer);
        const own = at === undefined ? pods(app.name) : pod(at);
        if (other === undefined) continue;
        for (const port of ports) {
          const call = { port, protocol: protocol === "UDP" ? protocol : "TCP" } as const;
          const [from, to] = direction === "in" ? [other, own] : [own, other];
          assert.ok(reaches(policies, from, to, call), `${app.name} ${direction} ${JSON.stringify(peer)} ${port}`);
        }
      }
    }
  });

  it("let no app reach another that neither of them, nor what they ask for, speaks of", () => {
    const spokenOf = new Map(platform.apps.map((app) => [app.name, new Set(spokenOfBy(app))]));
    let strangers = 0;
    for (const from of platform.apps) {
      for (const to of platform.apps) {
        const [a, b] = [pods(from.name), pods(to.name)];
        if (from.namespace.name === to.namespace.name || (open(a) && open(b))) continue;
        const names = (app: DeclaredApp, other: DeclaredApp): boolean =>
          platform.apps.some((mate) => mate.namespace.name === app.namespace.name && mentions(spokenOf.get(mate.name), other));
        if (names(from, to) || names(to, from)) continue;
        strangers += 1;
        for (const port of [80, 443, 5432, 8000, 8080, 9090, 10443])
          assert.ok(open(a) || !reaches(policies, a, b, { port }), `${from.name} reaches ${to.name} at ${port}`);
      }
    }
    assert.ok(strangers > 10);
  });

  /** Whether one of the names is an app in the other's namespace. */
  function mentions(names: ReadonlySet<string> | undefined, other: DeclaredApp): boolean {
    return platform.apps.some(({ name, namespace }) => namespace.name === other.namespace.name && names?.has(name) === true);
  }

  /** Apps that an app's own words lead to. */
  function spokenOfBy(app: DeclaredApp): readonly string[] {
    const peers = [...(app.network.from ?? []), ...(app.network.to ?? [])].flatMap(({ peer }) => {
      if (peer === "gateways") return ["envoy-gateway"];
      if (peer === "prometheus") return ["kube-prometheus-stack"];
      if (typeof peer === "string" || "cidr" in peer) return [];
      if ("namespace" in peer) return platform.apps.flatMap(({ name, namespace }) => (namespace.name === peer.namespace ? [name] : []));
      return [peer.app];
    });
    const { dataStore, backupStore } = platform.facts;
    return [
      ...peers,
      ...(app.hosts.length > 0 ? ["envoy-gateway"] : []),
      ...(app.monitors.length > 0 ? ["kube-prometheus-stack"] : []),
      ...(app.databases.length > 0 ? ["cloudnative-pg"] : []),
      ...(app.clients.length > 0 ? ["keycloak", "envoy-gateway"] : []),
      ...(app.name === "envoy-gateway" ? ["keycloak", "oauth2-proxy"] : []),
      ...app.buckets.flatMap(({ purpose }) => (purpose === "data" ? dataStore : backupStore)?.app ?? []),
    ];
  }

  function partyOf(peer: Peer): Party | undefined {
    if (peer === "gateways") return platform.enabled.has("envoy-gateway") ? PROXY : undefined;
    if (peer === "prometheus") return platform.enabled.has("kube-prometheus-stack") ? PROMETHEUS : undefined;
    if (peer === "nodes") return "remote-node";
    if (typeof peer === "string") return peer;
    if ("cidr" in peer) return undefined;
    if ("namespace" in peer) return pod(peer.namespace);
    return platform.apps.some(({ name, active }) => name === peer.app && active) ? pods(peer.app) : undefined;
  }

  it("are what Cilium's CRDs take, with unknown fields refused", () => {
    const schemas = schemasOf(vendoredFiles("cilium").values());
    for (const policy of policies) {
      const schema = schemas.get(`cilium.io/v2 ${policy.kind}`);
      assert.ok(schema !== undefined);
      assert.deepEqual(schemaProblems({ apiVersion: "cilium.io/v2", ...policy }, schema), []);
    }
  });

  it("have names of their own in each namespace", () => {
    const names = policies.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});
