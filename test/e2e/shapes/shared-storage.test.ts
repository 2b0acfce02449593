import assert from "node:assert/strict";
import { describeShape, machinesOf } from "./describe-shape";
import type { Shape } from "./shape";

const SHAPE: Shape = {
  stack: "shared-storage",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.26.0.11"] },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ["127.26.0.12"] },
    "cp-3": { role: "controlplane", host: "pve3", addresses: ["127.26.0.13"] },
  },
  vip: "127.26.0.10",
  edge: "tunnel",
  downloads: ["pve1"],
  schematics: 1,
  pool: ["127.26.0.192/26"],
  announcedBy: "l2",
};

describeShape("storage that all hosts share", SHAPE, {
  // A control plane that is later than the first one's API: bootstrap is seen to wait for it.
  faults: [{ call: "talos.applyConfiguration", subject: "cp-3", kind: "slow", seconds: 80 }],
  whileUp: (cameUp) => {
    it("makes every machine from the one image on the shared datastore", () => {
      const { history, world } = cameUp();
      const volume = history.only("download.done").subject.replace(/^pve1\//, "");
      assert.match(volume, /^nfs:import\//);
      for (const { spec } of machinesOf(world).values()) {
        assert.deepEqual(
          spec.disks.map(({ datastore, importFrom }) => ({ datastore, importFrom })),
          [{ datastore: "nfs", importFrom: volume }],
        );
      }
    });
  },
});
