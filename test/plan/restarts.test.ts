import assert from "node:assert/strict";
import { PATCHES } from "../../components/talos/patches";
import { readStackFile } from "../../config/stack-file";
import type { Settings } from "../../config/settings";
import { configView } from "../../plan/machine-config";
import { effectOf, FIELD_EFFECTS, type FieldEffect } from "../../plan/restart-table";
import { nodeImpacts, upgradeRolls } from "../../plan/restarts";
import { appSchemas } from "../../platform/app-options";
import { fixtureText, patched, type Patch } from "../config/stack-text";
import { BASE, planned } from "./prepared-changes";

function settingsOf(text: string): Settings {
  const { settings, problems } = readStackFile(text, { stack: "lab", apps: appSchemas });
  assert.ok(settings, JSON.stringify(problems));
  return settings;
}

const impacts = (patch: Patch, base: string = BASE) => nodeImpacts(settingsOf(base), settingsOf(patched(base, patch)));

describe("what a change does to running nodes", () => {
  it("counts a field that is not in the table as a restart", () => {
    assert.equal(effectOf(["machine", "udev", "rules", 0]).effect, "restart");
    assert.equal(effectOf(["SomeNewConfig", "field"]).effect, "restart");
    assert.equal(effectOf(["generated", "contract"]).effect, "restart");
  });

  it("takes the longest field that fits, whole steps only", () => {
    const table: readonly FieldEffect[] = [
      { field: "machine", effect: "restart", what: "all", source: "" },
      { field: "machine.kubelet", effect: "service", what: "kubelet", source: "" },
    ];
    assert.equal(effectOf(["machine", "kubelet", "extraArgs"], table).effect, "service");
    assert.equal(effectOf(["machine", "kubeletish"], table).effect, "restart");
    assert.equal(effectOf(["UserVolumeConfig/data", "minSize"]).field, "UserVolumeConfig");
  });

  it("has a row of its own for every kind, and every field of the main config, that a patch of ours writes, each with its source", () => {
    const all = settingsOf(fixtureText("full"));
    const options = { "proxmox-ccm": {}, alloy: {}, loki: {} };
    const network = { ...all.network, pods: { ...all.network.pods, ipv6: "fd00:10:244::/64" } };
    const full: Settings = { ...all, network, platform: { ...all.platform, ...options } };
    const depth: Readonly<Record<string, number>> = { machine: 2, cluster: 2, "machine.features": 3 };
    const rows = (value: unknown, path: readonly string[]): readonly string[] =>
      path.length < (depth[path.slice(0, 2).join(".")] ?? depth[path[0] ?? ""] ?? 1)
        ? Object.entries(value as object).flatMap(([key, inner]) => rows(inner, [...path, key]))
        : [path.join(".")];
    const written = new Set(
      full.nodes.flatMap((node) =>
        Object.entries(configView(full, node)).flatMap(([top, value]) => rows(value, [top.split("/")[0] ?? ""])),
      ),
    );
    for (const expected of [
      "KmsgLogConfig",
      "cluster.externalCloudProvider",
      "cluster.network",
      "machine.features.hostDNS",
      "VolumeConfig",
    ])
      assert.ok(written.has(expected), `${expected} is not written: the settings do not switch on all patches`);
    const known = new Set(FIELD_EFFECTS.map(({ field }) => field));
    assert.deepEqual(
      [...written].filter((field) => field !== "generated" && !known.has(field)),
      [],
    );
    const patches = new Set(
      full.nodes.flatMap((node) => Object.entries(PATCHES).flatMap(([name, patch]) => (patch(full, node).length > 0 ? [name] : []))),
    );
    assert.deepEqual([...patches].sort(), Object.keys(PATCHES).sort());
    for (const { field, source } of FIELD_EFFECTS) assert.match(source, /^Talos v1\.13\.7, /, field);
  });

  it("restarts kubelets and control plane pods, and no node, for a cloud controller and for other networks of pods or services", () => {
    const all = [[], ["kubelet, kube-apiserver, kube-controller-manager"]];
    const expected = (onControlPlanes: unknown, onWorkers: unknown) => [onControlPlanes, onControlPlanes, onControlPlanes, onWorkers];
    const felt = (set: Patch["set"]) => impacts({ set }).map(({ restart, services }) => [restart, services]);
    assert.deepEqual(felt({ "platform.proxmox-ccm": {} }), expected(all, [[], ["kubelet"]]));
    assert.deepEqual(felt({ "network.services": "10.97.0.0/16" }), expected(all, [[], ["kubelet"]]));
    assert.deepEqual(felt({ "network.pods": "10.245.0.0/16" }), expected([[], ["kube-controller-manager"]], [[], []]));
  });

  it("restarts no node for a collector of its logs", () => {
    const found = impacts({ set: { "platform.alloy": {}, "platform.loki": {} } });
    assert.equal(found.length, 4);
    for (const { restart, services } of found) assert.deepEqual([restart, services], [[], []]);
  });

  it("restarts no node for a label, a resolver or an API server's name", () => {
    const found = impacts({
      set: {
        "network.dnsServers": ["127.10.0.2"],
        "cluster.certificateSans": ["kube.example.com"],
        'nodes.cp-1.labels["example.com/x"]': "y",
      },
    });
    assert.deepEqual(
      found.map(({ node }) => node),
      ["cp-1", "cp-2", "cp-3", "worker-1"],
    );
    for (const { restart } of found) assert.deepEqual(restart, []);
    assert.deepEqual(found[0]?.services, ["kube-apiserver"]);
    assert.deepEqual(found[3]?.services, []);
  });

  it("restarts the nodes whose config changes in an unknown field: control planes one by one, then workers", () => {
    const text = planned(patched(BASE, { set: { "cluster.contract": "v1.12" } })).markdown;
    assert.match(text, /^1\. \*\*`cp-1` restarts\*\*/m);
    assert.match(text, /^2\. \*\*`cp-2` restarts\*\*/m);
    assert.match(text, /^3\. \*\*`cp-3` restarts\*\*/m);
    assert.match(text, /^4\. \*\*`worker-1` restarts\*\*/m);
    assert.match(text, /one after the other, each once the others are healthy/);
    assert.match(text, /\*\*4 nodes restart\.\*\*/);
  });

  it("restarts a node that gets the other role, whatever else of its config stays the same", () => {
    const found = impacts({ set: { "nodes.cp-3.role": "worker", "nodes.worker-1.role": "controlplane" } });
    const why = ["generated.machineType: the services of the other role run from the next boot on"];
    assert.deepEqual(
      found.filter(({ restart }) => restart.length > 0).map(({ node, restart }) => [node, restart]),
      [
        ["worker-1", why],
        ["cp-3", why],
      ],
    );
  });

  it("says of more memory that it counts once somebody restarts the machine", () => {
    const [found, ...others] = impacts({ set: { "nodes.worker-1.memoryMiB": 10240 } });
    assert.deepEqual(others, []);
    assert.equal(found?.node, "worker-1");
    assert.deepEqual([found.restart, found.waits], [[], ["memory.dedicated"]]);
  });

  it("has nothing to say of a node that comes, goes, or gets another machine", () => {
    const two = patched(BASE, { set: { "nodes.worker-2": { role: "worker", host: "pve2", address: "127.10.0.22", memoryMiB: 8192 } } });
    assert.deepEqual(impacts({ set: { "nodes.worker-2": undefined } }, two), []);
    assert.deepEqual(nodeImpacts(settingsOf(BASE), settingsOf(two)), []);
    assert.deepEqual(impacts({ set: { "nodes.worker-1.vmId": 4711, "nodes.worker-1.memoryMiB": 10240 } }), []);
  });

  it("says that control planes take workloads, in place, once the last worker goes", () => {
    const found = impacts({ set: { "nodes.worker-1": undefined } });
    assert.deepEqual(
      found.map(({ node, restart }) => [node, restart]),
      [
        ["cp-1", []],
        ["cp-2", []],
        ["cp-3", []],
      ],
    );
    assert.match(found[0]?.inPlace.join() ?? "", /allowSchedulingOnControlPlanes/);
  });

  it("says who rolls the nodes for a wanted version, and that nobody does while tuppr is off", () => {
    const on = (set: Patch["set"]) => settingsOf(patched(BASE, { set: { "platform.tuppr": {}, "platform.cert-manager": {}, ...set } }));
    const [talos] = upgradeRolls(on({}), on({ "cluster.versions.talos": "1.13.9" }));
    assert.match(talos ?? "", /\*\*every node restarts\*\*, one at a time/);
    assert.doesNotMatch(talos ?? "", /nobody/);
    const [kubernetes] = upgradeRolls(on({}), on({ "cluster.versions.kubernetes": "1.36.4" }));
    assert.match(kubernetes ?? "", /no node does/);
    const off = upgradeRolls(settingsOf(BASE), settingsOf(patched(BASE, { set: { "cluster.versions.talos": "1.13.9" } })));
    assert.match(off[0] ?? "", /nobody does it/);
  });
});
