import assert from "node:assert/strict";
import { describeShape } from "./describe-shape";
import type { Shape } from "./shape";

const SHAPE: Shape = {
  stack: "standalone",
  nodes: {
    "cp-1": {
      role: "controlplane",
      host: "pve-a",
      addresses: ["127.23.0.11"],
      labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" },
      taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
    },
    "worker-1": { role: "worker", host: "pve-c", addresses: ["127.23.0.21"] },
  },
  edge: "tunnel",
  downloads: ["pve-a", "pve-c"],
  schematics: 1,
  pool: ["127.23.0.192/26"],
  announcedBy: "l2",
};

describeShape("two standalone hosts", SHAPE, {
  whileUp: (cameUp) => {
    it("asks each host by its own API for its own image and its own machine", () => {
      const { attic, cellar } = cameUp().world.proxmox;
      const has = (proxmox: typeof attic): unknown => ({
        images: proxmox?.downloads.map(({ host }) => host),
        machines: proxmox?.machines.map(({ spec }) => spec.name),
      });
      assert.deepEqual(
        { attic: has(attic), cellar: has(cellar) },
        {
          attic: { images: ["pve-a"], machines: ["cp-1"] },
          cellar: { images: ["pve-c"], machines: ["worker-1"] },
        },
      );
    });
  },
});
