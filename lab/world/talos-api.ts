import type { CertKey, ClientConfiguration, KubernetesRuntime, MachineFacts, MachineSecrets, TalosHelper } from "../contracts";
import type { Calls } from "./calls";
import type { Clusters } from "./clusters";
import { isControlPlane, nodesOf } from "./cluster-state";
import type { Clock } from "./clock";
import { howToApply } from "./config-change";
import { WorldError } from "./errors";
import type { EventKind, EventLog, WorldEvent } from "./events";
import { tagOf } from "./image-factory";
import { clusterKeyOf, type Machine } from "./machine";
import { assertSigned } from "./talos-credentials";
import type { TalosNodes } from "./talos-nodes";

/** Whom to dial, which node is meant, and with what certificate. */
export interface TalosTarget {
  /** Address that is dialled; the VIP works only while a control plane holds it. */
  readonly endpoint: string;
  readonly node: string;
  readonly client?: ClientConfiguration;
  readonly signal?: AbortSignal;
}

/** Modes of Talos' ApplyConfiguration. */
export type ApplyMode = "auto" | "no_reboot" | "reboot" | "staged";

/** An admin's kubeconfig, as the helper makes it, and the cluster's name. */
export type AdminKubeconfig = Awaited<ReturnType<TalosHelper["kubeconfig"]>> & { readonly clusterName: string };

/** Parts of the world that the API leans on. */
export interface TalosApiContext {
  readonly clock: Clock;
  readonly calls: Calls;
  readonly events: EventLog;
  readonly helper: TalosHelper;
  readonly kubernetes: KubernetesRuntime;
  readonly nodes: TalosNodes;
  readonly clusters: Clusters;
  machines(): readonly Machine[];
  changed(): void;
}

/** Hours; Talos' default for `cluster.adminKubeconfig.certLifetime`. */
const KUBECONFIG_HOURS = 8760;

/** The machine API of all nodes, as a client on the network sees it. Every method is one network call. */
export class TalosApi {
  constructor(private readonly context: TalosApiContext) {}

  /** Hands a node its config. Returns before the node acted on it. `invalid-argument` is final, all else may pass. */
  async applyConfiguration(target: TalosTarget, config: string, mode: ApplyMode): Promise<void> {
    await this.call("applyConfiguration", target, async (machine) => {
      const facts = await this.accept(machine, config);
      if (machine.node.phase === "maintenance") {
        this.assertOneCluster(facts);
        this.log("config.applied", machine, { mode: "install" });
        this.context.nodes.install(machine, { config, facts });
      } else {
        this.applyToRunning(machine, { config, facts }, mode);
      }
    });
  }

  /** What mode `auto` would do with that config, without doing it. */
  async dryRun(target: TalosTarget, config: string): Promise<"immediately" | "reboot"> {
    return this.call("applyConfiguration.dryRun", target, async (machine) => {
      await this.accept(machine, config);
      return machine.node.config === undefined ? "immediately" : howToApply(machine.node.config, config);
    });
  }

  /** What tuppr does: moves a node to another Kubernetes, config and all. Not a call of ours, so not counted. */
  upgradeKubernetes(name: string, version: string): void {
    const machine = this.context.machines().find(({ spec }) => spec.name === name);
    if (machine?.node.versions === undefined) throw new WorldError("not-found", `no running node ${name}`);
    machine.node.versions = { ...machine.node.versions, kubernetes: version };
    this.log("node.kubernetes-upgraded", machine, { kubernetes: version });
    this.context.changed();
  }

  /** Starts etcd for the first time. */
  async bootstrap(target: TalosTarget): Promise<void> {
    await this.call("bootstrap", target, (machine) => this.startEtcd(machine));
  }

  /** The same, asked over the node's own socket, whose TLS has shown already who asks. */
  async bootstrapOverSocket(machine: Machine): Promise<void> {
    await this.context.calls
      .call("talos.bootstrap", machine.spec.name, () => this.startEtcd(machine))
      .finally(() => this.context.changed());
  }

  private startEtcd(machine: Machine): void {
    if (machine.node.phase === "maintenance") throw new WorldError("unimplemented", "machine type is not set, cannot use bootstrap API");
    if (!isControlPlane(machine)) throw new WorldError("unimplemented", "bootstrap is only available on control plane nodes");
    this.context.clusters.bootstrap(machine);
  }

  /** A fresh admin kubeconfig, signed by the Kubernetes CA in the node's config; the API server need not run. */
  async kubeconfig(target: TalosTarget): Promise<AdminKubeconfig> {
    return this.call("kubeconfig", target, async (machine) => {
      const { facts } = machine.node;
      if (!facts) throw new WorldError("unimplemented", "kubeconfig is not available in maintenance");
      if (!isControlPlane(machine)) throw new WorldError("unimplemented", "kubeconfig is only available on control plane nodes");
      const { clusterName, endpoint } = facts;
      const made = await this.context.helper.kubeconfig({
        machineSecrets: { certs: certsOf(facts) },
        clusterName,
        endpoint,
        ttlHours: KUBECONFIG_HOURS,
      });
      return { ...made, clusterName };
    });
  }

  /** Wipes a node; `graceful` leaves etcd first, which the last member cannot. */
  async reset(
    target: TalosTarget,
    options: { readonly etcd: "graceful" | "abandon"; readonly afterwards: "reboot" | "shutdown" },
  ): Promise<void> {
    await this.call("reset", target, async (machine) => {
      if (machine.node.phase === "maintenance") return;
      if (options.etcd === "graceful" && isControlPlane(machine)) this.context.clusters.leave(machine);
      await this.context.nodes.reset(machine, options.afterwards);
    });
  }

  /** What `talosctl health` asks of one node: etcd and, when wanted, Kubernetes. */
  async health(
    target: TalosTarget,
    expected: { readonly controlPlanes: number; readonly kubernetes: "checked" | "skipped" },
  ): Promise<void> {
    await this.call("health", target, async (machine) => {
      const state = this.context.clusters.of(machine);
      if (!state || state.quorum === "down") throw new WorldError("unavailable", "etcd is not healthy");
      if (state.members.length !== expected.controlPlanes)
        throw new WorldError("unavailable", `etcd has ${state.members.length} members, ${expected.controlPlanes} are expected`);
      if (expected.kubernetes === "checked" && !(await this.context.kubernetes.healthy()))
        throw new WorldError("unavailable", "kube-apiserver is not ready");
    });
  }

  private applyToRunning(machine: Machine, next: { readonly config: string; readonly facts: MachineFacts }, mode: ApplyMode): void {
    const { node } = machine;
    const { facts } = node;
    if (!facts || node.config === undefined) throw new WorldError("unavailable", "the node is not ready");
    this.assertSameMachine(machine, facts, next.facts);
    if (facts.installImage !== next.facts.installImage) {
      this.log("config.install-image-ignored", machine, { running: node.versions?.talos ?? "", wanted: next.facts.installImage });
    }
    const effect = howToApply(node.config, next.config);
    if (mode === "no_reboot" && effect === "reboot")
      throw new WorldError("invalid-argument", "this config change can't be applied in immediate mode");
    if (mode === "staged") {
      node.staged = next.config;
      this.log("config.staged", machine);
      return;
    }
    this.log("config.applied", machine, { mode: mode === "reboot" || effect === "reboot" ? "reboot" : "immediately" });
    if (mode === "reboot" || effect === "reboot") {
      node.staged = next.config;
      this.context.nodes.reboot(machine);
      return;
    }
    node.config = next.config;
    node.facts = next.facts;
    this.context.clusters.configChanged(machine);
  }

  private assertSameMachine(machine: Machine, before: MachineFacts, after: MachineFacts): void {
    if (clusterKeyOf(before) !== clusterKeyOf(after))
      this.refuse(machine, "the config was made from other machine secrets than this node's");
    if (before.machineType !== after.machineType)
      this.refuse(machine, `the node is a ${before.machineType}, the config makes it a ${after.machineType}`);
    const running = machine.node.versions?.kubernetes ?? "";
    const wanted = tagOf(after.kubeletImage);
    if (running !== wanted)
      this.refuse(machine, `node ${machine.spec.name} runs Kubernetes ${running}, the config wants ${wanted}: a config does not upgrade`);
    if (before.addresses.join() !== after.addresses.join()) {
      this.refuse(machine, `node ${machine.spec.name} has ${before.addresses.join(", ")}, the config wants ${after.addresses.join(", ")}`);
    }
  }

  /** A node in maintenance would take any config; one of other secrets could never join, so the lab refuses it. */
  private assertOneCluster(facts: MachineFacts): void {
    const other = this.context.clusters.list().find((state) => state.name === facts.clusterName && state.key !== clusterKeyOf(facts));
    if (other && nodesOf(other.key, this.context.machines()).length > 0) {
      throw new WorldError("invalid-argument", `the config was made from other machine secrets than the nodes of cluster ${other.name}`);
    }
  }

  private refuse(machine: Machine, reason: string): never {
    this.log("config.refused", machine, { reason });
    throw new WorldError("invalid-argument", reason);
  }

  private async accept(machine: Machine, config: string): Promise<MachineFacts> {
    try {
      await this.context.helper.patch({ config, patches: [] });
      const facts = await this.context.helper.inspect({ config });
      if (clusterKeyOf(facts) === undefined) throw new Error("machine.ca is missing");
      return facts;
    } catch (error) {
      return this.refuse(machine, error instanceof Error ? error.message : String(error));
    }
  }

  private async call<T>(operation: string, target: TalosTarget, body: (machine: Machine) => T | Promise<T>): Promise<T> {
    const named = this.nameAt(target.node);
    try {
      return await this.context.calls.call(`talos.${operation}`, named, () => body(this.connect(target)), target.signal);
    } finally {
      this.context.changed();
    }
  }

  /** The machine that is meant, also while it does not answer yet. */
  private nameAt(address: string): string {
    const given = ({ spec }: Machine): boolean => spec.nocloudAddresses.some((cidr) => cidr.split("/")[0] === address);
    const machines = this.context.machines();
    return (machines.find(({ node }) => node.address === address) ?? machines.find(given))?.spec.name ?? address;
  }

  private connect({ endpoint, node, client }: TalosTarget): Machine {
    const dialled = this.resolve(endpoint);
    if (!dialled) throw new WorldError("unavailable", `dial tcp ${endpoint}:50000: connect: connection refused${this.whyNot(endpoint)}`);
    if (dialled.node.phase !== "maintenance") assertSigned(client, dialled.node.facts?.ca.os?.cert);
    if (endpoint === node) return dialled;
    const machine = dialled.node.phase === "maintenance" ? undefined : this.context.nodes.at(node);
    if (!machine)
      throw new WorldError("unavailable", `rpc error: ${endpoint} cannot reach ${node}:50000: connection refused${this.whyNot(node)}`);
    if (machine.node.phase !== "maintenance") assertSigned(client, machine.node.facts?.ca.os?.cert);
    return machine;
  }

  private resolve(address: string): Machine | undefined {
    const holder = this.context.clusters
      .list()
      .find((state) => state.vipHolder !== undefined && this.vipOf(state.vipHolder) === address)?.vipHolder;
    return holder === undefined ? this.context.nodes.at(address) : this.context.machines().find((machine) => machine.key === holder);
  }

  private vipOf(machineKey: string): string | undefined {
    return this.context.machines().find((machine) => machine.key === machineKey)?.node.facts?.vip;
  }

  private whyNot(address: string): string {
    const lost = this.context
      .machines()
      .find(({ spec, node }) => node.unreachable !== undefined && spec.nocloudAddresses.some((cidr) => cidr.split("/")[0] === address));
    return lost?.node.unreachable === undefined ? "" : ` (lab: ${lost.spec.name} is lost: ${lost.node.unreachable})`;
  }

  private log(kind: EventKind, machine: Machine, detail: WorldEvent["detail"] = {}): void {
    this.context.events.append(this.context.clock.timestamp(), kind, machine.spec.name, detail);
  }
}

function certsOf({ ca }: MachineFacts): MachineSecrets["certs"] {
  return {
    etcd: pair(ca.etcd),
    k8s: pair(ca.k8s),
    k8sAggregator: pair(ca.k8sAggregator),
    k8sServiceaccount: { key: ca.serviceAccountKey ?? "" },
    os: pair(ca.os),
  };
}

const pair = (given: Partial<CertKey> | undefined): CertKey => ({ cert: given?.cert ?? "", key: given?.key ?? "" });
