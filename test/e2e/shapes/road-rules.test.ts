/** The rules themselves, held against a log in order and against logs with one fault each. No lab is needed. */
import assert from "node:assert/strict";
import type { WorldEvent } from "../../../lab/world/events";
import { History } from "./history";
import { DESTROY_RULES, ROAD_RULES, type RoadRule } from "./road-rules";
import type { Shape } from "./shape";

const SHAPE: Shape = {
  stack: "home",
  nodes: {
    "cp-1": { role: "controlplane", host: "pve1", addresses: ["127.20.0.11"] },
    "cp-2": { role: "controlplane", host: "pve2", addresses: ["127.20.0.12"] },
    "cp-3": { role: "controlplane", host: "pve2", addresses: ["127.20.0.13"] },
    "worker-1": { role: "worker", host: "pve1", addresses: ["127.20.0.21"] },
  },
  vip: "127.20.0.10",
  edge: "tunnel",
  downloads: ["pve1", "pve2"],
  schematics: 1,
  pool: [],
  announcedBy: "l2",
};

const SCHEMATIC = "a".repeat(64);
const OTHER = "b".repeat(64);
const IMAGE = "local:import/talos.qcow2";

type Line = readonly [kind: string, subject: string, detail?: WorldEvent["detail"]];

/** A log in which everything is as it should be. */
const ROAD: readonly Line[] = [
  ["schematic.created", SCHEMATIC],
  ["tunnel.created", "home"],
  ["record.created", "external.home.example.com"],
  ...["pve1", "pve2"].flatMap((host): Line[] => [fetched("download.start", host), fetched("download.done", host)]),
  ...life("cp-1"),
  ...life("cp-2"),
  ...life("cp-3"),
  ...life("worker-1"),
  ["etcd.bootstrap", "cp-1"],
  ["etcd.member-joined", "cp-1"],
  ["vip.up", "127.20.0.10"],
  ["kubernetes.starting", "home"],
  ["kubernetes.up", "home"],
  ["etcd.member-joined", "cp-2"],
  ["etcd.member-joined", "cp-3"],
  ...Object.entries(SHAPE.nodes).map(([name, { addresses }]): Line => ["node.registered", name, { address: addresses[0] ?? "" }]),
];

const DESTROYED: readonly Line[] = [
  ...ROAD,
  ...Object.keys(SHAPE.nodes).map((name): Line => ["vm.deleted", name]),
  ["kubernetes.wiped", "home"],
  ["tunnel.deleted", "home"],
  ["download.deleted", `pve1/${IMAGE}`],
  ["download.deleted", `pve2/${IMAGE}`],
];

/** Title of the rule -> what is wrong -> the log with that fault. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, readonly Line[]>>>> = {
  "goes without a mishap": {
    "a config is refused": added(ROAD, ["config.refused", "cp-1"]),
    "a download fails first": added(ROAD, ["download.failed", `pve1/${IMAGE}`]),
    "quorum is lost for a moment": added(ROAD, ["etcd.quorum-lost", "home"]),
    "a machine is stopped and started again": added(ROAD, ["vm.stopped", "cp-1"]),
  },
  "makes the tunnel before any machine, and one record": {
    "the tunnel is late": moved(ROAD, "tunnel.created", "home", "vm.started", "cp-1"),
    "there is no tunnel": without(ROAD, "tunnel.created"),
    "there are two records": added(ROAD, ["record.created", "internal.home.example.com"]),
  },
  "knows a schematic before it is downloaded, once each": {
    "the schematic is posted after the download began": moved(ROAD, "schematic.created", SCHEMATIC, "download.start", `pve1/${IMAGE}`),
    "it is posted twice": added(ROAD, ["schematic.created", SCHEMATIC]),
    "there is one that nobody needs": added(ROAD, ["schematic.created", OTHER]),
  },
  "downloads every image that it needs and no other, once each": {
    "one host fetches twice": added(ROAD, fetched("download.done", "pve1")),
    "one more host fetches": added(ROAD, fetched("download.done", "pve3")),
    "an image is fetched that no machine is made from": replaced(
      ROAD,
      fetched("download.done", "pve2"),
      fetched("download.done", "pve2", OTHER),
    ),
  },
  "makes each machine on its host, from an image that was fetched before": {
    "the machine is first": moved(ROAD, "download.done", `pve2/${IMAGE}`, "vm.created", "cp-2"),
    "the machine is on another host": replaced(ROAD, made("cp-2"), ["vm.created", "cp-2", { host: "pve1", schematic: SCHEMATIC }]),
  },
  "makes the machines of one host one after the other": {
    "two are made at once": moved(ROAD, "vm.started", "cp-2", "vm.created", "cp-3"),
    "the worker is made first": moved(ROAD, "vm.created", "cp-1", "vm.started", "worker-1"),
  },
  "takes every node once through created, started, maintenance, applied, installed, running": {
    "a config is applied twice": added(ROAD, ["config.applied", "cp-2"]),
    "a node was never in maintenance": without(ROAD, "node.maintenance", "worker-1"),
    "a config is applied before maintenance": moved(ROAD, "node.maintenance", "cp-1", "config.applied", "cp-1"),
    "a node runs before it is installed": moved(ROAD, "node.installed", "cp-1", "node.running", "cp-1"),
  },
  "bootstraps etcd exactly once, on the first control plane, when every control plane runs with its own certificate": {
    "it is bootstrapped twice": added(ROAD, ["etcd.bootstrap", "cp-1"]),
    "another control plane is bootstrapped": replaced(ROAD, ["etcd.bootstrap", "cp-1"], ["etcd.bootstrap", "cp-2"]),
    "the third control plane does not run yet": moved(ROAD, "node.api-up", "cp-3", "etcd.bootstrap", "cp-1"),
  },
  "brings up Kubernetes once, after the first member of etcd": {
    "it starts twice": added(ROAD, ["kubernetes.starting", "home"]),
    "it is up before etcd": moved(ROAD, "etcd.member-joined", "cp-1", "kubernetes.up", "home"),
  },
  "ends with every control plane a member of etcd": {
    "one did not join": without(ROAD, "etcd.member-joined", "cp-3"),
    "a worker joined": added(ROAD, ["etcd.member-joined", "worker-1"]),
  },
  "has the VIP only after etcd, or none at all": {
    "the VIP is first": moved(ROAD, "etcd.member-joined", "cp-1", "vip.up", "127.20.0.10"),
    "another address is held": replaced(ROAD, ["vip.up", "127.20.0.10"], ["vip.up", "127.20.0.9"]),
    "it moved": added(ROAD, ["vip.up", "127.20.0.10"]),
  },
  "opens a worker's API only after a control plane can sign for it": {
    "the worker is first": placedFirst(ROAD, "node.api-up", "worker-1"),
  },
  "registers every node once, after Kubernetes is up": {
    "a node is missing": without(ROAD, "node.registered", "cp-2"),
    "a node registers before Kubernetes is up": moved(ROAD, "kubernetes.up", "home", "node.registered", "cp-1"),
    "a node has another address": replaced(
      ROAD,
      ["node.registered", "cp-1", { address: "127.20.0.11" }],
      ["node.registered", "cp-1", { address: "127.20.0.12" }],
    ),
  },
  "deletes every machine before the tunnel and the images": {
    "the tunnel goes first": moved(DESTROYED, "vm.deleted", "cp-3", "tunnel.deleted", "home"),
    "an image goes first": moved(DESTROYED, "vm.deleted", "cp-3", "download.deleted", `pve2/${IMAGE}`),
    "an image stays": without(DESTROYED, "download.deleted", `pve2/${IMAGE}`),
  },
  "wipes the cluster once": { "it is not wiped": without(DESTROYED, "kubernetes.wiped") },
};

describe("the rules of the road", () => {
  for (const [rules, log] of [[ROAD_RULES, ROAD] as const, [DESTROY_RULES, DESTROYED] as const]) {
    for (const rule of rules) {
      it(`holds that it ${rule.title}`, () => rule.holds(history(log), SHAPE));
      const faults = Object.entries(FAULTS[rule.title] ?? {});
      it(`notices every fault in a road that it ${rule.title}`, () => {
        assert.notEqual(faults.length, 0);
        for (const [what, faulty] of faults) assertBroken(rule, what, faulty);
      });
    }
  }
});

function assertBroken(rule: RoadRule, what: string, log: readonly Line[]): void {
  assert.throws(() => rule.holds(history(log), SHAPE), assert.AssertionError, what);
}

function history(lines: readonly Line[]): History {
  return new History(
    lines.map(([kind, subject, detail = {}], second) => ({ at: new Date(second * 1000).toISOString(), kind, subject, detail })),
  );
}

function life(name: string): readonly Line[] {
  const rest = ["vm.started", "node.maintenance", "config.applied", "node.installed", "node.running", "node.api-up"];
  return [made(name), ...rest.map((kind): Line => [kind, name])];
}

function made(name: string): Line {
  return ["vm.created", name, { host: SHAPE.nodes[name]?.host ?? "", schematic: SCHEMATIC }];
}

function fetched(kind: string, host: string, schematic = SCHEMATIC): Line {
  return [kind, `${host}/${IMAGE}`, { url: `https://factory.example.com/image/${schematic}/v1.13.7/nocloud-amd64.qcow2` }];
}

function is(line: Line, kind: string, subject?: string): boolean {
  return line[0] === kind && (subject === undefined || line[1] === subject);
}

function added(log: readonly Line[], line: Line): readonly Line[] {
  return [...log, line];
}

function without(log: readonly Line[], kind: string, subject?: string): readonly Line[] {
  return log.filter((line) => !is(line, kind, subject));
}

/** Takes an event out and puts it right after another one that was later. */
function moved(log: readonly Line[], kind: string, subject: string, afterKind: string, afterSubject: string): readonly Line[] {
  const line = log.find((each) => is(each, kind, subject));
  assert.ok(
    line && log.some((each) => is(each, afterKind, afterSubject)),
    `${kind} ${subject} and ${afterKind} ${afterSubject} are in the log`,
  );
  return without(log, kind, subject).flatMap((each) => (is(each, afterKind, afterSubject) ? [each, line] : [each]));
}

function placedFirst(log: readonly Line[], kind: string, subject: string): readonly Line[] {
  return [...log.filter((line) => is(line, kind, subject)), ...without(log, kind, subject)];
}

function replaced(log: readonly Line[], before: Line, after: Line): readonly Line[] {
  assert.ok(
    log.some((line) => JSON.stringify(line) === JSON.stringify(before)),
    "what is replaced is in the log",
  );
  return log.map((line) => (JSON.stringify(line) === JSON.stringify(before) ? after : line));
}
