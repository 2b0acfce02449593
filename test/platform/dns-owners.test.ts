import assert from "node:assert/strict";
import type { Settings } from "../../config/settings";
import type { KubeObject } from "../../platform/kit/objects";
import { edgeHost } from "../../platform/names";
import { planPlatform, platformProblems } from "../../platform/plan";
import { settings } from "./settings";
import { CHOSEN, withApps } from "./tree-rules/stacks";

/** A plan of everything takes a while on a machine that may be busy. */
const SLOW_MS = 60_000;

/** Something deep inside an object. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A name as somebody answers for it: to everybody, or to those at home. */
interface DnsName {
  readonly view: "internet" | "home";
  readonly name: string;
  readonly owner: string;
}

/** Who answers for which name, read off the objects of a tree as the programs behind them would. */
function dnsNames(given: Settings, objects: readonly KubeObject[]): readonly DnsName[] {
  const primary = given.cluster.domains[0] ?? "";
  const tunnel: readonly DnsName[] = given.cloudflare === undefined ? [] : [{ view: "internet", name: edgeHost(primary), owner: "Pulumi" }];
  const published = objects
    .filter(({ kind, metadata }) => kind === "HelmRelease" && metadata.name.startsWith("external-dns"))
    .flatMap((release) => publishedBy(release, objects));
  const split = objects.some(({ kind, metadata }) => kind === "Deployment" && metadata.name === "k8s-gateway");
  const answered = split ? routes(objects).flatMap((route) => hostsOf(route)) : [];
  return [...tunnel, ...published, ...[...new Set(answered)].map((name): DnsName => ({ view: "home", name, owner: "k8s-gateway" }))];
}

function publishedBy(release: KubeObject, objects: readonly KubeObject[]): readonly DnsName[] {
  const values = at(release, "spec", "values");
  const [label = "", wanted] = String(at(values, "extraArgs", "gateway-label-filter")).split("=");
  const gateways = objects
    .filter(({ kind, metadata }) => kind === "Gateway" && metadata.labels?.[label] === wanted)
    .map((each) => each.metadata.name);
  const seen = routes(objects).filter((route) => parents(route).some((parent) => gateways.includes(parent)));
  const excluded = list(at(values, "excludeDomains")).map(String);
  const names = new Set(seen.flatMap(hostsOf).filter((host) => !excluded.some((each) => host === each || host.endsWith(`.${each}`))));
  const own = [...names].map((name): DnsName => ({
    view: wanted === "internet" ? "internet" : "home",
    name,
    owner: release.metadata.name,
  }));
  const written = list(at(values, "sources")).includes("crd") ? objects.filter(({ kind }) => kind === "DNSEndpoint") : [];
  const asked = written.flatMap((each) =>
    list(at(each, "spec", "endpoints")).map((endpoint): DnsName => ({
      view: "internet",
      name: String(at(endpoint, "dnsName")),
      owner: `DNSEndpoint ${each.metadata.name}`,
    })),
  );
  return [...own, ...asked];
}

/** Routes that have names and may be published. */
function routes(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.filter(
    ({ kind, metadata }) =>
      /^(HTTP|GRPC)Route$/.test(kind) && metadata.annotations?.["external-dns.alpha.kubernetes.io/controller"] !== "none",
  );
}

const parents = (route: KubeObject) => list(at(route, "spec", "parentRefs")).map((parent) => String(at(parent, "name")));
const hostsOf = (route: KubeObject) => list(at(route, "spec", "hostnames")).map(String);

function twice(names: readonly DnsName[]): readonly string[] {
  const owners = new Map<string, Set<string>>();
  for (const { view, name, owner } of names) owners.set(`${view} ${name}`, (owners.get(`${view} ${name}`) ?? new Set()).add(owner));
  return [...owners].filter(([, of]) => of.size > 1).map(([name, of]) => `${name}: ${[...of].join(", ")}`);
}

const objectsOf = (given: Settings) => planPlatform(given).flatMap(({ stages }) => stages.flatMap((stage) => stage.objects));

describe("the owners of DNS names", function () {
  this.timeout(SLOW_MS);
  const others = CHOSEN.filter((name) => name !== "k8s-gateway" && name !== "external-dns-unifi");
  const withUnifi = withApps([...others, "envoy-gateway", "external-dns-unifi"]);
  const withServer = withApps([...others, "envoy-gateway", "k8s-gateway"]);

  for (const [what, given] of [
    ["a UniFi console", withUnifi],
    ["a name server of the cluster's own", withServer],
  ] as const) {
    it(`are one for each name, on the Internet and at home, with every app on and ${what}`, () => {
      const objects = objectsOf(given);
      const names = dnsNames(given, objects);
      assert.deepEqual(twice(names), []);
      assert.ok(names.some(({ view }) => view === "internet") && names.some(({ view }) => view === "home"));
      const answered = new Set(names.map(({ name }) => name));
      const silent = routes(objects)
        .flatMap(hostsOf)
        .filter((host) => !answered.has(host));
      assert.deepEqual(silent, [], "a host that nobody answers for");
    });
  }

  it("publish nothing to everybody that is served at home only", () => {
    const objects = objectsOf(withUnifi);
    const names = dnsNames(withUnifi, objects).filter(({ view, owner }) => view === "internet" && owner === "external-dns");
    const external = new Set(
      routes(objects)
        .filter((route) => parents(route).includes("external"))
        .flatMap(hostsOf),
    );
    assert.ok(names.length > 0);
    assert.deepEqual(
      names.filter(({ name }) => !external.has(name)),
      [],
    );
  });

  it("are seen to be two when a record is written by hand for a name of a route, or for the tunnel's", () => {
    const objects = objectsOf(withUnifi);
    const domain = withUnifi.cluster.domains[0] ?? "";
    const byHand = (dnsName: string): KubeObject => ({
      apiVersion: "externaldns.k8s.io/v1alpha1",
      kind: "DNSEndpoint",
      metadata: { name: "by-hand", namespace: "echo" },
      spec: { endpoints: [{ dnsName, recordType: "CNAME", targets: ["example.net"] }] },
    });
    for (const name of [`echo.${domain}`, edgeHost(domain)])
      assert.equal(twice(dnsNames(withUnifi, [...objects, byHand(name)])).length, 1, name);
    const greedy = objects.map((object) =>
      object.metadata.name === "external-dns" && object.kind === "HelmRelease"
        ? { ...object, spec: { values: { ...(at(object, "spec", "values") as object), excludeDomains: [] } } } // as rendered
        : object,
    );
    const thief: KubeObject = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "thief", namespace: "echo" },
      spec: { parentRefs: [{ name: "external" }], hostnames: [edgeHost(domain)] },
    };
    assert.equal(twice(dnsNames(withUnifi, [...greedy, thief])).length, 1);
  });

  it("do not include an app for the tunnel's name: it is refused before anything is written", () => {
    const given = settings({ platform: { echo: { subdomain: "external" } } });
    assert.deepEqual(
      platformProblems(given).map(({ rule, path }) => `${rule} at ${path}`),
      ["platform.host-unique at platform.echo.subdomain"],
    );
    assert.deepEqual(platformProblems({ ...given, cloudflare: undefined }), []);
  });
});
