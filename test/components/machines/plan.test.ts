import assert from "node:assert/strict";
import * as fc from "fast-check";
import { haPlans, machinePlan, spreadProblems } from "../../../components/machines/plan";
import { dataDiskSerial } from "../../../components/machines/data-disks";
import { downloadsFor } from "../../../components/talos/images";
import { controlPlane, node, proxmox, settingsOf, worker } from "../fixture";

const HOSTS = ["pve1", "pve2", "pve3"];

describe("the plan of the machines", () => {
  it("makes control planes first, then by name, whatever the order of the settings", () => {
    const nodes = [worker(5), controlPlane(3), { ...worker(4), name: "attic" }, controlPlane(1)];
    assert.deepEqual(
      machinePlan(settingsOf({ nodes })).map(({ node: { name } }) => name),
      ["cp-1", "cp-3", "attic", "worker-5"],
    );
  });

  it("imports disks of one host one after the other, and of different hosts at once", () => {
    const nodes = [
      controlPlane(1, { host: "pve1" }),
      controlPlane(2, { host: "pve2" }),
      worker(3, { host: "pve1" }),
      worker(4, { host: "pve1" }),
    ];
    assert.deepEqual(
      machinePlan(settingsOf({ nodes })).map(({ after }) => after),
      [undefined, undefined, "cp-1", "worker-3"],
    );
  });

  it("does not take equally named hosts of two clusters for one", () => {
    const clusters = ["attic", "cellar"].map((name) => proxmox({ name }));
    const nodes = [controlPlane(1, { proxmox: "attic" }), worker(2, { proxmox: "cellar" })];
    assert.deepEqual(
      machinePlan(settingsOf({ nodes, proxmox: clusters })).map(({ after }) => after),
      [undefined, undefined],
    );
  });

  it("imports every machine from an image that is fetched to its host", () => {
    const anyNode = fc.record({
      host: fc.constantFrom(...HOSTS),
      role: fc.constantFrom("controlplane" as const, "worker" as const),
      secureBoot: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyNode, { minLength: 1, maxLength: 7 }), (drawn) => {
        const nodes = drawn.map(({ role, ...overrides }, index) => node(role, index + 1, overrides));
        const settings = settingsOf({ nodes });
        const images = new Map(downloadsFor(settings).map((image) => [image.key, image]));
        const seen = new Set<string>();
        for (const { node: planned, image, after, args } of machinePlan(settings)) {
          assert.equal(images.get(image)?.nodeName, planned.host);
          assert.equal(args.disks[0]?.importFrom, images.get(image)?.fileId);
          assert.ok(after === undefined || seen.has(after), "a machine waits for one that is planned later");
          seen.add(planned.name);
        }
        assert.equal(seen.size, nodes.length);
      }),
    );
  });

  it("changes no other machine when a node is added", () => {
    const before = machinePlan(settingsOf({ nodes: [controlPlane(1, { host: "pve1" })] }));
    const after = machinePlan(settingsOf({ nodes: [controlPlane(1, { host: "pve1" }), worker(9, { host: "pve1" })] }));
    assert.deepEqual(after[0], before[0]);
  });
});

describe("the rule that keeps control planes apart", () => {
  const nodes = HOSTS.map((host, index) => controlPlane(index + 1, { host }));

  it("names every control plane of the cluster and makes each a managed resource", () => {
    const [plan, ...others] = haPlans(settingsOf({ nodes: [...nodes, worker(4)], proxmox: [proxmox({ antiAffinityRule: true })] }));
    assert.deepEqual(others, []);
    assert.equal(plan?.rule.type, "resource-affinity");
    assert.equal(plan?.rule.affinity, "negative");
    assert.deepEqual(plan?.rule.resources, ["vm:1001", "vm:1002", "vm:1003"]);
    assert.deepEqual(
      Object.entries(plan?.resources ?? {}).map(([name, { resourceId }]) => [name, resourceId]),
      [
        ["cp-1", "vm:1001"],
        ["cp-2", "vm:1002"],
        ["cp-3", "vm:1003"],
      ],
    );
  });

  it("is made only where asked for and where there are two to keep apart", () => {
    assert.deepEqual(haPlans(settingsOf({ nodes })), []);
    assert.deepEqual(haPlans(settingsOf({ nodes: [controlPlane(1), worker(4)], proxmox: [proxmox({ antiAffinityRule: true })] })), []);
  });
});

describe("the spread of control planes", () => {
  const spread = (...hosts: string[]) =>
    spreadProblems(settingsOf({ nodes: hosts.map((host, index) => controlPlane(index + 1, { host })) }));

  it("has no problem when each has a host of its own", () => assert.deepEqual(spread("pve1", "pve2", "pve3"), []));

  it("has no problem when there is only one", () => assert.deepEqual(spread("pve2"), []));

  it("is a problem when one host holds the majority although others are free", () => {
    const [problem, ...others] = spread("pve1", "pve1", "pve2");
    assert.deepEqual(others, []);
    assert.deepEqual([problem?.host, problem?.nodes], ["home/pve1", ["cp-1", "cp-2"]]);
    assert.match(problem?.message ?? "", /home\/pve1 holds 2 of 3 control planes \(cp-1, cp-2\)/);
  });

  it("has no problem when there is no better one", () => {
    const one = proxmox({ hosts: proxmox().hosts.slice(0, 1) });
    assert.deepEqual(spreadProblems(settingsOf({ nodes: [controlPlane(1), controlPlane(2), controlPlane(3)], proxmox: [one] })), []);
    const two = proxmox({ hosts: proxmox().hosts.slice(0, 2) });
    const nodes = ["pve1", "pve1", "pve2"].map((host, index) => controlPlane(index + 1, { host }));
    assert.deepEqual(spreadProblems(settingsOf({ nodes, proxmox: [two] })), []);
  });

  it("has no problem when a host with two of five can be lost", () => {
    const hosts = ["a", "b", "c", "d", "e"].map((name) => ({
      name,
      cores: 16,
      memoryMiB: 65536,
      imageDatastore: "local",
      diskDatastore: "local-lvm",
    }));
    const nodes = ["a", "a", "b", "c", "d"].map((host, index) => controlPlane(index + 1, { host }));
    assert.deepEqual(spreadProblems(settingsOf({ nodes, proxmox: [proxmox({ hosts })] })), []);
  });

  it("never blames a round-robin over the hosts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (count) => {
        assert.deepEqual(spread(...Array.from({ length: count }, (_, index) => HOSTS[index % HOSTS.length] ?? "pve1")), []);
      }),
    );
  });
});

describe("a data disk's serial", () => {
  it("fits into what a disk can have and is as unique as the name", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,33}$/), { maxLength: 20 }), (names) => {
        const serials = names.map(dataDiskSerial);
        for (const serial of serials) assert.ok(serial.length <= 20);
        assert.equal(new Set(serials).size, names.length);
      }),
    );
  });
});
