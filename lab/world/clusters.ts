import type { CertKey, KubernetesRuntime } from "../contracts";
import { firstIpv6 } from "./address-plan";
import { hasQuorum, isControlPlane, isUp, newCluster, nodesOf, type ClusterState } from "./cluster-state";
import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventKind, EventLog, WorldEvent } from "./events";
import { clusterKeyOf, type Machine } from "./machine";
import type { ClusterObserver } from "./talos-nodes";

/** Sockets that belong to a cluster; see `node-listener.ts` and `forwarder.ts`. */
export interface ClusterSockets {
  /** Opens the node's API with a certificate that the cluster's CA signs. */
  openSecure(machine: Machine, ca: CertKey): Promise<void>;
  /** Makes exactly these addresses forward port 6443 to the API server. */
  forward(addresses: readonly string[]): Promise<void>;
}

/** Parts of the world that clusters lean on. */
export interface ClustersContext {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly kubernetes: KubernetesRuntime;
  readonly sockets: ClusterSockets;
  machines(): readonly Machine[];
  background(work: Promise<void>): void;
}

/** How often the control plane's start and a kubelet's registration are tried before the next change of the cluster. */
const ATTEMPTS = 3;

/** etcd membership, VIP, kube-apiserver and kubelets of every Talos cluster: each change leads to `settle`, which makes what must follow. */
export class Clusters implements ClusterObserver {
  private readonly states = new Map<string, ClusterState>();
  private readonly settling = new Map<string, "clean" | "dirty">();
  private readonly opening = new Set<string>();
  private controlPlane: "free" | "held" = "free";

  constructor(private readonly context: ClustersContext) {}

  settle(key: string): void {
    const facts = nodesOf(key, this.context.machines())[0]?.node.facts;
    if (!this.states.has(key) && facts) this.states.set(key, newCluster(key, facts.clusterName));
    this.openApis(key);
    if (this.settling.has(key)) {
      this.settling.set(key, "dirty");
      return;
    }
    this.context.background(this.settleUntilClean(key));
  }

  nodeDown(machine: Machine): void {
    const state = this.of(machine);
    if (!state) return;
    if (state.registered.includes(machine.key)) {
      state.registered = state.registered.filter((other) => other !== machine.key);
      const name = machine.node.facts?.hostname ?? machine.spec.name;
      if (state.kubernetes === "up") this.context.background(this.context.kubernetes.nodeStopped(name));
    }
    if (state.members.includes(machine.key)) this.log("etcd.member-lost", machine.spec.name, { members: state.members.length });
    this.settle(state.key);
  }

  async nodeGone(machineKey: string, key: string): Promise<void> {
    const state = this.states.get(key);
    if (!state) return;
    state.registered = state.registered.filter((other) => other !== machineKey);
    if (state.bootstrap === "asked" && state.firstMember === machineKey) state.bootstrap = "no";
    this.settle(key);
    await this.whenSettled(key);
  }

  /** Starts etcd on one control plane, which is what `bootstrap` does. It returns at once; the rest follows. */
  bootstrap(machine: Machine): void {
    const state = this.require(machine);
    if (state.bootstrap !== "no") throw new WorldError("already-exists", "etcd data directory is not empty");
    const other = [...this.states.values()].find((candidate) => candidate.key !== state.key && candidate.bootstrap !== "no");
    if (other) throw new WorldError("failed-precondition", `the lab has one control plane and cluster ${other.name} has it`);
    state.bootstrap = "asked";
    state.firstMember = machine.key;
    this.log("etcd.bootstrap", machine.spec.name);
    this.settle(state.key);
  }

  /** The control plane's processes die on every node and stay dead until `releaseControlPlane`; the nodes go on running. */
  async holdControlPlane(): Promise<void> {
    this.controlPlane = "held";
    for (const state of this.states.values()) {
      await this.whenSettled(state.key);
      await this.stopControlPlane(state, "keep");
    }
  }

  /** Whatever held the control plane down is over. */
  releaseControlPlane(): void {
    this.controlPlane = "free";
    for (const key of this.states.keys()) this.settle(key);
  }

  /** Takes a member out of etcd in good order. */
  leave(machine: Machine): void {
    const state = this.require(machine);
    if (!state.members.includes(machine.key)) return;
    if (state.quorum === "down") throw new WorldError("unavailable", "etcdserver: no leader");
    if (state.members.length === 1) throw new WorldError("failed-precondition", "the last etcd member cannot leave");
    state.members = state.members.filter((member) => member !== machine.key);
    this.log("etcd.member-left", machine.spec.name, { members: state.members.length });
  }

  /** The cluster that a machine's config belongs to. */
  of(machine: Machine): ClusterState | undefined {
    const key = machine.node.facts ? clusterKeyOf(machine.node.facts) : undefined;
    return key === undefined ? undefined : this.states.get(key);
  }

  list(): readonly ClusterState[] {
    return [...this.states.values()];
  }

  /** Brings back what was there before the daemon stopped. */
  restore(states: readonly ClusterState[]): void {
    for (const state of states) this.states.set(state.key, { ...state, quorum: "down", kubernetes: "stopped", registered: [] });
    for (const state of states) delete this.states.get(state.key)?.vipHolder;
  }

  private require(machine: Machine): ClusterState {
    const state = this.of(machine);
    if (!state) throw new WorldError("failed-precondition", `${machine.spec.name} has no machine config`);
    return state;
  }

  private async settleUntilClean(key: string): Promise<void> {
    this.settling.set(key, "dirty");
    try {
      while (this.settling.get(key) === "dirty") {
        this.settling.set(key, "clean");
        await this.settleOnce(key);
      }
    } finally {
      this.settling.delete(key);
    }
  }

  /** Waits until nothing is being settled for that cluster. */
  private async whenSettled(key: string): Promise<void> {
    while (this.settling.has(key)) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  private async settleOnce(key: string): Promise<void> {
    const state = this.states.get(key);
    if (!state) return;
    if (nodesOf(key, this.context.machines()).length === 0) return this.wipe(state);
    if (state.bootstrap === "asked") await this.startFirstMember(state);
    if (state.bootstrap !== "done") return;
    const alive = this.aliveMembers(state);
    if (!hasQuorum(state, alive.length)) return this.loseQuorum(state);
    if (this.controlPlane === "held") return;
    await this.runControlPlane(state);
    await Promise.all([this.joinNext(state), this.registerKubelets(state)]);
  }

  private async startFirstMember(state: ClusterState): Promise<void> {
    await this.context.clock.take("etcdBootstrap");
    const first = this.up(state.key).find((machine) => machine.key === state.firstMember);
    if (!first) return;
    state.bootstrap = "done";
    this.addMember(state, first);
  }

  private async joinNext(state: ClusterState): Promise<void> {
    const candidate = this.up(state.key).find((machine) => isControlPlane(machine) && !state.members.includes(machine.key));
    if (!candidate) return;
    await this.context.clock.take("etcdJoin");
    if (!isUp(candidate) || !hasQuorum(state, this.aliveMembers(state).length)) return;
    this.addMember(state, candidate);
    await this.forward(state);
    this.settling.set(state.key, "dirty");
  }

  private addMember(state: ClusterState, machine: Machine): void {
    state.members = [...state.members, machine.key];
    this.log("etcd.member-joined", machine.spec.name, { members: state.members.length });
  }

  private async runControlPlane(state: ClusterState): Promise<void> {
    if (state.quorum === "down") {
      state.quorum = "up";
      if (state.members.length > 1) this.log("etcd.quorum-regained", state.name);
    }
    await this.holdVip(state);
    const first = this.aliveMembers(state)[0];
    if (state.kubernetes === "stopped" && first?.node.facts) {
      this.log("kubernetes.starting", state.name);
      const { facts } = first.node;
      await this.attempt("kubernetes.failed", state.name, () =>
        this.context.kubernetes.start({ facts, controlPlanes: this.controlPlanes(state.key) }),
      );
      state.kubernetes = "up";
      await this.forward(state);
      this.log("kubernetes.up", state.name);
    } else {
      await this.forward(state);
    }
  }

  private async holdVip(state: ClusterState): Promise<void> {
    const alive = this.aliveMembers(state);
    const vip = alive[0]?.node.facts?.vip;
    if (vip === undefined || alive.some((machine) => machine.key === state.vipHolder)) return;
    await this.context.clock.take("vipTakeover");
    const holder = this.aliveMembers(state)[0];
    if (!holder) return;
    state.vipHolder = holder.key;
    this.log("vip.up", vip, { holder: holder.spec.name });
  }

  private async loseQuorum(state: ClusterState): Promise<void> {
    if (state.quorum === "down") return;
    state.quorum = "down";
    this.log("etcd.quorum-lost", state.name, { members: state.members.length, alive: this.aliveMembers(state).length });
    await this.stopControlPlane(state, "keep");
  }

  private async wipe(state: ClusterState): Promise<void> {
    await this.stopControlPlane(state, "wipe");
    this.states.delete(state.key);
  }

  private async stopControlPlane(state: ClusterState, data: "keep" | "wipe"): Promise<void> {
    if (state.vipHolder !== undefined) {
      delete state.vipHolder;
      this.log("vip.down", state.name);
    }
    await this.context.sockets.forward([]);
    const wasUp = state.kubernetes === "up";
    state.kubernetes = "stopped";
    state.registered = [];
    if (wasUp || (data === "wipe" && state.bootstrap === "done")) {
      await this.context.kubernetes.stop({ wipe: data === "wipe" });
      this.log(data === "wipe" ? "kubernetes.wiped" : "kubernetes.down", state.name);
    }
  }

  private async registerKubelets(state: ClusterState): Promise<void> {
    if (state.kubernetes !== "up") return;
    const pending = this.up(state.key).filter((machine) => machine.node.secureApi === "up" && !state.registered.includes(machine.key));
    await Promise.all(pending.map((machine) => this.registerKubelet(state, machine)));
  }

  private async registerKubelet(state: ClusterState, machine: Machine): Promise<void> {
    await this.context.clock.take("registerNode");
    const { facts, address } = machine.node;
    if (!isUp(machine) || !facts || address === undefined) return;
    const addressIpv6 = firstIpv6(facts.addresses);
    const capacity = { cores: machine.spec.cores, memoryMib: machine.spec.memoryMiB };
    const place = { region: machine.proxmox, zone: machine.spec.host, vmId: machine.vmId };
    await this.attempt("kubernetes.failed", machine.spec.name, () =>
      this.context.kubernetes.registerNode({ facts, address, ...(addressIpv6 === undefined ? {} : { addressIpv6 }), place, capacity }),
    );
    state.registered = [...state.registered, machine.key];
    this.log("node.registered", machine.spec.name, { address });
  }

  /** A config without a reboot: the kubelet takes over what it may. */
  configChanged(machine: Machine): void {
    const state = this.of(machine);
    if (!state) return;
    state.registered = state.registered.filter((key) => key !== machine.key);
    this.settle(state.key);
  }

  private async attempt(failure: EventKind, subject: string, work: () => Promise<void>): Promise<void> {
    for (let left = ATTEMPTS; ; left -= 1) {
      try {
        return await work();
      } catch (error) {
        this.log(failure, subject, { reason: error instanceof Error ? error.message : String(error) });
        if (left === 1) throw error;
        await this.context.clock.take("registerNode");
      }
    }
  }

  /** A control plane's API comes up by itself; a worker's once a control plane signs its certificate. */
  private openApis(key: string): void {
    const up = this.up(key);
    const controlPlanes = up.filter(isControlPlane);
    const signer = controlPlanes[0]?.node.facts?.ca.os;
    const canSign = controlPlanes.some((machine) => machine.node.secureApi === "up");
    if (signer?.cert === undefined || signer.key === undefined) return;
    const ca: CertKey = { cert: signer.cert, key: signer.key };
    for (const machine of up) {
      if (machine.node.secureApi === "up" || this.opening.has(machine.key)) continue;
      if (!isControlPlane(machine) && !canSign) continue;
      this.opening.add(machine.key);
      this.context.background(this.openApi(machine, ca, key));
    }
  }

  private async openApi(machine: Machine, ca: CertKey, key: string): Promise<void> {
    try {
      await this.context.sockets.openSecure(machine, ca);
    } finally {
      this.opening.delete(machine.key);
    }
    if (!isUp(machine)) return;
    machine.node.secureApi = "up";
    this.log("node.api-up", machine.spec.name, { address: machine.node.address ?? "" });
    this.settle(key);
  }

  private async forward(state: ClusterState): Promise<void> {
    if (state.kubernetes !== "up") return;
    const alive = this.aliveMembers(state);
    const vip = state.vipHolder === undefined ? undefined : alive[0]?.node.facts?.vip;
    const addresses = alive.flatMap((machine) => (machine.node.address === undefined ? [] : [machine.node.address]));
    await this.context.sockets.forward(vip === undefined ? addresses : [...addresses, vip]);
  }

  private up(key: string): Machine[] {
    return nodesOf(key, this.context.machines()).filter(isUp);
  }

  private aliveMembers(state: ClusterState): Machine[] {
    return this.up(state.key).filter((machine) => state.members.includes(machine.key));
  }

  private controlPlanes(key: string): { name: string; address: string }[] {
    return nodesOf(key, this.context.machines())
      .filter(isControlPlane)
      .flatMap(({ node }) =>
        node.facts ? [{ name: node.facts.hostname, address: node.address ?? node.facts.addresses[0]?.split("/")[0] ?? "" }] : [],
      );
  }

  private log(kind: EventKind, subject: string, detail: WorldEvent["detail"] = {}): void {
    this.context.events.append(this.context.clock.timestamp(), kind, subject, detail);
  }
}
