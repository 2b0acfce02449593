import assert from "node:assert/strict";
import { field, textAt } from "../../../lab/kubernetes/objects";
import { describeShape } from "./describe-shape";
import type { Shape } from "./shape";

const SHAPE: Shape = {
  stack: "bgp",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.25.0.11"] },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ["127.25.0.12"] },
    "cp-3": { role: "controlplane", host: "pve3", addresses: ["127.25.0.13"] },
  },
  vip: "127.25.0.10",
  edge: "tunnel",
  downloads: ["pve1", "pve2", "pve3"],
  schematics: 1,
  pool: ["127.125.0.0/24"],
  announcedBy: "bgp",
};

describeShape("addresses announced by BGP", SHAPE, {
  whileUp: (cameUp) => {
    const bgp = (kind: string, name: string): Promise<unknown> => cameUp().client.find(`/apis/cilium.io/v2/${kind}/${name}`);

    it("peers every node with the router, each side with its own number", async () => {
      const peer = { name: "router", peerASN: 64512, peerAddress: "127.25.0.1", peerConfigRef: { name: "router" } };
      const instances = [{ name: "cluster", localASN: 64513, peers: [peer] }];
      const config = await bgp("ciliumbgpclusterconfigs", "cluster");
      assert.deepEqual(field(config, "spec", "bgpInstances"), instances);
      assert.equal(field(config, "spec", "nodeSelector"), undefined);
    });

    it("keeps the timers and the password of the settings", async () => {
      const config = await bgp("ciliumbgppeerconfigs", "router");
      assert.equal(field(config, "spec", "timers", "holdTimeSeconds"), 30);
      assert.equal(field(config, "spec", "timers", "keepAliveTimeSeconds"), 10);
      const secret = textAt(config, "spec", "authSecretRef");
      const seeded = await cameUp().client.find(`/api/v1/namespaces/kube-system/secrets/${secret}`);
      assert.ok((textAt(seeded, "data", "password") ?? "").length > 0, "the password is seeded where Cilium looks for it");
    });

    it("advertises what the peer asks for: every service's address from the pool", async () => {
      const advertisement = await bgp("ciliumbgpadvertisements", "load-balancers");
      const peer = await bgp("ciliumbgppeerconfigs", "router");
      const [family] = Object.values(field(peer, "spec", "families") ?? {});
      assert.deepEqual(field(family, "advertisements", "matchLabels"), { "hearth/advertise": "load-balancers" });
      assert.equal(field(advertisement, "metadata", "labels", "hearth/advertise"), "load-balancers");
      const [announced] = Object.values(field(advertisement, "spec", "advertisements") ?? {});
      assert.deepEqual(field(announced, "service", "addresses"), ["LoadBalancerIP"]);
    });
  },
});
