/** The order in which every cluster comes up, whatever its shape: one rule per promise, held against the world's log. */
import assert from "node:assert/strict";
import { assertInOrder, type Entry, type History } from "./history";
import { namesOf, type Shape } from "./shape";

/** One promise about the order of events. */
export interface RoadRule {
  /** Ends the sentence "the road ..."; the title of its test. */
  readonly title: string;
  /** @throws AssertionError when the log breaks the promise. */
  readonly holds: (history: History, shape: Shape) => void;
}

/** The life of a node up to a running one, each exactly once. */
const NODE_LIFE = [
  "vm.created",
  "vm.started",
  "node.maintenance",
  "config.applied",
  "node.installed",
  "node.running",
  "node.api-up",
] as const;

/** Kinds that no undisturbed run leads to. */
const MISHAP =
  /failed|refused|lost|unreachable|no-boot-disk|quorum|ignored|\.(deleted|stopped|updated|reset|staged|migrated|wiped|down)$|-down$/;

export const ROAD_RULES: readonly RoadRule[] = [
  {
    title: "goes without a mishap",
    holds: (history) =>
      assert.deepEqual(
        history.kinds().filter((kind) => MISHAP.test(kind)),
        [],
      ),
  },
  {
    title: "makes the tunnel before any machine, and one record",
    holds: (history, shape) => {
      if (shape.edge === "none")
        return assert.deepEqual(
          history.kinds().filter((kind) => /^(tunnel|record)\./.test(kind)),
          [],
        );
      const tunnel = history.only("tunnel.created", shape.stack);
      for (const name of Object.keys(shape.nodes)) assertInOrder(tunnel, history.only("vm.created", name));
      assertInOrder(tunnel, history.only("record.created"));
    },
  },
  {
    title: "knows a schematic before it is downloaded, once each",
    holds: (history, shape) => {
      const made = history.all("schematic.created").map(({ subject }) => subject);
      assert.equal(new Set(made).size, made.length, "a schematic was made twice");
      assert.equal(made.length, shape.schematics);
      for (const download of history.all("download.start"))
        assertInOrder(history.only("schematic.created", schematicOf(download)), download);
    },
  },
  {
    title: "downloads every image that it needs and no other, once each",
    holds: (history, shape) => {
      const done = history.all("download.done").map(({ subject }) => subject);
      assert.deepEqual(done.map(hostOf).sort(), shape.downloads);
      assert.equal(new Set(done).size, done.length, "an image was fetched twice to one place");
      const used = new Set(history.all("vm.created").map(({ detail }) => detail["schematic"]));
      assert.deepEqual(new Set(history.all("download.done").map(schematicOf)), used);
    },
  },
  {
    title: "makes each machine on its host, from an image that was fetched before",
    holds: (history, shape) => {
      for (const [name, { host }] of Object.entries(shape.nodes)) {
        const machine = history.only("vm.created", name);
        assert.equal(machine.detail["host"], host);
        const fetched = history.all("download.done").filter((download) => schematicOf(download) === machine.detail["schematic"]);
        const hosts = fetched.filter(({ position }) => position < machine.position).map(({ subject }) => hostOf(subject));
        assert.ok(hosts.includes(host) || (isShared(shape) && hosts.length > 0), `${name} on ${host}: its image was not there yet`);
      }
    },
  },
  {
    title: "makes the machines of one host one after the other",
    holds: (history, shape) => {
      for (const host of new Set(Object.values(shape.nodes).map((node) => node.host))) {
        const names = [...namesOf(shape, "controlplane"), ...namesOf(shape, "worker")].filter((name) => shape.nodes[name]?.host === host);
        assertInOrder(...names.flatMap((name) => [history.only("vm.created", name), history.only("vm.started", name)]));
      }
    },
  },
  {
    title: "takes every node once through created, started, maintenance, applied, installed, running",
    holds: (history, shape) => {
      for (const name of Object.keys(shape.nodes)) assertInOrder(...NODE_LIFE.map((kind) => history.only(kind, name)));
    },
  },
  {
    title: "bootstraps etcd exactly once, on the first control plane, when every control plane runs with its own certificate",
    holds: (history, shape) => {
      const bootstrap = history.only("etcd.bootstrap");
      const controlPlanes = namesOf(shape, "controlplane");
      assert.equal(bootstrap.subject, controlPlanes[0]);
      for (const name of controlPlanes) assertInOrder(history.only("node.api-up", name), bootstrap);
    },
  },
  {
    title: "brings up Kubernetes once, after the first member of etcd",
    holds: (history, shape) => {
      const [first = ""] = namesOf(shape, "controlplane");
      const member = history.only("etcd.member-joined", first);
      assertInOrder(
        history.only("etcd.bootstrap"),
        member,
        history.only("kubernetes.starting"),
        history.only("kubernetes.up", shape.stack),
      );
    },
  },
  {
    title: "ends with every control plane a member of etcd",
    holds: (history, shape) => {
      const joined = history.all("etcd.member-joined").map(({ subject }) => subject);
      assert.deepEqual([...joined].sort(), namesOf(shape, "controlplane"));
    },
  },
  {
    title: "has the VIP only after etcd, or none at all",
    holds: (history, shape) => {
      if (shape.vip === undefined) return assert.deepEqual(history.all("vip.up"), []);
      assertInOrder(history.first("etcd.member-joined"), history.only("vip.up", shape.vip));
    },
  },
  {
    title: "opens a worker's API only after a control plane can sign for it",
    holds: (history, shape) => {
      const opened = namesOf(shape, "controlplane").map((name) => history.only("node.api-up", name));
      const [first] = opened.sort((a, b) => a.position - b.position);
      assert.ok(first);
      for (const name of namesOf(shape, "worker")) assertInOrder(first, history.only("node.api-up", name));
    },
  },
  {
    title: "registers every node once, after Kubernetes is up",
    holds: (history, shape) => {
      for (const [name, { addresses }] of Object.entries(shape.nodes)) {
        const registered = history.only("node.registered", name);
        assertInOrder(history.only("kubernetes.up"), registered);
        assert.equal(registered.detail["address"], addresses[0]);
      }
    },
  },
];

/** The order in which a cluster goes: machines, then the tunnel that they were connected by and the images. */
export const DESTROY_RULES: readonly RoadRule[] = [
  {
    title: "deletes every machine before the tunnel and the images",
    holds: (history, shape) => {
      const machines = Object.keys(shape.nodes).map((name) => history.only("vm.deleted", name));
      const after = [...history.all("download.deleted"), ...(shape.edge === "tunnel" ? [history.only("tunnel.deleted", shape.stack)] : [])];
      assert.equal(history.all("download.deleted").length, shape.downloads.length);
      for (const machine of machines) for (const entry of after) assertUsersFirst(history, machine, entry);
    },
  },
  {
    title: "wipes the cluster once",
    holds: (history, shape) => assert.equal(history.only("kubernetes.wiped").subject, shape.stack),
  },
];

/** An image may go while machines that were made from another one are still there. */
function assertUsersFirst(history: History, machine: Entry, gone: Entry): void {
  if (gone.kind !== "download.deleted") return assertInOrder(machine, gone);
  const fetched = history.only("download.done", gone.subject);
  const made = history.only("vm.created", machine.subject);
  if (schematicOf(fetched) === made.detail["schematic"] && hostOf(gone.subject) === made.detail["host"]) assertInOrder(machine, gone);
}

/** Whether one host fetches for others. */
function isShared(shape: Shape): boolean {
  return Object.values(shape.nodes).some(({ host }) => !shape.downloads.includes(host));
}

/** A download's host: its subject is `<host>/<volume>`. */
function hostOf(subject: string): string {
  return subject.split("/")[0] ?? "";
}

/** Id of the schematic in a download's URL. */
function schematicOf({ detail }: Entry): string {
  return /\/image\/([0-9a-f]{64})\//.exec(String(detail["url"]))?.[1] ?? "";
}
