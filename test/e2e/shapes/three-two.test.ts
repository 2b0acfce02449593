import { describeShape } from "./describe-shape";
import { assertInOrder } from "./history";
import type { Shape } from "./shape";

const WITHOUT_SCHEDULING = {
  labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" },
  taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
};

const SHAPE: Shape = {
  stack: "three-two",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.22.0.11"], ...WITHOUT_SCHEDULING },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ["127.22.0.12"], ...WITHOUT_SCHEDULING },
    "cp-3": { role: "controlplane", host: "pve3", addresses: ["127.22.0.13"], ...WITHOUT_SCHEDULING },
    "worker-1": { role: "worker", host: "pve1", addresses: ["127.22.0.21"] },
    "worker-2": { role: "worker", host: "pve2", addresses: ["127.22.0.22"] },
  },
  vip: "127.22.0.10",
  edge: "tunnel",
  downloads: ["pve1", "pve2", "pve3"],
  schematics: 1,
  pool: ["127.22.0.192/26"],
  announcedBy: "l2",
};

describeShape("three control planes and two workers over three hosts", SHAPE, {
  // A tunnel that is later than the images, and a worker that answers only when Kubernetes has been up for a while: what must
  // wait for them is seen to wait, and what must not is seen to go on.
  faults: [
    { call: "cloudflare.createTunnel", kind: "slow", seconds: 90 },
    { call: "talos.applyConfiguration", subject: "worker-2", kind: "timeout", seconds: 20, count: 1000 },
  ],
  faultsUntil: { kind: "kubernetes.up", seconds: 5 },
  whileUp: (cameUp) => {
    it("does not hold up the control plane for a worker that is late", () => {
      const { history } = cameUp();
      assertInOrder(history.only("kubernetes.up"), history.only("config.applied", "worker-2"));
    });
  },
});
