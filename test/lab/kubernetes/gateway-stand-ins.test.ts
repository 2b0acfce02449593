import assert from "node:assert/strict";
import { conditionStatus, field, type KubeObject, listAt, textAt } from "../../../lab/kubernetes/objects";
import { STAND_INS } from "../../../lab/kubernetes/stand-ins";
import { gateway } from "../../../lab/kubernetes/stand-ins/gateway";
import { gatewayClass } from "../../../lab/kubernetes/stand-ins/gateway-class";
import { loadBalancer } from "../../../lab/kubernetes/stand-ins/load-balancer";
import { policies } from "../../../lab/kubernetes/stand-ins/policy";
import { routes } from "../../../lab/kubernetes/stand-ins/route";
import { appWith, gatewaysOf, hostBy, platformOf, routesOf } from "../../platform/gateway-fixture";

const HTTP = "/apis/gateway.networking.k8s.io/v1/httproutes";
const OURS = [gatewayClass, gateway, loadBalancer, ...routes, ...policies];

/** Where objects of a kind are, as far as a world here has them. */
const PLURALS: Readonly<Record<string, string>> = { Gateway: "gateways", GatewayClass: "gatewayclasses", Secret: "secrets", Service: "services", EnvoyProxy: "envoyproxies" };

function collectionOf({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): string {
  const plural = PLURALS[kind] ?? kind.replace(/y$/, "ie").toLowerCase() + "s";
  return `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}/${plural}`;
}

/** A cluster in memory, in which the stand-ins run until nothing changes any more. */
class World {
  readonly objects = new Map<string, KubeObject>();
  readonly deleted: string[] = [];

  add(...objects: readonly KubeObject[]): this {
    for (const object of objects) {
      const namespace = object.metadata.namespace === undefined ? "" : `namespaces/${object.metadata.namespace}/`;
      const collection = collectionOf(object);
      const at = collection.lastIndexOf("/") + 1;
      const path = `${collection.slice(0, at)}${namespace}${collection.slice(at)}/${object.metadata.name}`;
      const status = this.objects.get(path)?.status;
      this.objects.set(path, { ...object, metadata: { ...object.metadata, generation: 1 }, ...(status === undefined ? {} : { status }) });
    }
    return this;
  }

  async settle(): Promise<this> {
    for (let round = 0, before = ""; before !== this.#text(); round += 1) {
      assert.ok(round < 20, "the stand-ins never come to rest");
      before = this.#text();
      for (const standIn of OURS) await standIn.reconcile({ client: this.#client(), items: (path) => this.items(path) });
    }
    return this;
  }

  items(collection: string): readonly KubeObject[] {
    return [...this.objects.values()].filter((object) => collectionOf(object) === collection);
  }

  get(kind: string, name: string): KubeObject {
    const found = [...this.objects.values()].filter((object) => object.kind === kind && object.metadata.name === name);
    assert.equal(found.length, 1, `${kind} ${name}`);
    return found[0] as KubeObject; // counted above
  }

  /** Takes an object away. */
  without(kind: string, name: string): this {
    const key = [...this.objects].find(([, object]) => object.kind === kind && object.metadata.name === name)?.[0];
    assert.ok(key !== undefined && this.objects.delete(key), `${kind} ${name}`);
    return this;
  }

  /** What is said of every parent or Gateway of an object: reasons of what does not hold. */
  refusals(kind: string, name: string): readonly string[] {
    const object = this.get(kind, name);
    const listed = [...listAt(object, "status", "parents"), ...listAt(object, "status", "ancestors")];
    return listed.flatMap((each) => listAt(each, "conditions").filter((condition) => textAt(condition, "status") !== "True").map((condition) => textAt(condition, "reason") ?? ""));
  }

  #client(): Parameters<typeof gateway.reconcile>[0]["client"] {
    return {
      merge: async <T>(path: string, patch: unknown): Promise<T> => {
        const key = path.replace(/\/status$/, "");
        const object = this.objects.get(key);
        assert.ok(object !== undefined, path);
        this.objects.set(key, { ...object, status: { ...(object.status as object), ...(field(patch, "status") as object) } });
        return Object() as T; // nothing reads the answer
      },
      apply: async <T extends KubeObject>(object: KubeObject): Promise<T> => {
        this.add(object);
        return Object() as T; // nothing reads the answer
      },
      delete: async (path) => {
        this.deleted.push(path);
        this.objects.delete(path);
      },
    };
  }

  #text(): string {
    return JSON.stringify([...this.objects], (key, value: unknown) => (key === "lastTransitionTime" ? undefined : value));
  }
}

const core = (kind: string, namespace: string, name: string, fields: object): KubeObject => ({ apiVersion: "v1", kind, metadata: { name, namespace }, ...fields });
const service = (namespace: string, name: string, port: number) => core("Service", namespace, name, { spec: { ports: [{ port }] } });

/** Everything that the platform makes for the Gateways and an app with one host per protection, and what others make for it. */
function world(options: Readonly<Record<string, unknown>> = {}): World {
  const hosts = ([{ by: "browser" }, { by: "api", audience: "home" }, { by: "proxy" }] as const).map((protection) => hostBy(protection, { host: `${protection.by}.example.com` }));
  const open = { by: "public", reason: "a test" } as const;
  const more = [hostBy(open, { host: "grpc.example.com", protocol: "grpc" }), hostBy(open, { host: "auth.example.com", gateway: "auth" })];
  const platform = platformOf([appWith("home", [...hosts, ...more])], { options });
  const made = gatewaysOf(platform);
  return new World().add(
    ...[...(made.configuration ?? []), ...(made.access ?? []), ...(routesOf("home", platform).access ?? [])],
    { apiVersion: "cilium.io/v2", kind: "CiliumLoadBalancerIPPool", metadata: { name: "pool" }, spec: { blocks: [{ cidr: "192.168.10.192/26" }] } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "envoy-gateway", namespace: "envoy-gateway-system" }, status: { availableReplicas: 1 } },
    core("Secret", "gateways", "wildcard-example-com", { data: { "tls.crt": "a", "tls.key": "a" } }),
    core("Secret", "home", "gateway-home-oidc", { data: { "client-secret": "a" } }),
    service("home", "home", 80),
    service("keycloak", "keycloak-service", 8080),
    service("oauth2-proxy", "oauth2-proxy", 4180),
    service("git", "git", 22),
    service("vpn", "vpn", 443),
  );
}

/** How far the Gateway is. */
function programmed(found: World, name: string): string | undefined {
  return conditionStatus(found.get("Gateway", name), "Programmed");
}

const HANDED_ON = {
  tcp: [{ name: "ssh", port: 2222, service: { name: "git", namespace: "git", port: 22 } }],
  passthrough: [{ name: "vpn", host: "vpn.example.org", service: { name: "vpn", namespace: "vpn", port: 443 } }],
};

describe("the lab's stand-ins for Envoy Gateway", () => {
  it("are among the lab's own", () => {
    for (const standIn of OURS) assert.ok(STAND_INS.includes(standIn), standIn.kind);
  });

  for (const [title, options] of [["apart", HANDED_ON], ["merged", { ...HANDED_ON, merged: true }]] as const) {
    it(`take everything that the platform makes, with the Gateways ${title}`, async () => {
      const found = await world(options).settle();
      for (const object of found.objects.values()) {
        if (object.kind === "Gateway") assert.equal(programmed(found, object.metadata.name), "True", object.metadata.name);
        if (/Route$|Policy$/.test(object.kind)) {
          const named = `${object.kind} ${object.metadata.name}`;
          assert.deepEqual(found.refusals(object.kind, object.metadata.name), [], named);
          const said = listAt(object, "status", "parents").length + listAt(object, "status", "ancestors").length;
          assert.ok(said >= Math.max(1, listAt(object, "spec", "parentRefs").length), named);
        }
      }
    });
  }

  it("give each Gateway the address that it asks for, by a Service of its name", async () => {
    const found = await world().settle();
    assert.deepEqual(found.get("Gateway", "internal").status && field(found.get("Gateway", "internal").status, "addresses"), [{ type: "IPAddress", value: "192.168.10.194" }]);
    assert.equal(found.get("Service", "internal").metadata.namespace, "envoy-gateway-system");
    assert.deepEqual(
      listAt(found.get("Service", "internal"), "spec", "ports").map((port) => [field(port, "port"), field(port, "targetPort")]),
      [
        [80, 10080],
        [443, 10443],
      ],
    );
  });

  it("program no Gateway without its class, proxy settings, certificate or address, nor with an address that no pool has", async () => {
    for (const [kind, name] of [
      ["Deployment", "envoy-gateway"],
      ["GatewayClass", "envoy"],
      ["EnvoyProxy", "internal"],
      ["Secret", "wildcard-example-com"],
      ["CiliumLoadBalancerIPPool", "pool"],
    ] as const) {
      assert.notEqual(programmed(await world().without(kind, name).settle(), "internal"), "True", name);
    }
    const elsewhere = world();
    elsewhere.add({ apiVersion: "cilium.io/v2", kind: "CiliumLoadBalancerIPPool", metadata: { name: "pool" }, spec: { blocks: [{ cidr: "10.9.0.0/24" }] } });
    assert.equal(programmed(await elsewhere.settle(), "internal"), "False");
  });

  it("see when a certificate comes later", async () => {
    const found = await world().without("Secret", "wildcard-example-com").settle();
    await found.add(core("Secret", "gateways", "wildcard-example-com", { data: { "tls.crt": "a" } })).settle();
    assert.equal(programmed(found, "external"), "True");
  });

  it("refuse merged Gateways that listen for the same host", async () => {
    const found = world({ merged: true });
    const internal = found.get("Gateway", "internal");
    found.add({ ...internal, spec: { ...(internal.spec as object), listeners: listAt(found.get("Gateway", "external"), "spec", "listeners") } });
    assert.equal(programmed(await found.settle(), "internal"), "False");
  });

  it("take the Service of a Gateway that is gone away, and no other", async () => {
    const found = await world().settle();
    await found.without("Gateway", "auth").settle();
    assert.deepEqual(found.deleted, ["/api/v1/namespaces/envoy-gateway-system/services/auth"]);
  });

  it("refuse a route whose Service, port or grant is not there", async () => {
    assert.deepEqual((await world().without("Service", "home").settle()).refusals("HTTPRoute", "browser.example.com"), ["BackendNotFound"]);
    assert.deepEqual((await world().add(service("home", "home", 81)).settle()).refusals("GRPCRoute", "grpc.example.com"), ["PortNotFound"]);
    const ungranted = await world().without("ReferenceGrant", "home-to-oauth2-proxy").settle();
    assert.deepEqual(ungranted.refusals("HTTPRoute", "proxy.example.com.oauth2"), ["RefNotPermitted"]);
    assert.deepEqual(ungranted.refusals("SecurityPolicy", "proxy.example.com"), ["Invalid"]);
  });

  it("refuse a route that no listener is for: by name, namespace, kind or host", async () => {
    const attached = async (change: object, namespace = "home") => {
      const found = world();
      const route = found.get("HTTPRoute", "browser.example.com");
      found.add({ ...route, metadata: { name: "x", namespace }, spec: { ...(route.spec as object), ...change } }, service(namespace, "home", 80));
      return (await found.settle()).refusals("HTTPRoute", "x");
    };
    const parent = (sectionName?: string) => ({ parentRefs: [{ name: "internal", namespace: "gateways", sectionName }] });
    assert.deepEqual(await attached({}), []);
    assert.deepEqual(await attached(parent("https-example-com")), []);
    assert.deepEqual(await attached(parent("nowhere")), ["NoMatchingParent"]);
    assert.deepEqual(await attached(parent("http")), ["NotAllowedByListeners"]);
    assert.deepEqual(await attached({ hostnames: ["elsewhere.org"] }), ["NoMatchingListenerHostname"]);
    assert.deepEqual(await attached({ hostnames: ["elsewhere.org"], ...parent("http") }, "gateways"), []);
  });

  it("say nothing of a route whose Gateway is not there, so that nobody takes it for accepted", async () => {
    const found = await world().without("Gateway", "internal").settle();
    assert.deepEqual(listAt(found.get("HTTPRoute", "browser.example.com"), "status", "parents"), []);
    assert.deepEqual(listAt(found.get("SecurityPolicy", "browser.example.com"), "status", "ancestors"), []);
  });

  it("put only the first of two policies for one target in force, be it aimed at by name or by label", async () => {
    const found = world();
    const policy = found.get("SecurityPolicy", "api.example.com");
    found.add({ ...policy, metadata: { ...policy.metadata, name: "second" } });
    const { targetRefs: _, ...spec } = policy.spec as Record<string, unknown>;
    found.add({ ...policy, metadata: { ...policy.metadata, name: "third" }, spec: { ...spec, targetSelectors: [{ kind: "HTTPRoute" }] } });
    const traffic = found.get("ClientTrafficPolicy", "external");
    found.add({ ...traffic, metadata: { ...traffic.metadata, name: "z" } });
    await found.settle();
    assert.deepEqual(found.refusals("SecurityPolicy", "api.example.com"), []);
    assert.deepEqual(found.refusals("SecurityPolicy", "second"), ["Conflicted"]);
    assert.ok(found.refusals("SecurityPolicy", "third").includes("Conflicted"));
    assert.deepEqual(found.refusals("ClientTrafficPolicy", "z"), ["Conflicted"]);
    assert.deepEqual(found.refusals("BackendTrafficPolicy", "external"), []);
  });

  it("put no log-in in force without the client's secret or the grant to Keycloak", async () => {
    assert.deepEqual((await world().without("Secret", "gateway-home-oidc").settle()).refusals("SecurityPolicy", "browser.example.com"), ["Invalid"]);
    const ungranted = await world().without("ReferenceGrant", "home-to-keycloak-service").settle();
    for (const name of ["browser.example.com", "api.example.com"]) assert.deepEqual(ungranted.refusals("SecurityPolicy", name), ["Invalid"]);
  });

  it("leave Gateways of other controllers alone", async () => {
    const found = world();
    const ofClass = found.get("GatewayClass", "envoy");
    found.add({ ...ofClass, spec: { controllerName: "example.com/other" } });
    await found.settle();
    assert.equal(programmed(found, "external"), undefined);
    assert.deepEqual(found.items(HTTP).flatMap((route) => listAt(route, "status", "parents")), []);
  });
});
