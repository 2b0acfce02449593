/** Judged by the model of `test/platform/network-model.ts`, over all pairs of pods: no traffic is run anywhere. */
import assert from "node:assert/strict";
import { networkPolicies } from "../../../platform/apps/network-policies";
import { vendoredFiles } from "../../../platform/crds/vendored";
import { renderTree } from "../../../platform/render";
import { gatewayPolicy, policiesOf } from "../../../stacks/tenant/plan/network";
import type { TenantSettings } from "../../../stacks/tenant/settings/settings";
import { schemaProblems, schemasOf } from "../../platform/crd-schema";
import { app, GATEWAYS, on, pod, policiesIn, PROXY } from "../../platform/network-fixture";
import { type Call, type Entity, type Party, type Policy, reaches } from "../../platform/network-model";
import { node, tenantOf } from "./fixture";

const SHOP = tenantOf({ namespaces: { shop: {}, "shop-jobs": {} }, network: { gateways: [8080], world: [443] } });
const BOOKS = tenantOf({}, "books");

/** The policies of the platform with its default deny enforced, in audit mode or off, and those of the tenants. */
function standing(
  mode: "enforce" | "audit" | "off",
  tenants: readonly TenantSettings[] = [SHOP, BOOKS],
  nodes = [node()],
): readonly Policy[] {
  const platform = mode === "off" ? [] : policiesIn(renderTree(on(mode), [GATEWAYS, app("store"), networkPolicies]));
  const own = tenants.flatMap((tenant) => [...policiesOf(tenant, nodes).values(), gatewayPolicy(tenant) ?? []].flat());
  return [...platform, ...(own as unknown as readonly Policy[])]; // the model refuses what it does not know
}

const DNS = pod("kube-system", { "k8s-app": "kube-dns" });
const at = (address: string): Party => ({ address });
const PARTIES: Readonly<Record<string, Party>> = {
  shop: pod("shop"),
  "shop-jobs": pod("shop-jobs", { app: "any" }),
  books: pod("books"),
  store: pod("store"),
  flux: pod("flux-system"),
  system: pod("kube-system"),
  dns: DNS,
  proxy: PROXY,
  "envoy-gateway": pod("envoy-gateway-system"),
  stranger: pod("stranger", { app: "any" }),
  internet: at("203.0.113.7"),
  "internet-6": at("2001:db8:ffff::7"),
  lan: at("192.168.1.20"),
  carrier: at("100.64.0.1"),
  metadata: at("169.254.169.254"),
  "lan-6": at("fd00::20"),
  world: "world",
  host: "host",
  "remote-node": "remote-node",
  "kube-apiserver": "kube-apiserver",
};
const CALLS: readonly Call[] = [
  { port: 53, protocol: "UDP" },
  { port: 53 },
  { port: 80 },
  { port: 443 },
  { port: 443, protocol: "UDP" },
  { port: 5432 },
  { port: 6443 },
  { port: 8080 },
  { port: 10250 },
];
const OF_SHOP = ["shop", "shop-jobs"];
const TENANTS = [...OF_SHOP, "books"];

/** What a pair may, said once more in other words than the policies': the whole promise. */
function promised(from: string, to: string, { port, protocol = "TCP" }: Call): boolean {
  if (OF_SHOP.includes(from) && OF_SHOP.includes(to)) return true;
  if (from === "books" && to === "books") return true;
  if (TENANTS.includes(to)) return from === "host" || (from === "proxy" && to !== "books" && port === 8080 && protocol === "TCP");
  if (to === "dns") return port === 53;
  if (to === "kube-apiserver") return port === 6443;
  return from !== "books" && to === "internet" && port === 443 && protocol === "TCP";
}

describe("the network of tenants, in a model", () => {
  for (const mode of ["enforce", "audit", "off"] as const) {
    it(`is what was promised for every pair with a tenant at one end, with the platform's default deny ${mode}`, () => {
      const policies = standing(mode);
      let [open, closed] = [0, 0];
      for (const [from, caller] of Object.entries(PARTIES)) {
        for (const [to, called] of Object.entries(PARTIES)) {
          if (!TENANTS.includes(from) && !TENANTS.includes(to)) continue;
          for (const call of CALLS) {
            const is = reaches(policies, caller, called, call);
            assert.equal(is, promised(from, to, call), `${from} -> ${to} ${call.protocol ?? "TCP"} ${call.port}`);
            if (is) open += 1;
            else closed += 1;
          }
        }
      }
      assert.ok(open > 50 && closed > 500, `${open} open, ${closed} closed`);
    });
  }

  it("changes nothing between parties that are no tenants", () => {
    for (const mode of ["enforce", "audit", "off"] as const) {
      const [without, withTenants] = [standing(mode, []), standing(mode)];
      for (const caller of Object.entries(PARTIES)) {
        for (const called of Object.entries(PARTIES)) {
          if (TENANTS.includes(caller[0]) || TENANTS.includes(called[0])) continue;
          for (const call of CALLS) {
            assert.equal(
              reaches(withTenants, caller[1], called[1], call),
              reaches(without, caller[1], called[1], call),
              `${caller[0]} -> ${called[0]}`,
            );
          }
        }
      }
    }
  });

  it("opens IPv6 to the Internet only in a cluster that has it, and never to the nodes' own networks", () => {
    const policies = standing("off", [SHOP], [node("2001:db8:1:2::11")]);
    const call = { port: 443 };
    assert.equal(reaches(policies, pod("shop"), at("2001:db8:ffff::7"), call), true);
    assert.equal(reaches(policies, pod("shop"), at("2001:db8:1:2::20"), call), false);
    assert.equal(reaches(policies, pod("shop"), at("fd00::20"), call), false);
    assert.equal(reaches(policies, pod("shop"), at("fe80::1"), call), false);
  });

  it("closes further networks and opens single addresses, as the settings say", () => {
    const network = {
      world: [443],
      closed: ["203.0.113.0/24", "2001:db8:ffff::/48"],
      addresses: [{ cidr: "192.168.1.20/32", ports: [5432] }],
    };
    const policies = standing("enforce", [tenantOf({ network })], [node("2001:db8:1:2::11")]);
    const reached = (address: string, port: number) => reaches(policies, pod("shop"), at(address), { port });
    assert.deepEqual([reached("203.0.113.7", 443), reached("198.51.100.7", 443), reached("2001:db8:ffff::7", 443)], [false, true, false]);
    assert.deepEqual([reached("192.168.1.20", 5432), reached("192.168.1.20", 443), reached("192.168.1.21", 5432)], [true, false, false]);
  });

  it("takes no node and no API server for part of the world", () => {
    for (const entity of ["remote-node", "host"] as const satisfies readonly Entity[]) {
      assert.equal(reaches(standing("enforce"), pod("shop"), entity, { port: 443 }), false);
    }
  });

  it("is made of what Cilium's CRD takes, with unknown fields refused", () => {
    const schema = schemasOf(vendoredFiles("cilium").values()).get("cilium.io/v2 CiliumNetworkPolicy");
    assert.ok(schema !== undefined);
    const made = [...policiesOf(SHOP, [node("2001:db8:1:2::11")]).values(), gatewayPolicy(SHOP)];
    for (const policy of made) {
      assert.ok(policy !== undefined);
      assert.deepEqual(schemaProblems(policy, schema), []);
    }
    assert.equal(gatewayPolicy(BOOKS), undefined);
  });
});
