/** The tests that every shape of a cluster shares: up, what is there then, an empty second preview, destroy. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatProblems } from "../../../config/messages";
import { loadStackFile } from "../../../config/stack-file";
import { clientOf } from "../../../lab/cli/report";
import type { KubeClient } from "../../../lab/kubernetes/client";
import { conditionStatus, type KubeNode, listAt, textAt } from "../../../lab/kubernetes/objects";
import type { FaultRule } from "../../../lab/world/faults";
import type { WorldEvent } from "../../../lab/world/events";
import type { Machine } from "../../../lab/world/machine";
import { SnapshotFile, type WorldSnapshot } from "../../../lab/world/snapshot";
import { appSchemas } from "../../../platform/app-options";
import { planPlatform } from "../../../platform/plan";
import { kustomizationsReady } from "../flux-ready";
import { TestLab } from "../lab-harness";
import { History } from "./history";
import { claimNetwork } from "./network-claim";
import { DESTROY_RULES, ROAD_RULES, type RoadRule } from "./road-rules";
import { namesOf, type Shape } from "./shape";

const STACKS = join(__dirname, "../../fixtures/stacks");
const CILIUM = "/apis/cilium.io";
/** Milliseconds for one run of the engine on a busy machine, after another run of the same shape. */
const RUN_TIMEOUT = 600_000;

/** What came up, to be looked at by a shape's own tests. */
export interface CameUp {
  readonly lab: TestLab;
  readonly history: History;
  readonly client: KubeClient;
  /** As the world has it on disk. */
  readonly world: WorldSnapshot;
}

/** What a shape adds to the shared tests. */
export interface ShapeTests {
  /** Faults that make a race visible; armed before `up`. */
  readonly faults?: readonly FaultRule[];
  /** Kind of the event that ends the faults, so many seconds later. @default they end when they are used up */
  readonly faultsUntil?: { readonly kind: string; readonly seconds: number };
  /** Further tests, run while the cluster is up. */
  readonly whileUp?: (cameUp: () => CameUp) => void;
}

/** Every stage of the tree that a stack file asks for, and the root. */
function kustomizationsOf(file: string): readonly string[] {
  const { settings, problems } = loadStackFile(file, { secrets: "optional", apps: appSchemas });
  assert.ok(settings, formatProblems(problems));
  return [...planPlatform(settings).flatMap(({ stages }) => stages.map(({ name }) => name)), "flux-system"].sort();
}

/** Registers the tests of one shape. Its lab has its own network and is gone afterwards. */
export function describeShape(title: string, shape: Shape, { faults = [], faultsUntil, whileUp }: ShapeTests): void {
  describe(title, function () {
    this.timeout(RUN_TIMEOUT);
    const file = join(STACKS, `Pulumi.${shape.stack}.yaml`);
    const lab = new TestLab(shape.stack, readFileSync(file, "utf8"));
    let state: CameUp | undefined;
    const cameUp = (): CameUp => {
      assert.ok(state, "the cluster came up");
      return state;
    };

    let leaveNetwork = (): void => undefined;

    before("comes up with everything in Git Ready", async () => {
      leaveNetwork = await claimNetwork(Object.values(shape.nodes)[0]?.addresses[0] ?? "");
      await lab.open();
      for (const fault of faults) await lab.fault(fault);
      await (faultsUntil === undefined ? lab.up() : upWithFaultsUntil(lab, faultsUntil));
      const client = lab.kubernetes();
      await kustomizationsReady(client, kustomizationsOf(file));
      const world = new SnapshotFile(lab.home.dir).read();
      assert.ok(world);
      state = { lab, history: new History(await lab.events()), client, world };
    });
    after(() => lab.close().finally(leaveNetwork));

    describeRules(ROAD_RULES, shape, () => cameUp().history);
    describeCluster(shape, cameUp);
    whileUp?.(cameUp);
    describeEnd(shape, cameUp);
  });
}

/** Every machine of a world, by its name. */
export function machinesOf({ proxmox }: WorldSnapshot): ReadonlyMap<string, Machine> {
  return new Map(Object.values(proxmox).flatMap(({ machines }) => machines.map((machine) => [machine.spec.name, machine] as const)));
}

/** Runs `up`, and takes every fault away some seconds after there is an event of that kind. */
async function upWithFaultsUntil(lab: TestLab, { kind, seconds }: NonNullable<ShapeTests["faultsUntil"]>): Promise<void> {
  let state: "running" | "done" = "running";
  const up = lab.up().finally(() => {
    state = "done";
  });
  const cleared = (async (): Promise<void> => {
    const happened = async (): Promise<boolean> => (await lab.events()).some((event) => event.kind === kind);
    while (state === "running" && !(await happened())) await sleep(100);
    await sleep(seconds * 1000);
    await lab.control("clearFaults");
  })();
  await Promise.all([up, cleared]);
}

function describeRules(rules: readonly RoadRule[], shape: Shape, history: () => History): void {
  for (const { title, holds } of rules) it(title, () => holds(history(), shape));
}

function describeCluster(shape: Shape, cameUp: () => CameUp): void {
  it("has every node Ready at its own addresses, with its labels, taints and size", async () => {
    const { client, world, lab } = cameUp();
    const nodes = await client.list<KubeNode>("/api/v1/nodes");
    assert.deepEqual(nodes.map(({ metadata }) => metadata.name).sort(), Object.keys(shape.nodes).sort());
    for (const node of nodes) {
      assertNode(node, shape);
      assert.equal(node.status?.capacity?.["cpu"], String(machinesOf(world).get(node.metadata.name)?.spec.cores));
    }
    const remarks = (await lab.status())?.remarks ?? [];
    assert.deepEqual(
      remarks.filter((remark) => remark.startsWith("node ")),
      [],
      "the API server refused a node something",
    );
  });

  it("installs Cilium when every node is registered, and Flux when every node is Ready", async () => {
    const { client } = cameUp();
    const nodes = await client.list<KubeNode>("/api/v1/nodes");
    const cilium = await client.find("/apis/apps/v1/namespaces/kube-system/daemonsets/cilium");
    const flux = await client.find("/apis/fluxcd.controlplane.io/v1/namespaces/flux-system/fluxinstances/flux");
    for (const { metadata, status } of nodes) {
      const ready = listAt(status, "conditions").find((condition) => textAt(condition, "type") === "Ready");
      assert.ok(time(cilium?.metadata.creationTimestamp) >= time(metadata.creationTimestamp), `Cilium came before node ${metadata.name}`);
      assert.ok(
        time(flux?.metadata.creationTimestamp) >= time(textAt(ready, "lastTransitionTime")),
        `Flux came before ${metadata.name} was Ready`,
      );
    }
  });

  it("serves its pool, announced as the settings say and in no other way", async () => {
    const { client } = cameUp();
    const pools = await client.list(`${CILIUM}/v2/ciliumloadbalancerippools`);
    assert.deepEqual(
      pools.map(({ spec }) => listAt(spec, "blocks")),
      [shape.pool.map((cidr) => ({ cidr }))],
    );
    const l2 = await client.list(`${CILIUM}/v2alpha1/ciliuml2announcementpolicies`);
    assert.deepEqual(
      l2.map(({ spec }) => spec),
      shape.announcedBy === "l2" ? [{ loadBalancerIPs: true }] : [],
    );
    for (const kind of ["ciliumbgpclusterconfigs", "ciliumbgppeerconfigs", "ciliumbgpadvertisements"]) {
      assert.equal((await client.list(`${CILIUM}/v2/${kind}`)).length, shape.announcedBy === "bgp" ? 1 : 0, kind);
    }
    const config = await client.find("/api/v1/namespaces/kube-system/configmaps/cilium-config");
    const wanted = { l2: String(shape.announcedBy === "l2"), bgp: String(shape.announcedBy === "bgp") };
    const switched = (key: string): string => textAt(config, "data", key) ?? "false";
    assert.deepEqual({ l2: switched("enable-l2-announcements"), bgp: switched("enable-bgp-control-plane") }, wanted);
  });

  it("answers on its endpoint and on every control plane's own address", async () => {
    const { lab } = cameUp();
    const own = namesOf(shape, "controlplane").map((name) => shape.nodes[name]?.addresses[0]);
    const kubeconfig = readFileSync(lab.home.kubeconfig, "utf8");
    const endpoint = shape.vip ?? own[0];
    assert.match(kubeconfig, new RegExp(`server: https://${endpoint}:6443\\b`));
    for (const address of [endpoint, ...own]) {
      const path = `${lab.home.kubeconfig}-${address}`;
      writeFileSync(path, kubeconfig.replace(`https://${endpoint}:6443`, `https://${address}:6443`), { mode: 0o600 });
      assert.equal(await clientOf(path).request("GET", "/readyz"), "ok", address);
    }
  });
}

function assertNode(node: KubeNode, { nodes }: Shape): void {
  const { name } = node.metadata;
  const wanted = nodes[name];
  assert.ok(wanted);
  assert.equal(conditionStatus(node, "Ready"), "True", name);
  const addresses = (node.status?.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  assert.deepEqual(addresses, wanted.addresses, name);
  const taints = (node.spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value === undefined ? "" : `=${value}`}:${effect}`);
  assert.deepEqual(taints, wanted.taints ?? [], name);
  const role = wanted.role === "controlplane" ? { "node-role.kubernetes.io/control-plane": "" } : {};
  assert.deepEqual(ownLabels(node), { ...role, ...wanted.labels }, name);
  assert.equal(textAt(node.status, "nodeInfo", "kubeletVersion"), "v1.36.3");
}

/** Labels that come from the settings or from Talos: not the kubelet's own and not the lab's. */
function ownLabels({ metadata }: KubeNode): Readonly<Record<string, string>> {
  const general = /^(beta\.)?kubernetes\.io\/|^lab\.hearth\.dev\//;
  return Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !general.test(key)));
}

function describeEnd(shape: Shape, cameUp: () => CameUp): void {
  it("plans nothing a second time, without a call to the world", async () => {
    const { lab } = cameUp();
    await lab.control("idle");
    await lab.control("resetCalls");
    const { changes } = await lab.preview();
    assert.deepEqual(changes, {});
    assert.deepEqual(await lab.calls(), {});
  });

  describe("goes again", () => {
    let events: readonly WorldEvent[] = [];

    before("destroys what is there", async () => {
      const { lab } = cameUp();
      const there = await lab.inventory();
      assert.deepEqual(there["machines"], Object.keys(shape.nodes).sort());
      assert.equal(there["downloads"]?.length, shape.downloads.length);
      await lab.destroy();
      events = await lab.events();
    });

    describeRules(DESTROY_RULES, shape, () => new History(events));

    it("leaves nothing", async () => {
      const left = Object.entries(await cameUp().lab.inventory()).filter(([, items]) => items.length > 0);
      assert.deepEqual(left, []);
    });
  });
}

/** Milliseconds of a time in an object. @throws AssertionError when it has none. */
function time(text: string | undefined): number {
  assert.ok(text !== undefined && text !== "", "there is such an object, and it has a time");
  return Date.parse(text);
}
