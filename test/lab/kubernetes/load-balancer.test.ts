import assert from "node:assert/strict";
import type { KubeObject, Service } from "../../../lab/kubernetes/objects";
import { assign, loadBalancer, toPool } from "../../../lab/kubernetes/stand-ins/load-balancer";

function pool(spec: Record<string, unknown>): ReturnType<typeof toPool>[number][] {
  return [...toPool({ apiVersion: "cilium.io/v2", kind: "CiliumLoadBalancerIPPool", metadata: { name: "pool" }, spec })];
}

function service(name: string, changes: { annotations?: Record<string, string>; labels?: Record<string, string>; ips?: string[]; families?: string[] } = {}): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "apps", annotations: changes.annotations ?? {}, labels: changes.labels ?? {} },
    spec: { type: "LoadBalancer", ipFamilies: changes.families ?? ["IPv4"] },
    status: { loadBalancer: { ingress: (changes.ips ?? []).map((ip) => ({ ip })) } },
  };
}

describe("the stand-in for Cilium's load-balancer addresses", () => {
  const block = pool({ blocks: [{ start: "127.10.0.200", stop: "127.10.0.202" }] });

  it("gives the first free address, and none when all are taken", () => {
    assert.deepEqual(assign(service("a"), block, new Set(["127.10.0.200"])), ["127.10.0.201"]);
    assert.deepEqual(assign(service("a"), block, new Set(["127.10.0.200", "127.10.0.201", "127.10.0.202"])), []);
  });

  it("keeps an address that the pool still holds and takes back one that it no longer holds", () => {
    assert.deepEqual(assign(service("a", { ips: ["127.10.0.202"] }), block, new Set(["127.10.0.202"])), ["127.10.0.202"]);
    assert.deepEqual(assign(service("a", { ips: ["127.10.0.9"] }), block, new Set(["127.10.0.9"])), ["127.10.0.200"]);
    assert.deepEqual(assign(service("a", { ips: ["127.10.0.202"] }), [], new Set()), []);
  });

  it("gives an address that is asked for, but neither one outside the pool nor somebody else's", () => {
    const asking = (ips: string): Service => service("a", { annotations: { "lbipam.cilium.io/ips": ips } });
    assert.deepEqual(assign(asking("127.10.0.201"), block, new Set()), ["127.10.0.201"]);
    assert.deepEqual(assign(asking("127.10.0.9"), block, new Set()), []);
    assert.deepEqual(assign(asking("127.10.0.201"), block, new Set(["127.10.0.201"])), []);
  });

  it("looks only into pools that select the service", () => {
    const spec = (serviceSelector: unknown): Record<string, unknown> => ({ blocks: [{ cidr: "127.10.0.192/26" }], serviceSelector });
    const internal = service("a", { labels: { tier: "internal" } });
    assert.deepEqual(assign(internal, pool(spec({ matchLabels: { tier: "external" } })), new Set()), []);
    assert.deepEqual(assign(internal, pool(spec({ matchExpressions: [{ key: "tier", operator: "In", values: ["internal"] }] })), new Set()), ["127.10.0.192"]);
    assert.deepEqual(assign(internal, pool(spec({ matchLabels: { "io.kubernetes.service.namespace": "apps" } })), new Set()), ["127.10.0.192"]);
    assert.deepEqual(assign(internal, pool({ ...spec(undefined), disabled: true }), new Set()), []);
  });

  it("gives one address per family of a dual-stack service", () => {
    const both = pool({ blocks: [{ cidr: "127.10.0.192/26" }, { cidr: "fd00:1::/120" }] });
    assert.deepEqual(assign(service("a", { families: ["IPv4", "IPv6"] }), both, new Set()), ["127.10.0.192", "fd00:1::"]);
  });

  it("never gives one address to two services, and leaves other kinds of service alone", async () => {
    const plain: KubeObject = { ...service("none"), spec: { type: "ClusterIP" } };
    const foreign: KubeObject = { ...service("foreign"), spec: { type: "LoadBalancer", loadBalancerClass: "example.org/other" } };
    const collections: Record<string, readonly KubeObject[]> = {
      "/api/v1/services": [service("a"), service("b"), plain, foreign],
      "/apis/cilium.io/v2/ciliumloadbalancerippools": [
        { apiVersion: "cilium.io/v2", kind: "CiliumLoadBalancerIPPool", metadata: { name: "p" }, spec: { blocks: [{ cidr: "127.10.0.192/26" }] } },
      ],
    };
    const written: [string, unknown][] = [];
    const merge = async <T>(path: string, patch: unknown): Promise<T> => {
      written.push([path, patch]);
      return Object() as T; // nothing reads the answer
    };
    await loadBalancer.reconcile({ client: { merge, apply: refuse, delete: refuse }, items: (path) => collections[path] ?? [] });
    const status = (ip: string): unknown => ({ status: { loadBalancer: { ingress: [{ ip, ipMode: "VIP" }] } } });
    assert.deepEqual(written, [
      ["/api/v1/namespaces/apps/services/a/status", status("127.10.0.192")],
      ["/api/v1/namespaces/apps/services/b/status", status("127.10.0.193")],
    ]);
  });
});

function refuse(): never {
  assert.fail("a request that nothing asked for");
}
