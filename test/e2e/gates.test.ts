import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type GateName, GATES } from "../../components/gates/gate";
import type { GateSettings } from "../../config/settings";
import { eventually } from "./lab-fixture";
import { labStackText, oneControlPlane, stackText, TestLab } from "./lab-harness";
import { withProps } from "./seeded-programs";

const ROOT = resolve(__dirname, "../..");
const NETWORK = "127.33.0";
/** Deadlines that every gate keeps, in seconds. */
const PATIENT: GateSettings = { talosApi: 60, kubernetesApi: 60, nodes: 60, tree: 30, flux: 120, settle: 1 };
/** Seconds of a deadline that is meant to be missed. */
const SHORT = 2;
const SCHEMATIC = "talos:imageFactory/schematic:Schematic";
const OTHER_SCHEMATIC = "customization:\n    systemExtensions:\n        officialExtensions:\n            - siderolabs/iscsi-tools\n";
const WORKER = { role: "worker", host: "pve2", address: `${NETWORK}.21`, cores: 2, memoryMiB: 8192, systemDisk: { sizeGiB: 64 } };

/** One gate that misses its deadline: what holds it, what `up` then says, and what lets it pass. */
interface Missed {
  readonly gate: GateName;
  readonly title: string;
  readonly deadlines: Partial<GateSettings>;
  hold(lab: TestLab): Promise<unknown>;
  /** The `up` that fails. @default with a push before it and the program itself */
  up?(lab: TestLab): Promise<unknown>;
  readonly says: RegExp;
  release(lab: TestLab): Promise<unknown>;
}

const nothing = (): Promise<void> => Promise.resolve();
const latencies = (lab: TestLab, wanted: Readonly<Record<string, number>>): Promise<unknown> => lab.control("latencies", wanted);
const power = (lab: TestLab, machine: string, wanted: "on" | "off"): Promise<unknown> => lab.control("power", { machine, wanted });
const happened = (lab: TestLab, kind: string, subject: string): Promise<true> =>
  eventually(`${kind} of ${subject}`, async () =>
    (await lab.events()).some((event) => event.kind === kind && event.subject === subject) ? true : undefined,
  );
const gaveUp = (what: string, seen: string): RegExp => new RegExp(`gave up waiting for ${what} after ${SHORT} s; last seen: ${seen}`);

/** In the order of the road: each failed `up` goes on where the one before it stopped, so its own gate is the next. */
const ROAD: readonly Missed[] = [
  {
    gate: "schematic-agrees",
    title: "a download that the Image Factory would make from another schematic",
    deadlines: {},
    hold: nothing,
    up: (lab) => lab.up(withProps(SCHEMATIC, (props) => ({ ...props, schematic: OTHER_SCHEMATIC }))),
    says: /the Image Factory calls the schematic of \S+ [0-9a-f]{64}, and [0-9a-f]{64} was computed/,
    release: nothing,
  },
  {
    gate: "control-planes-installed",
    title: "bootstrap while a control plane installs",
    deadlines: { talosApi: SHORT },
    hold: (lab) => latencies(lab, { install: 160 }),
    says: gaveUp(`the Talos API of cp-1 \\(${NETWORK}\\.11:50000\\)`, "\\S+"),
    release: (lab) => latencies(lab, { install: 30 }),
  },
  {
    gate: "etcd-bootstrapped",
    title: "the record of bootstrap while the node refuses it",
    deadlines: { talosApi: SHORT },
    hold: async (lab) => {
      await happened(lab, "node.api-up", "cp-1");
      await lab.fault({ call: "talos.bootstrap", kind: "error", count: 1000, message: "the disk is full" });
    },
    says: gaveUp("etcd to be bootstrapped on cp-1", ".*the disk is full"),
    // The next answer is lost, so the gate meets an etcd that runs already.
    release: async (lab) => {
      await lab.control("clearFaults");
      await lab.fault({ call: "talos.bootstrap", kind: "lost-answer" });
      await latencies(lab, { etcdBootstrap: 200 });
    },
  },
  {
    gate: "kubernetes-api",
    title: "the kubeconfig while etcd starts",
    deadlines: { kubernetesApi: SHORT },
    hold: nothing,
    says: gaveUp(`kube-apiserver at https://${NETWORK}\\.11:6443`, "connect ECONNREFUSED"),
    release: (lab) => latencies(lab, { etcdBootstrap: 20 }),
  },
  {
    gate: "nodes-registered",
    title: "Cilium while a worker is off",
    deadlines: { talosApi: SHORT },
    hold: (lab) => power(lab, "worker-1", "off"),
    says: gaveUp(`the Talos API of worker-1 \\(${NETWORK}\\.21:50000\\)`, "\\S+"),
    release: async (lab) => {
      await latencies(lab, { registerNode: 240 });
      await power(lab, "worker-1", "on");
    },
  },
  {
    gate: "nodes-registered",
    title: "Cilium while a worker's kubelet has not registered",
    deadlines: { nodes: SHORT },
    hold: nothing,
    says: gaveUp("every node to be registered", "worker-1: not registered"),
    release: (lab) => latencies(lab, { registerNode: 10 }),
  },
  {
    gate: "nodes-ready",
    title: "whatever runs in pods while Cilium's agents run nowhere",
    deadlines: { nodes: SHORT },
    hold: (lab) => happened(lab, "node.registered", "worker-1"),
    up: (lab) => lab.up(withProps("kubernetes:helm.sh/v3:Release", nowhere)),
    says: gaveUp("every node to be Ready", "cp-1: not Ready \\(.+\\); worker-1: not Ready \\(.+\\)"),
    release: nothing,
  },
  {
    gate: "tree-pushed",
    title: "FluxInstance while the remote has another tree",
    deadlines: { tree: SHORT },
    hold: nothing,
    up: async (lab) => {
      const session = await lab.open();
      await lab.control("publish", { tree: [["README.md", "Nothing rendered yet."]], message: "Start" });
      return lab.upIn(session);
    },
    says: gaveUp(
      "the rendered tree on http://\\S+: push the rendered tree first \\(.+\\)",
      "kubernetes/lab/hearth.json on branch main: \\S+",
    ),
    release: nothing,
  },
  {
    gate: "first-sync",
    title: "the end of `up` until Flux synced",
    deadlines: { flux: SHORT },
    hold: nothing,
    says: gaveUp("the first sync of Flux", "\\S+"),
    release: nothing,
  },
  {
    gate: "version-holds",
    title: "a changed config while its node does not say what it runs",
    deadlines: { talosApi: SHORT },
    hold: async (lab) => {
      await lab.up();
      lab.change([["hearth:nodes", "worker-1", "labels"], { "example.com/rack": "first" }]);
      await power(lab, "worker-1", "off");
    },
    says: gaveUp("node worker-1 to say which Kubernetes it runs", "\\S+"),
    release: (lab) => power(lab, "worker-1", "on"),
  },
];

/** Gates that are shown elsewhere: by several control planes, and by a tenant whose namespace somebody else made. */
const ELSEWHERE: readonly GateName[] = ["others-healthy", "namespace-is-free"];

describe("Every gate", function () {
  this.timeout(300_000);
  const text = stackText(oneControlPlane(labStackText(33)), [[["hearth:nodes", "worker-1"], WORKER]]);
  const lab = new TestLab("lab", text);
  const deadlines = (changes: Partial<GateSettings>): void => lab.change([["hearth:gates"], { ...PATIENT, ...changes }]);

  before(() => lab.open());
  after(() => lab.close());

  it("is in one table, and each in the table is made to miss its deadline here", () => {
    const shown = new Set<string>([...ROAD.map(({ gate }) => gate), ...ELSEWHERE]);
    assert.deepEqual([...shown].sort(), Object.keys(GATES).sort());
    const makers = ["components", "stacks"].flatMap(sources).filter((file) => readFileSync(file, "utf8").includes("ResourceHook("));
    assert.deepEqual(makers, [join(ROOT, "components/gates/gate.ts")]);
  });

  for (const { gate, title, deadlines: short, hold, up = (it: TestLab): Promise<unknown> => it.up(), says, release } of ROAD) {
    it(`holds back ${title}, and says what was waited for and seen last (${gate})`, async () => {
      deadlines(PATIENT);
      await hold(lab);
      deadlines(short);
      await assert.rejects(up(lab), says);
      await release(lab);
    });
  }

  it("passes once what it waited for is there: the next `up` converges", async () => {
    deadlines(PATIENT);
    await lab.up();
    assert.deepEqual((await lab.preview()).changes, {});
  });
});

function nowhere(props: { readonly values?: unknown }): { readonly values?: unknown } {
  return { ...props, values: { ...Object(props.values), nodeSelector: { "example.com/nowhere": "true" } } };
}

function sources(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => join(ROOT, folder, file));
}
