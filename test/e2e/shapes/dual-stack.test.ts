import assert from "node:assert/strict";
import ipaddr from "ipaddr.js";
import { type KubeNode, listAt } from "../../../lab/kubernetes/objects";
import { describeShape, machinesOf } from "./describe-shape";
import type { Shape } from "./shape";

const ADDRESSES = {
  "cp-1": ["127.24.0.11", "fd00:14::b"],
  "cp-2": ["127.24.0.12", "fd00:14::c"],
  "cp-3": ["127.24.0.13", "fd00:14::d"],
};

const SHAPE: Shape = {
  stack: "dual-stack",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ADDRESSES["cp-1"] },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ADDRESSES["cp-2"] },
    "cp-3": { role: "controlplane", host: "pve3", addresses: ADDRESSES["cp-3"] },
  },
  vip: "127.24.0.10",
  edge: "tunnel",
  downloads: ["pve1", "pve2", "pve3"],
  schematics: 1,
  pool: ["127.24.0.192/26", "fd00:14::f00/120"],
  announcedBy: "l2",
};

const PODS = { IPv4: "10.244.0.0/16", IPv6: "fd00:244::/56" };
const SERVICES = { IPv4: "10.96.0.0/12", IPv6: "fd00:96::/112" };

// IPv6 has no loopback range: nothing listens on these addresses in the lab.
describeShape("dual stack", SHAPE, {
  whileUp: (cameUp) => {
    it("gives each machine both addresses before it has a config, and the same in its config", () => {
      const machines = machinesOf(cameUp().world);
      for (const [name, addresses] of Object.entries(ADDRESSES)) {
        const [ipv4, ipv6] = addresses;
        const wanted = [`${ipv4}/24`, `${ipv6}/64`];
        assert.deepEqual(machines.get(name)?.spec.nocloudAddresses, wanted, name);
        assert.deepEqual(machines.get(name)?.node.facts?.addresses, wanted, name);
      }
    });

    it("lets kubelets use the node networks of both families, and etcd the IPv4 one without the VIP", () => {
      for (const { node } of machinesOf(cameUp().world).values()) {
        assert.deepEqual(node.facts?.kubeletValidSubnets, ["127.24.0.0/24", "fd00:14::/64"]);
        assert.deepEqual(node.facts?.etcdAdvertisedSubnets, ["127.24.0.0/24", "!127.24.0.10"]);
      }
    });

    it("gives every node a pod network of each family", async () => {
      const nodes = await cameUp().client.list<KubeNode>("/api/v1/nodes");
      for (const { metadata, spec } of nodes) assertOfBoth(spec?.podCIDRs?.map(baseOf) ?? [], PODS, metadata.name);
    });

    it("gives a service an address of each family", async () => {
      const { client } = cameUp();
      const spec = { ipFamilyPolicy: "RequireDualStack", selector: { app: "probe" }, ports: [{ port: 80 }] };
      const metadata = { name: "probe", namespace: "default" };
      const service = await client.apply({ apiVersion: "v1", kind: "Service", metadata, spec }, { manager: "test", onConflict: "fail" });
      assertOfBoth(listAt(service.spec, "clusterIPs").map(String), SERVICES, "the service");
      await client.delete("/api/v1/namespaces/default/services/probe");
    });

    it("lets Cilium speak both families", async () => {
      const config = await cameUp().client.find("/api/v1/namespaces/kube-system/configmaps/cilium-config");
      const { data } = config as { readonly data?: Readonly<Record<string, string>> }; // a ConfigMap
      const keys = ["enable-ipv4", "enable-ipv6", "ipv4-native-routing-cidr", "ipv6-native-routing-cidr"];
      assert.deepEqual(
        keys.map((key) => data?.[key]),
        ["true", "true", PODS.IPv4, PODS.IPv6],
      );
    });
  },
});

/** Holds that there is one address in each family's network, IPv4 first. */
function assertOfBoth(addresses: readonly string[], networks: { readonly IPv4: string; readonly IPv6: string }, whose: string) {
  assert.equal(addresses.length, 2, whose);
  const [first = "", second = ""] = addresses;
  assert.ok(ipaddr.IPv4.parse(first).match(ipaddr.IPv4.parseCIDR(networks.IPv4)), `${whose}: ${first}`);
  assert.ok(ipaddr.IPv6.parse(second).match(ipaddr.IPv6.parseCIDR(networks.IPv6)), `${whose}: ${second}`);
}

function baseOf(cidr: string): string {
  return cidr.split("/")[0] ?? "";
}
