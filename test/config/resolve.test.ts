import assert from "node:assert/strict";
import type { NodeSettings, Settings } from "../../config/settings";
import { DUAL_STACK } from "./cases/network";
import { fixtureText, patched, read, type Patch } from "./stack-text";

const FULL = fixtureText("full");

function settingsOf(patch: Patch = {}): Settings {
  const { settings, problems } = read(patched(FULL, patch));
  assert.ok(settings, JSON.stringify(problems));
  return settings;
}

function node(settings: Settings, name: string): NodeSettings {
  const found = settings.nodes.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

describe("resolved settings", () => {
  it("merge a node's maps over those of its role and replace anything else", () => {
    const settings = settingsOf({
      set: {
        "nodeDefaults.controlplane.labels": { "example.com/site": "home", "example.com/rack": "lower" },
        "nodeDefaults.controlplane.kernelArgs": ["quiet", "nomodeset"],
        "nodes.cp-2.kernelArgs": ["debug"],
      },
    });
    assert.deepEqual(node(settings, "cp-2").labels, { "example.com/rack": "upper", "example.com/site": "home" });
    assert.deepEqual(node(settings, "cp-1").labels, { "example.com/rack": "lower", "example.com/site": "home" });
    assert.deepEqual(node(settings, "cp-2").kernelArgs, ["debug"]);
    assert.deepEqual(node(settings, "cp-3").kernelArgs, ["quiet", "nomodeset"]);
    assert.equal(node(settings, "worker-1").systemDisk.sizeGiB, 128);
    assert.equal(node(settings, "worker-2").systemDisk.sizeGiB, 200);
    assert.equal(node(settings, "worker-2").diskEncryption, "node-id");
  });

  it("put control planes first, then workers, each by name", () => {
    const settings = settingsOf({
      set: { "nodes.a-worker": { role: "worker", proxmox: "home", host: "pve2", address: "192.168.10.30", memoryMiB: 4096 } },
    });
    assert.deepEqual(
      settings.nodes.map(({ name }) => name),
      ["cp-1", "cp-2", "cp-3", "a-worker", "worker-1", "worker-2"],
    );
  });

  it("compute MAC addresses and VM ids that other nodes do not move", () => {
    const [before, after] = [
      settingsOf(),
      settingsOf({
        set: {
          "nodes.worker-1": undefined,
          "nodes.a-worker": { role: "worker", proxmox: "attic", host: "pve9", address: "192.168.10.30", memoryMiB: 4096 },
        },
      }),
    ];
    for (const name of ["cp-2", "cp-3", "worker-2"]) assert.deepEqual(node(after, name), node(before, name));
    assert.equal(node(before, "cp-2").vmId, 20012);
    assert.match(node(before, "cp-2").mac, /^02(:[0-9A-F]{2}){5}$/);
    assert.equal(new Set(before.nodes.map(({ mac }) => mac)).size, before.nodes.length);
    assert.notEqual(node(settingsOf({ set: { "cluster.name": "cabin" } }), "cp-2").mac, node(before, "cp-2").mac);
  });

  it("give every name its slot in the pool, whichever others are written down", () => {
    const slots = {
      external: "192.168.10.193",
      internal: "192.168.10.194",
      auth: "192.168.10.195",
      ai: "192.168.10.196",
      mcp: "192.168.10.197",
      dns: "192.168.10.198",
    };
    assert.deepEqual(settingsOf({ set: { "network.addresses": undefined } }).network.addresses, slots);
    assert.deepEqual(settingsOf().network.addresses, { ...slots, external: "192.168.10.200", dns: "192.168.10.210" });
  });

  it("compute a node's IPv6 address as far into its network as the IPv4 one is", () => {
    const settings = settingsOf({ set: DUAL_STACK });
    assert.equal(settings.network.dualStack, true);
    assert.deepEqual(node(settings, "worker-2").address, { ipv4: "192.168.10.22", ipv6: "fd00:10::16" });
    assert.equal(settings.network.gateway.ipv6, "fd00:10::1");
  });

  it("find the endpoint: as written, else the VIP, else the only control plane", () => {
    assert.equal(settingsOf({ set: { "cluster.endpoint": "kube.example.com" } }).cluster.endpointUrl, "https://kube.example.com:6443");
    assert.equal(settingsOf({ set: { "cluster.endpoint": undefined } }).cluster.endpoint, "192.168.10.10");
    const one = { "cluster.endpoint": undefined, "network.vip": undefined, "nodes.cp-2": undefined, "nodes.cp-3": undefined };
    assert.equal(settingsOf({ set: one }).cluster.endpoint, "192.168.10.11");
  });

  it("let workloads onto control planes by default only while there are no workers", () => {
    const set = { "cluster.scheduleOnControlPlanes": undefined };
    assert.equal(settingsOf({ set }).cluster.scheduleOnControlPlanes, false);
    assert.equal(
      settingsOf({ set: { ...set, "nodes.worker-1": undefined, "nodes.worker-2": undefined } }).cluster.scheduleOnControlPlanes,
      true,
    );
  });

  it("have the guest agent in every image and a TPM where the disk is sealed in one", () => {
    const settings = settingsOf({ set: { "nodes.worker-1.tpm": undefined } });
    for (const { extensions } of settings.nodes)
      assert.equal(extensions.filter(({ name }) => name === "siderolabs/qemu-guest-agent").length, 1);
    assert.equal(node(settings, "worker-1").tpm, true);
    assert.equal(node(settings, "worker-2").tpm, false);
  });
});

describe("a problem", () => {
  it("is said once, however many nodes a default breaks", () => {
    const { problems } = read(patched(FULL, { set: { "nodeDefaults.controlplane.cores": 17 } }));
    assert.deepEqual(
      problems.map(({ rule, path }) => `${rule} ${path}`),
      ["nodes.fits-host nodeDefaults.controlplane.cores"],
    );
  });
});
