import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { labCharts } from "../../lab/charts/catalogue";
import { ChartRegistry } from "../../lab/charts/chart-registry";
import type { MachineFacts, TalosHelper, Toolchain } from "../../lab/contracts";
import { FluxProcesses } from "../../lab/flux/flux-processes";
import { waitForSync } from "../../lab/flux/wait-for-sync";
import { GitServer } from "../../lab/git/git-server";
import { callReceivers, type Delivery } from "../../lab/git/push-webhook";
import { ApiError } from "../../lab/kubernetes/client";
import { conditionStatus, type KubeNode, type KubeObject, listAt, type Pod, type Service, textAt } from "../../lab/kubernetes/objects";
import { processIdentity } from "../../lab/kubernetes/process-identity";
import { LabKubernetes } from "../../lab/kubernetes/runtime";
import { startTalosHelper } from "../../lab/toolchain/talos-helper-client";
import { ciliumAgent, etcdValue, helmRelease, instance, operator, servedAddresses, tree } from "./lab-objects";
import { eventually, machines, pssMib, realToolchain } from "./lab-fixture";

const FLUX = "/apis/fluxcd.controlplane.io/v1/namespaces/flux-system/fluxinstances/flux";
const SYNC = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/flux-system";
const OPERATOR_MODULE = "github.com/controlplaneio-fluxcd/flux-operator";

describe("the lab's Kubernetes, with real binaries", function () {
  this.timeout(240_000);
  const labDir = mkdtempSync(join(tmpdir(), "hearth-lab-"));
  const failures: string[] = [];
  const deliveries: Delivery[] = [];
  const onError = (error: unknown): void => void failures.push(String(error));
  let toolchain: Toolchain;
  let helper: TalosHelper;
  let lab: LabKubernetes;
  let flux: FluxProcesses;
  let git: GitServer;
  let registry: ChartRegistry;
  let nodes: readonly MachineFacts[];
  const addresses = ["127.10.0.11", "127.10.0.21", "127.10.0.22"] as const;

  const apply = (object: KubeObject): Promise<KubeObject> => lab.client.apply(object, { manager: "test", onConflict: "force" });
  const readyOf = async (path: string): Promise<string | undefined> => {
    const object = await lab.client.find(path);
    return object === undefined ? undefined : conditionStatus(object, "Ready");
  };
  const took = (what: string, since: number): void => console.log(`      ${what}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
  const control = (): { readonly facts: MachineFacts; readonly controlPlanes: readonly { name: string; address: string }[] } => {
    const [facts] = nodes;
    assert.ok(facts);
    return { facts, controlPlanes: [{ name: facts.hostname, address: addresses[0] }] };
  };

  before(async () => {
    toolchain = await realToolchain();
    helper = startTalosHelper(toolchain.path("talos-helper"));
    nodes = await machines(helper, [
      {
        name: "cp-1",
        address: addresses[0],
        patches: ["cluster: { allowSchedulingOnControlPlanes: true, apiServer: { extraArgs: { event-ttl: 2h } } }"],
      },
      {
        name: "worker-1",
        address: addresses[1],
        patches: [
          'machine: { nodeLabels: { "example.org/zone": a }, kubelet: { extraConfig: { registerWithTaints: [{ key: example.org/gpu, effect: NoSchedule }] } } }',
        ],
      },
      { name: "worker-2", address: addresses[2], patches: ['machine: { nodeLabels: { "node-restriction.kubernetes.io/rack": b } }'] },
    ]);
    lab = new LabKubernetes({ labDir, toolchain, helper, onError });
    registry = await ChartRegistry.start(labCharts(toolchain));
    git = await GitServer.start({
      repository: join(labDir, "git", "home.git"),
      onPush: async (push) => {
        deliveries.push(
          ...(await callReceivers({ client: lab.client, receiverUrl: () => flux.receiverUrl, repositoryUrl: git.url }, push)),
        );
      },
    });
  });

  after(async () => {
    await flux?.stop();
    await Promise.all([git?.stop(), registry?.switchOff()]);
    await lab?.stop({ wipe: true });
    helper?.close();
    rmSync(labDir, { recursive: true, force: true });
    if (failures.length > 0) console.log(`      retried in the background: ${[...new Set(failures)].join("\n        ")}`);
  });

  it("comes up with what the machine config says, cluster DNS included", async () => {
    const since = Date.now();
    await lab.start(control());
    took("control plane ready", since);
    assert.equal(await lab.healthy(), true);
    const dns = await lab.client.find<Service>("/api/v1/namespaces/kube-system/services/kube-dns");
    assert.equal(textAt(dns, "spec", "clusterIP"), "10.96.0.10");
    const log = readFileSync(lab.processes.logFile("kube-apiserver"), "utf8");
    assert.doesNotMatch(log, /unknown flag/);
  });

  it("refuses an extra argument that kube-apiserver does not know, with the end of its log", async () => {
    const { facts, controlPlanes } = control();
    const dir = mkdtempSync(join(tmpdir(), "hearth-lab-bad-"));
    const bad = new LabKubernetes({ labDir: dir, toolchain, helper });
    try {
      await assert.rejects(
        bad.start({ facts: { ...facts, apiServerExtraArgs: { "no-such-flag": "1" } }, controlPlanes }),
        /unknown flag: --no-such-flag/,
      );
      assert.deepEqual(bad.processes.running(), []);
    } finally {
      await bad.stop({ wipe: true });
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("enforces the machine config's Pod Security defaults", async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } });
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root", namespace: "apps" },
      spec: { hostNetwork: true, containers: [{ name: "a", image: "a" }] },
    };
    await assert.rejects(
      apply(pod),
      (error) => error instanceof ApiError && error.status === 403 && /PodSecurity "baseline/.test(error.message),
    );
  });

  it("keeps Secrets encrypted in etcd with the machine config's key", async () => {
    await apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "canary", namespace: "apps" },
      stringData: { word: "canary-in-clear" },
    });
    const ports: unknown = JSON.parse(readFileSync(join(labDir, "pki", "ports.json"), "utf8"));
    const stored = await etcdValue(labDir, Number(Reflect.get(Object(ports), "etcdClient")), "/registry/secrets/apps/canary");
    assert.match(stored, /^k8s:enc:secretbox:v1:key2:/);
    assert.doesNotMatch(stored, /canary-in-clear/);
  });

  it("registers nodes as their kubelets would: not ready, with what NodeRestriction lets them say of themselves", async () => {
    for (const [index, facts] of nodes.entries()) await lab.registerNode({ facts, address: addresses[index] ?? "" });
    const found = await eventually("a first status of every node", async () => {
      const list = await lab.client.list<KubeNode>("/api/v1/nodes");
      return list.length === 3 && list.every((node) => conditionStatus(node, "Ready") !== undefined) ? list : undefined;
    });
    assert.deepEqual(
      found.map((node) => conditionStatus(node, "Ready")),
      ["False", "False", "False"],
    );
    const [cp, worker, refused] = ["cp-1", "worker-1", "worker-2"].map((name) => found.find(({ metadata }) => metadata.name === name));
    assert.equal(cp?.metadata.labels?.["node-role.kubernetes.io/control-plane"], "");
    assert.equal(worker?.metadata.labels?.["example.org/zone"], "a");
    assert.ok(worker?.spec?.taints?.some(({ key }) => key === "example.org/gpu"));
    assert.equal(refused?.metadata.labels?.["node-restriction.kubernetes.io/rack"], undefined);
    assert.ok(
      lab.remarks.some((remark) => /worker-2.*not allowed to modify labels/.test(remark)),
      lab.remarks.join("\n"),
    );
    assert.deepEqual(
      cp?.status?.addresses?.map(({ address }) => address),
      ["127.10.0.11", "cp-1"],
    );
  });

  it("makes a node ready once the CNI agent's pod runs on it, and takes that back when it goes", async () => {
    const since = Date.now();
    await apply(ciliumAgent());
    const ready = async (status: string): Promise<true | undefined> => {
      const list = await lab.client.list<KubeNode>("/api/v1/nodes");
      return list.every((node) => conditionStatus(node, "Ready") === status) ? true : undefined;
    };
    await eventually("nodes ready", () => ready("True"));
    took("nodes ready after the agent", since);
    await lab.client.delete("/apis/apps/v1/namespaces/kube-system/daemonsets/cilium");
    await eventually("nodes not ready without the agent", () => ready("False"));
    await apply(ciliumAgent());
    await eventually("nodes ready again", () => ready("True"));
    await eventually("cluster DNS", async () => ((await readyReplicas("kube-system", "coredns")) === 2 ? true : undefined));
  });

  it("runs nothing on a node whose kubelet stopped, and goes on when it is back", async () => {
    await lab.nodeStopped("worker-1");
    const pod = { metadata: { name: "waits", namespace: "apps" }, spec: { nodeName: "worker-1", containers: [{ name: "a", image: "a" }] } };
    await apply({ apiVersion: "v1", kind: "Pod", ...pod });
    const phase = async (): Promise<string | undefined> =>
      (await lab.client.find<Pod>("/api/v1/namespaces/apps/pods/waits"))?.status?.phase;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await phase(), "Pending");
    const [, facts] = nodes;
    assert.ok(facts);
    await lab.registerNode({ facts, address: addresses[1] });
    await eventually("the pod runs", async () => ((await phase()) === "Running" ? true : undefined));
  });

  it("completes Jobs", async () => {
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } };
    await apply({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "once", namespace: "apps" }, spec: { template } });
    const job = "/apis/batch/v1/namespaces/apps/jobs/once";
    await eventually("the Job completes", async () =>
      conditionStatus((await lab.client.find(job)) ?? {}, "Complete") === "True" ? true : undefined,
    );
  });

  it("gives a LoadBalancer Service an address only out of a pool that selects it", async () => {
    await applyFiles(join(toolchain.moduleDir("github.com/cilium/cilium"), "pkg/k8s/apis/cilium.io/client/crds/v2"), /loadbalancerippools/);
    const service = (name: string, annotations: Record<string, string> = {}): KubeObject => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "apps", annotations },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    });
    await apply(service("plain"));
    await apply(service("asked", { "lbipam.cilium.io/ips": "127.10.0.200" }));
    const pool = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumLoadBalancerIPPool",
      metadata: { name: "pool" },
      spec: { blocks: [{ cidr: "127.10.0.192/26" }] },
    };
    assert.equal(await addressOf("plain"), undefined);
    await eventually("the pool's kind is served", () => apply(pool).catch(() => undefined));
    assert.equal(await eventually("address", () => addressOf("asked")), "127.10.0.200");
    assert.equal(await eventually("address", () => addressOf("plain")), "127.10.0.192");
  });

  it("runs flux-operator and Flux for real, which sync the repository", async () => {
    flux = new FluxProcesses({ labDir, toolchain, processes: lab.processes, client: lab.client, access: lab.access, onError });
    await flux.start();
    await git.publish(tree("first"), "First");
    const since = Date.now();
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
    await apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "webhook-token", namespace: "flux-system" },
      stringData: { token: "receiver-token" },
    });
    await applyFiles(join(toolchain.moduleDir(OPERATOR_MODULE), "config/crd/bases"), /\.yaml$/);
    for (const object of operator()) await apply(object);
    await eventually("the instance's kind is served", () => apply(instance(git.url)).catch(() => undefined));
    await eventually("first sync", async () => ((await readyOf(SYNC).catch(() => undefined)) === "True" ? true : undefined), 120_000);
    took("first sync", since);
    await eventually("FluxInstance ready", async () => ((await readyOf(FLUX)) === "True" ? true : undefined));
    took("FluxInstance ready", since);
    assert.equal(await echo(), "first");
  });

  it("syncs a push by the webhook in under 5 s", async () => {
    const receiver = "/apis/notification.toolkit.fluxcd.io/v1/namespaces/flux-system/receivers/flux-webhook";
    await eventually("the Receiver", async () => ((await readyOf(receiver)) === "True" ? true : undefined));
    deliveries.length = 0;
    const since = Date.now();
    const commit = await git.publish(tree("second"), "Second");
    assert.deepEqual(
      deliveries.map(({ status }) => status),
      [200],
    );
    await waitForSync(lab.client, commit, 5_000);
    took("push to synced", since);
    assert.equal(await echo(), "second");
  });

  it("is locked down as FluxInstance says: no reference across namespaces", async () => {
    const sourceRef = { kind: "GitRepository", name: "flux-system", namespace: "flux-system" };
    const spec = { interval: "1h", path: "kubernetes/lab", prune: true, sourceRef };
    await apply({
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "stray", namespace: "apps" },
      spec,
    });
    const path = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/apps/kustomizations/stray";
    const reason = await eventually("a verdict", async () => {
      const [condition] = listAt(await lab.client.find(path), "status", "conditions").filter((one) => textAt(one, "type") === "Ready");
      return textAt(condition, "reason") === "Progressing" ? undefined : textAt(condition, "reason");
    });
    assert.equal(reason, "AccessDenied");
  });

  it("installs a chart from the registry by Helm, and Helm refuses a value that the chart does not know", async () => {
    const release = async (name: string, values: unknown): Promise<string> => {
      for (const object of helmRelease(name, registry.mirror, values)) await apply(object);
      const path = `/apis/helm.toolkit.fluxcd.io/v2/namespaces/apps/helmreleases/${name}`;
      return eventually(`${name} installed or refused`, async () => {
        const [ready] = listAt(await lab.client.find(path), "status", "conditions").filter((one) => textAt(one, "type") === "Ready");
        return /^Install(Succeeded|Failed)$/.test(textAt(ready, "reason") ?? "") ? textAt(ready, "message") : undefined;
      });
    };
    assert.match(await release("good", { logLevel: "debug", multitenancy: { enabled: true } }), /Helm install succeeded/);
    const deployment = await lab.client.find("/apis/apps/v1/namespaces/apps/deployments/good-flux-operator");
    assert.match(JSON.stringify(deployment), /--default-service-account=flux-operator/);
    assert.equal(deployment?.metadata.annotations?.["lab.hearth.dev/stand-in"], "true");
    assert.match(await release("typo", { logLevl: "debug" }), /logLevl/);
  });

  it("starts only the processes again that a changed machine config concerns, and serves a new control plane's address", async () => {
    const { facts, controlPlanes } = control();
    const before = new Map(lab.processes.running().map(({ name, pid }) => [name, pid]));
    const changed = { ...facts, schedulerExtraArgs: { v: "1" } };
    await lab.start({ facts: changed, controlPlanes: [...controlPlanes, { name: "cp-2", address: "127.10.0.12" }] });
    const started = lab.processes.running().flatMap(({ name, pid }) => (before.get(name) === pid ? [] : [name]));
    assert.deepEqual(started, ["kube-scheduler"]);
    await eventually(
      "the new certificate",
      async () => ((await servedAddresses(lab.apiServer?.port ?? 0)).includes("127.10.0.12") ? true : undefined),
      90_000,
    );
    await lab.start(control());
    assert.deepEqual(
      lab.processes
        .running()
        .filter(({ name }) => name !== "kube-scheduler")
        .filter(({ name, pid }) => before.get(name) !== pid),
      [],
    );
  });

  it("uses under 2.5 GiB, with every process once", () => {
    const running = lab.processes.running();
    console.log(
      `      ${pssMib(running.map(({ pid }) => pid)) ?? "?"} MiB (PSS): ${running.map(({ name, pid }) => `${name} ${pssMib([pid]) ?? "?"}`).join(", ")}`,
    );
    assert.ok((pssMib([process.pid, ...running.map(({ pid }) => pid)]) ?? 0) < 2560);
    assert.deepEqual(
      running.filter(({ name }) => lab.processes.restarts(name) > 0),
      [],
    );
  });

  it("leaves no process behind, and finds its cluster again when it starts on the same data", async () => {
    const pids = lab.processes.running();
    const since = Date.now();
    await flux.stop();
    await lab.stop({ wipe: false });
    took("stopped", since);
    assert.deepEqual(
      pids.filter(({ pid }) => processIdentity(pid) !== undefined),
      [],
    );
    assert.equal(existsSync(join(labDir, "pids.json")), false);
    const again = Date.now();
    await lab.start(control());
    took("started again", again);
    assert.equal(await echo(), "second");
    for (const [index, facts] of nodes.entries()) await lab.registerNode({ facts, address: addresses[index] ?? "" });
    flux = new FluxProcesses({ labDir, toolchain, processes: lab.processes, client: lab.client, access: lab.access, onError });
    await flux.start();
    await eventually("Flux runs", async () => (flux.running.length === 5 ? true : undefined));
    await git.publish(tree("third"), "Third");
    await eventually("the push arrives", async () => {
      if ((await echo()) === "third") return true;
      await callReceivers(
        { client: lab.client, receiverUrl: () => flux.receiverUrl, repositoryUrl: git.url },
        { before: undefined, after: "", branch: "main" },
      );
      return undefined;
    });
    took("synced again", again);
    await flux.stop();
    await lab.stop({ wipe: true });
    assert.deepEqual(readdirSync(labDir).sort(), ["git", "log"], "no key or token is left of a cluster that is gone");
  });

  async function applyFiles(folder: string, names: RegExp): Promise<void> {
    for (const file of readdirSync(folder).filter((name) => names.test(name))) {
      for (const document of parseAllDocuments(readFileSync(join(folder, file), "utf8"))) {
        const object = document.toJS() as KubeObject | null; // the file is a Kubernetes manifest
        if (object !== null) await apply(object);
      }
    }
  }

  async function readyReplicas(namespace: string, name: string): Promise<unknown> {
    const found = await lab.client.find(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    return Reflect.get(Object(found?.status), "readyReplicas");
  }

  async function addressOf(name: string): Promise<string | undefined> {
    const service = await lab.client.find<Service>(`/api/v1/namespaces/apps/services/${name}`);
    return service?.status?.loadBalancer?.ingress?.[0]?.ip;
  }

  async function echo(): Promise<string | undefined> {
    return textAt(await lab.client.find("/api/v1/namespaces/default/configmaps/echo"), "data", "says");
  }
});
