import assert from "node:assert/strict";
import { readStackFile } from "../../config/stack-file";
import type { Settings } from "../../config/settings";
import { weakerGuards } from "../../plan/guards";
import { nodeFindings } from "../../plan/node-findings";
import { appSchemas } from "../../platform/app-options";
import { patched, type Patch } from "../config/stack-text";
import { BASE, planned } from "./prepared-changes";

function settingsOf(text: string): Settings {
  const { settings, problems } = readStackFile(text, { stack: "lab", apps: appSchemas });
  assert.ok(settings, JSON.stringify(problems));
  return settings;
}

const SAFE = patched(BASE, {
  set: {
    "cluster.deletionProtection": true,
    "nodeDefaults.worker": { secureBoot: true, tpm: true, diskEncryption: "tpm" },
    "platform.echo": { gateway: "internal", protection: "public" },
  },
});

const weaker = (patch: Patch) =>
  weakerGuards(settingsOf(SAFE), settingsOf(patched(SAFE, patch))).map(({ subject, message }) => `${subject}: ${message}`);

describe("guards that a change makes weaker", () => {
  const cases: readonly (readonly [string, Patch, RegExp])[] = [
    ["deletion protection goes off", { set: { "cluster.deletionProtection": false } }, /^cluster\.deletionProtection: off/],
    [
      "Proxmox' certificate is no longer checked",
      { set: { "proxmox.home.tls": { insecure: "only for a while, until the CA is there" } } },
      /^proxmox\.home\.tls:/,
    ],
    [
      "secure boot goes",
      { set: { "nodeDefaults.worker.secureBoot": false, "nodeDefaults.worker.diskEncryption": "node-id" } },
      /^nodes\.worker-1\.(secureBoot: off|diskEncryption: tpm → node-id)/,
    ],
    [
      "a disk is no longer encrypted",
      { set: { "nodeDefaults.worker.diskEncryption": "none" } },
      /^nodes\.worker-1\.diskEncryption: tpm → none/,
    ],
    ["network policies only watch", { set: { "platform.network-policies.mode": "audit" } }, /enforce → audit: nothing is refused any more/],
    ["network policies go", { set: { "platform.network-policies": undefined } }, /enforce → off: there are no policies any more/],
    ["a namespace is exempt", { set: { "platform.network-policies.exempt": ["media"] } }, /namespace media is open to every pod/],
    ["a host leaves home", { set: { "platform.echo.gateway": "external" } }, /^echo\.lab\.example\.com: was reached from home only/],
  ];
  for (const [title, patch, form] of cases) {
    it(`are named when ${title}, and not when it is the other way round`, () => {
      const found = weaker(patch);
      assert.ok(
        found.some((line) => form.test(line)),
        found.join("\n"),
      );
      assert.deepEqual(weakerGuards(settingsOf(patched(SAFE, patch)), settingsOf(SAFE)), []);
    });
  }

  it("are none in a change that weakens nothing", () => {
    assert.deepEqual(weaker({ set: { "nodes.worker-1.memoryMiB": 10240 } }), []);
  });
});

describe("what a change of nodes leads to", () => {
  const found = (patch: Patch) => nodeFindings(settingsOf(BASE), settingsOf(patched(BASE, patch))).map(({ rule }) => rule);

  it("refuses a node that is renamed in place, whose machine would find its id taken", () => {
    const rename = (from: string, to: string, role: string, address: string): Patch => ({
      set: { [`nodes.${from}`]: undefined, [`nodes.${to}`]: { role, host: "pve1", address, memoryMiB: 8192 } },
    });
    assert.deepEqual(found(rename("worker-1", "worker-9", "worker", "127.10.0.21")), ["nodes.id-is-free"]);
    assert.deepEqual(found(rename("worker-1", "worker-9", "worker", "127.10.0.29")), []);
  });

  it("refuses to take etcd's majority away, by removal or by new machines", () => {
    assert.deepEqual(found({ set: { "nodes.cp-2": undefined, "nodes.cp-3": undefined, "cluster.endpoint": "127.10.0.10" } }), [
      "nodes.quorum",
    ]);
    assert.deepEqual(found({ set: { "nodes.cp-2.vmId": 4712, "nodes.cp-3.vmId": 4713 } }), ["nodes.quorum"]);
    assert.deepEqual(found({ set: { "nodes.cp-3.vmId": 4713 } }), []);
  });

  /** What is said of settings in which the node's machine is, or is not, the one of before. */
  const facts = (patch: Patch, base: Patch = {}) => {
    const before = patched(BASE, base);
    return nodeFindings(settingsOf(before), settingsOf(patched(before, patch))).map(
      ({ rule, level, subject }) => `${level} ${rule} ${subject}`,
    );
  };

  it("refuses another encryption of disks that are there, whichever way, and takes it of a machine that is made anew", () => {
    const sealed = { secureBoot: true, tpm: true, diskEncryption: "tpm" };
    const refused = ["mandatory nodes.encryption-stays nodes.worker-1"];
    const encryption = (value: string): Patch => ({ set: { "nodes.worker-1.diskEncryption": value } });
    assert.deepEqual(facts(encryption("node-id")), refused);
    assert.deepEqual(facts({ set: { "nodeDefaults.worker": sealed } }), refused);
    assert.deepEqual(facts(encryption("none"), encryption("node-id")), refused);
    const bound = { set: { "nodeDefaults.worker": { ...sealed, diskEncryption: "node-id" } } };
    assert.deepEqual(facts(encryption("tpm"), bound), refused, "the volume has one key, which the new one takes the place of");
    assert.deepEqual(facts({ set: { "nodes.worker-1.diskEncryption": "node-id", "nodes.worker-1.vmId": 4711 } }), []);
    const worker9 = { role: "worker", host: "pve2", address: "127.10.0.29", memoryMiB: 8192, diskEncryption: "node-id" };
    assert.deepEqual(facts({ set: { "nodes.worker-9": worker9 } }), []);
    assert.deepEqual(facts({ set: { "nodeDefaults.controlplane.diskEncryption": "node-id" } }).length, 3);
  });

  it("refuses another address of a machine that keeps its VM id, and takes it where the id follows the address", () => {
    const kept: Patch = { set: { "nodes.worker-1.vmId": 4711 } };
    const moved: Patch = { set: { "nodes.worker-1.address": "127.10.0.29" } };
    assert.deepEqual(facts(moved, kept), ["mandatory nodes.address-stays nodes.worker-1"]);
    assert.deepEqual(facts(moved), [], "another address, another id, another machine");
    const base = patched(BASE, kept);
    const { markdown, verdict } = planned(patched(base, moved), base);
    assert.equal(verdict, "blocked");
    assert.match(markdown, /address 127\.10\.0\.21 → 127\.10\.0\.29, .*the new address, which the node has not got/);
  });

  it("refuses another role of a machine that is there, in either direction, and takes it of a new one", () => {
    // the number of control planes is odd on both sides
    const swapped = { "nodes.cp-3.role": "worker", "nodes.worker-1.role": "controlplane" };
    assert.deepEqual(facts({ set: swapped }), ["mandatory nodes.role-stays nodes.worker-1", "mandatory nodes.role-stays nodes.cp-3"]);
    assert.deepEqual(facts({ set: { ...swapped, "nodes.cp-3.vmId": 4711 } }), ["mandatory nodes.role-stays nodes.worker-1"]);
  });

  it("says of a machine that is there what it does not take over: disks beside volumes of pods, and a host beside high availability", () => {
    const disk = { "nodes.worker-1.systemDisk": { sizeGiB: 512 } };
    assert.deepEqual(found({ set: disk }), [], "grown in place");
    const csi = { "platform.proxmox-csi": { datastore: "local-lvm" } };
    assert.deepEqual(found({ set: { ...disk, ...csi } }), ["nodes.disks-stay"]);
    assert.deepEqual(found({ set: { "nodes.worker-1.memoryMiB": 10240, "cluster.installed.talos": "1.13.6", ...csi } }), []);
    assert.deepEqual(found({ set: { "nodes.worker-1.vmId": 4711, ...disk, ...csi } }), [], "made anew");
    const anotherHost = { "nodes.cp-2.host": "pve1", "proxmox.home.hosts.pve1.memoryMiB": 65536 };
    assert.deepEqual(found({ set: anotherHost }), [], "migrated by up");
    assert.deepEqual(found({ set: { ...anotherHost, "proxmox.home.antiAffinityRule": true } }), ["nodes.host-stays"]);
  });
});
