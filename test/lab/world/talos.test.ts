import assert from "node:assert/strict";
import type { WorldErrorCode } from "../../../lab/world/errors";
import { address, boot, bringUp, configOf, download, join, kinds, openHome, spec, target, VIP, type Home } from "./fixture";

const refused = (code: WorldErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && "code" in error);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe("Talos nodes of the world", () => {
  let home: Home;

  beforeEach(() => {
    home = openHome();
  });

  afterEach(async () => {
    assert.deepEqual(home.world.events.list("world.failed"), []);
    await home.world.close();
    await home.kubernetes.stop({ wipe: true });
  });

  it("come up in order: maintenance, config, install, reboot, etcd, VIP, Kubernetes, Node", async () => {
    await bringUp(home);
    const steps = [
      "vm.created",
      "vm.started",
      "node.maintenance",
      "config.applied",
      "node.installed",
      "node.running",
      "etcd.bootstrap",
      "etcd.member-joined",
      "node.registered",
    ];
    assert.deepEqual(
      kinds(home, "cp1").filter((kind) => steps.includes(kind)),
      steps,
    );
    const all = kinds(home);
    assert.ok(all.indexOf("etcd.bootstrap") < all.indexOf("etcd.member-joined"));
    assert.ok(all.indexOf("etcd.member-joined") < all.indexOf("vip.up"));
    assert.ok(all.indexOf("vip.up") < all.indexOf("kubernetes.up"));
    assert.ok(all.indexOf("kubernetes.up") < all.indexOf("node.registered"));
    assert.deepEqual([...home.kubernetes.registered].sort(), ["cp1", "cp2", "cp3", "w1"]);
    assert.equal(home.world.events.list("etcd.member-joined").length, 3);
    assert.deepEqual(
      home.kubernetes.starts[0]?.controlPlanes.map(({ name, address: at }) => `${name} ${at}`),
      ["cp1", "cp2", "cp3"].map((name, index) => `${name} ${address(11 + index)}`),
    );
  });

  it("are called by their names before they answer, so that a fault meets every try", async () => {
    const secrets = await home.helper.secrets({});
    await download(home, "pve1");
    await home.proxmox.machines.create({ spec: spec("cp1", 11), inputs: {} });
    home.world.faults.arm({ call: "talos.bootstrap", subject: "cp1", kind: "error", message: "cable out" });
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 11)), refused("unavailable", /cable out/));
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 11)), refused("unavailable", /connection refused/));
    assert.deepEqual(
      home.world.calls.list().map(({ subject }) => subject),
      ["cp1", "cp1"],
    );
  });

  it("refuse a bootstrap before a config was applied", async () => {
    const secrets = await home.helper.secrets({});
    await boot(home, "cp1", 11);
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 11)), refused("unimplemented", /machine type is not set/));
  });

  it("refuse a bootstrap on a worker", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 });
    await join(home, secrets, { name: "w1", last: 21, type: "worker" });
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 21)), refused("unimplemented", /only available on control plane/));
  });

  it("refuse a second bootstrap, on the same node and on another", async () => {
    const secrets = await bringUp(home);
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 11)), refused("already-exists", /not empty/));
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 12)), refused("already-exists", /not empty/));
  });

  it("do not answer at the VIP before bootstrap, and do afterwards", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 });
    const atVip = { ...target(secrets, 11), endpoint: VIP };
    await assert.rejects(home.world.talos.kubeconfig(atVip), refused("unavailable", /connection refused/));
    await home.world.talos.bootstrap(target(secrets, 11));
    await home.world.idle();
    assert.equal((await home.world.talos.kubeconfig(atVip)).clusterName, "home");
  });

  it("keep a worker's API dead until a control plane can sign for it", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "w1", last: 21, type: "worker" });
    assert.equal(home.world.machine("w1").node.phase, "running");
    assert.equal(home.world.machine("w1").node.secureApi, "down");
    await join(home, secrets, { name: "cp1", last: 11 });
    assert.equal(home.world.machine("w1").node.secureApi, "up");
    const all = home.world.events.list("node.api-up").map((event) => event.subject);
    assert.deepEqual(all, ["cp1", "w1"]);
  });

  it("are not reached with the certificate of another cluster", async () => {
    await bringUp(home);
    const other = await home.helper.secrets({});
    await assert.rejects(home.world.talos.kubeconfig(target(other, 11)), refused("unavailable", /unknown authority/));
  });

  it("refuse a config of other secrets, running or in maintenance", async () => {
    const secrets = await bringUp(home);
    const other = await home.helper.secrets({});
    const config = await configOf(home, other, { name: "cp1", last: 11 });
    await assert.rejects(
      home.world.talos.applyConfiguration(target(secrets, 11), config, "auto"),
      refused("invalid-argument", /other machine secrets/),
    );
    await boot(home, "w2", 22);
    const worker = await configOf(home, other, { name: "w2", last: 22, type: "worker" });
    await assert.rejects(
      home.world.talos.applyConfiguration(target(other, 22), worker, "auto"),
      refused("invalid-argument", /other machine secrets/),
    );
  });

  it("refuse a config that Talos' library refuses", async () => {
    const secrets = await home.helper.secrets({});
    await boot(home, "cp1", 11);
    await assert.rejects(
      home.world.talos.applyConfiguration(target(secrets, 11), "{}", "auto"),
      refused("invalid-argument", /unknown keys/),
    );
  });

  it("are lost when the config has another address than the nocloud data", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 }, { addresses: [`${address(12)}/24`] });
    assert.match(
      String(home.world.events.list("node.address-lost")[0]?.detail["reason"]),
      /nocloud says .*\.11, its machine config says .*\.12/,
    );
    await assert.rejects(home.world.talos.bootstrap(target(secrets, 11)), refused("unavailable", /cp1 is lost/));
  });

  it("are lost when the installer is not the nocloud one", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 }, { installImage: "ghcr.io/siderolabs/installer:v1.13.7" });
    assert.match(String(home.world.events.list("node.address-lost")[0]?.detail["reason"]), /metal installer/);
  });

  it("do not get past an installer that the factory does not know", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 }, { installImage: `factory.talos.dev/nocloud-installer/${"0".repeat(64)}:v1.13.7` });
    assert.equal(home.world.machine("cp1").node.phase, "installing");
    assert.match(home.world.machine("cp1").node.unreachable ?? "", /cannot be pulled/);
  });

  for (const [what, last, words] of [
    ["outside the node network", undefined, /outside the node network/],
    ["the gateway's", 1, /is taken/],
    ["the VIP's", 10, /is taken/],
    ["the network address", 0, /network address/],
    ["the broadcast address", 255, /broadcast address/],
  ] as const) {
    it(`are unreachable when their address is ${what}`, async () => {
      const cidr = last === undefined ? "127.1.1.1/24" : `${address(last)}/24`;
      const machine = await boot(home, "cp1", 11, { nocloudAddresses: [cidr] });
      assert.match(machine.node.unreachable ?? "", words);
    });
  }

  it("are unreachable when their address is another node's", async () => {
    await boot(home, "cp1", 11);
    const machine = await boot(home, "cp2", 11);
    assert.match(machine.node.unreachable ?? "", /already the address of cp1/);
  });

  it("are unreachable without static nocloud data, since there is no DHCP", async () => {
    const machine = await boot(home, "cp1", 11, { nocloudAddresses: [] });
    assert.match(machine.node.unreachable ?? "", /no DHCP/);
  });

  it("take a new label at once, and a new install disk only by a reboot", async () => {
    const secrets = await bringUp(home);
    const node = { name: "w1", last: 21, type: "worker" } as const;
    await home.world.talos.applyConfiguration(
      target(secrets, 21),
      await configOf(home, secrets, node, { nodeLabels: { zone: "a" } }),
      "auto",
    );
    await home.world.idle();
    assert.equal(home.kubernetes.registered.filter((name) => name === "w1").length, 2);
    assert.equal(kinds(home, "w1").filter((kind) => kind === "node.rebooting").length, 1);
    await home.world.talos.applyConfiguration(
      target(secrets, 21),
      await configOf(home, secrets, node, { installDisk: "/dev/vda" }),
      "auto",
    );
    await home.world.idle();
    assert.equal(kinds(home, "w1").filter((kind) => kind === "node.rebooting").length, 2);
    assert.equal(home.world.machine("w1").node.facts?.installDisk, "/dev/vda");
    assert.deepEqual(home.kubernetes.stoppedNodes, ["w1"]);
  });

  it("keep a staged config until the next reboot", async () => {
    const secrets = await bringUp(home);
    const config = await configOf(home, secrets, { name: "w1", last: 21, type: "worker" }, { nodeLabels: { zone: "a" } });
    await home.world.talos.applyConfiguration(target(secrets, 21), config, "staged");
    await home.world.idle();
    assert.deepEqual(home.world.machine("w1").node.facts?.nodeLabels, {});
    home.world.nodes.reboot(home.world.machine("w1"));
    await home.world.idle();
    assert.deepEqual(home.world.machine("w1").node.facts?.nodeLabels, { zone: "a" });
  });

  it("refuse a config that would move the running Kubernetes version", async () => {
    const secrets = await bringUp(home);
    const config = await configOf(home, secrets, { name: "cp1", last: 11 }, { kubeletImage: "ghcr.io/siderolabs/kubelet:v1.37.0" });
    await assert.rejects(
      home.world.talos.applyConfiguration(target(secrets, 11), config, "auto"),
      refused("invalid-argument", /cp1 runs Kubernetes 1\.36\.3, the config wants 1\.37\.0/),
    );
  });

  it("do not upgrade Talos by another install image, and say so", async () => {
    const secrets = await bringUp(home);
    const installImage = `factory.talos.dev/nocloud-installer/${"376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba"}:v1.14.0`;
    await home.world.talos.applyConfiguration(
      target(secrets, 11),
      await configOf(home, secrets, { name: "cp1", last: 11 }, { installImage }),
      "auto",
    );
    await home.world.idle();
    assert.equal(home.world.machine("cp1").node.versions?.talos, "1.13.7");
    assert.equal(home.world.events.list("config.install-image-ignored").length, 1);
  });

  it("lose quorum when two of three members are destroyed without leaving", async () => {
    await bringUp(home);
    for (const name of ["cp2", "cp3"]) {
      const machine = home.world.machine(name);
      await home.proxmox.machines.stop(machine);
      await home.proxmox.machines.delete(machine);
    }
    await home.world.idle();
    const all = kinds(home);
    assert.ok(all.includes("etcd.quorum-lost") && all.includes("vip.down") && all.includes("kubernetes.down"));
    assert.deepEqual(home.kubernetes.stops, [{ wipe: false }]);
    assert.equal(await home.kubernetes.healthy(), false);
  });

  it("keep quorum when one of three members is destroyed, and the VIP moves", async () => {
    const secrets = await bringUp(home);
    await home.proxmox.machines.stop(home.world.machine("cp1"));
    await home.world.idle();
    assert.equal(kinds(home).includes("etcd.quorum-lost"), false);
    assert.deepEqual(
      home.world.events.list("vip.up").map((event) => event.detail["holder"]),
      ["cp1", "cp2"],
    );
    await home.world.talos.kubeconfig({ ...target(secrets, 12), endpoint: VIP });
  });

  it("regain quorum when stopped members come back", async () => {
    await bringUp(home);
    for (const name of ["cp2", "cp3"]) await home.proxmox.machines.stop(home.world.machine(name));
    await home.world.idle();
    await home.proxmox.machines.start(home.world.machine("cp2"));
    await home.world.idle();
    assert.ok(kinds(home).includes("etcd.quorum-regained"));
    assert.equal(await home.kubernetes.healthy(), true);
  });

  it("shrink etcd when a member leaves by a graceful reset, which the last one cannot", async () => {
    const secrets = await bringUp(home);
    const gracefully = { etcd: "graceful", afterwards: "shutdown" } as const;
    for (const last of [13, 12]) {
      await home.world.talos.reset(target(secrets, last), gracefully);
      await home.world.idle();
    }
    assert.equal(kinds(home).includes("etcd.quorum-lost"), false);
    assert.equal(home.world.clusters.list()[0]?.members.length, 1);
    await assert.rejects(home.world.talos.reset(target(secrets, 11), gracefully), refused("failed-precondition", /last etcd member/));
  });

  it("return to maintenance after a reset with a reboot", async () => {
    const secrets = await bringUp(home);
    await home.world.talos.reset(target(secrets, 21), { etcd: "abandon", afterwards: "reboot" });
    await home.world.idle();
    assert.equal(home.world.machine("w1").node.phase, "maintenance");
    assert.equal(home.world.machine("w1").node.config, undefined);
  });

  it("leave nothing behind when every machine is destroyed", async () => {
    await bringUp(home);
    await Promise.all(
      home.world.machines().map(async (machine) => {
        await home.proxmox.machines.stop(machine);
        await home.proxmox.machines.delete(machine);
      }),
    );
    home.proxmox.storage.delete("pve1", "local:import/talos.qcow2");
    await home.world.idle();
    assert.deepEqual(new Set(Object.values(home.world.inventory()).flat()), new Set());
    assert.deepEqual(home.kubernetes.stops.at(-1), { wipe: true });
  });

  it("keep running while the control plane is held down, and have it back when it is released", async () => {
    const secrets = await bringUp(home);
    await home.world.clusters.holdControlPlane();
    assert.deepEqual(home.kubernetes.stops, [{ wipe: false }]);
    await home.proxmox.machines.stop(home.world.machine("cp3"));
    await home.proxmox.machines.start(home.world.machine("cp3"));
    await home.world.idle();
    assert.equal(await home.kubernetes.healthy(), false);
    await assert.rejects(
      home.world.talos.kubeconfig({ ...target(secrets, 11), endpoint: VIP }),
      refused("unavailable", /connection refused/),
    );
    home.world.clusters.releaseControlPlane();
    await home.world.idle();
    assert.equal(await home.kubernetes.healthy(), true);
    assert.equal(home.world.events.list("kubernetes.up").length, 2);
    await home.world.talos.kubeconfig({ ...target(secrets, 11), endpoint: VIP });
  });

  it("try a control plane that does not start again, and say why it did not", async () => {
    home.kubernetes.failures.push(new Error("port is taken"));
    await bringUp(home);
    assert.equal(home.world.events.list("kubernetes.failed")[0]?.detail["reason"], "port is taken");
    assert.equal(home.world.events.list("kubernetes.up").length, 1);
  });
});
