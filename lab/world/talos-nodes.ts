import type { MachineFacts, TalosHelper } from "../contracts";
import { reachOf } from "./address-plan";
import type { Clock } from "./clock";
import type { EventKind, EventLog, WorldEvent } from "./events";
import type { NetworkFacts } from "./facts";
import { parseInstaller, tagOf, type ImageFactory } from "./image-factory";
import { blankNode, clusterKeyOf, type Machine, type PowerObserver } from "./machine";

/** Sockets of the nodes; see `node-listener.ts`. */
export interface NodeSockets {
  /** Opens the maintenance API with a certificate of its own. */
  openMaintenance(machine: Machine): Promise<void>;
  /** Closes whatever that machine has open. */
  close(machine: Machine): Promise<void>;
}

/** What the nodes of a cluster tell it. */
export interface ClusterObserver {
  /** Something about the cluster's nodes changed. */
  settle(clusterKey: string): void;
  /** A node stopped answering: powered off, rebooting or wiped. */
  nodeDown(machine: Machine): void;
  /** A machine is gone, or its disk was wiped: it is not of that cluster any more. */
  nodeGone(machineKey: string, clusterKey: string): Promise<void>;
}

/** Parts of the world that nodes lean on. */
export interface NodesContext {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly helper: TalosHelper;
  readonly network: NetworkFacts;
  readonly factory: ImageFactory;
  readonly sockets: NodeSockets;
  readonly clusters: ClusterObserver;
  machines(): readonly Machine[];
  /** Keeps an eye on work that nobody waits for. */
  background(work: Promise<void>): void;
}

/** One accepted machine config. */
export interface AcceptedConfig {
  readonly config: string;
  readonly facts: MachineFacts;
}

/** Talos on every machine: off, booting, maintenance, installing, rebooting, running. */
export class TalosNodes implements PowerObserver {
  /** Counts power cycles, so that work begun before one notices that it is stale. */
  private readonly lives = new Map<string, number>();

  constructor(private readonly context: NodesContext) {}

  poweredOn(machine: Machine): void {
    machine.node.phase = "booting";
    this.log("node.booting", machine);
    this.context.background(this.comeUp(machine, this.newLife(machine), "boot"));
  }

  async poweredOff(machine: Machine): Promise<void> {
    this.newLife(machine);
    await this.goDown(machine, "off");
  }

  async removed(machine: Machine): Promise<void> {
    this.lives.delete(machine.key);
    await this.forget(machine);
  }

  /** Restarts a running node; it comes back with the config that was staged. */
  reboot(machine: Machine): void {
    this.log("node.rebooting", machine);
    const life = this.newLife(machine);
    this.context.background(this.goDown(machine, "rebooting").then(() => this.comeUp(machine, life, "reboot")));
  }

  /** Writes a first config to the disk, installs and reboots into it. */
  install(machine: Machine, { config, facts }: AcceptedConfig): void {
    machine.node.config = config;
    machine.node.facts = facts;
    this.context.background(this.runInstaller(machine, this.newLife(machine)));
  }

  /** Wipes the disk's state; afterwards the node boots into maintenance, or stays off. */
  async reset(machine: Machine, afterwards: "reboot" | "shutdown"): Promise<void> {
    const life = this.newLife(machine);
    await this.goDown(machine, "rebooting");
    await this.context.clock.take("reset");
    await this.forget(machine);
    machine.node = { ...blankNode(), phase: "rebooting" };
    this.log("node.reset", machine);
    if (afterwards === "reboot") {
      this.context.background(this.comeUp(machine, life, "reboot"));
    } else {
      machine.node.phase = "off";
      machine.power = "stopped";
      this.log("vm.stopped", machine);
    }
  }

  /** After a restart of the daemon: goes on where each node was. */
  resume(machine: Machine): void {
    if (machine.power === "stopped") return;
    machine.power = "running";
    const { phase } = machine.node;
    machine.node.secureApi = "down";
    const life = this.newLife(machine);
    if (phase === "installing") this.context.background(this.runInstaller(machine, life));
    else this.context.background(this.comeUp(machine, life, phase === "running" || phase === "maintenance" ? "at once" : "boot"));
  }

  /** The node that answers at an address, in maintenance or with its cluster's certificate. */
  at(address: string): Machine | undefined {
    return this.context
      .machines()
      .find(({ node }) => node.address === address && (node.phase === "maintenance" || node.secureApi === "up"));
  }

  private async runInstaller(machine: Machine, life: number): Promise<void> {
    const { clock, factory, sockets } = this.context;
    const { node } = machine;
    await sockets.close(machine);
    node.phase = "installing";
    delete node.address;
    const { facts } = node;
    if (!facts) return;
    this.log("node.installing", machine, { image: facts.installImage });
    await clock.take("install");
    if (this.isStale(machine, life)) return;
    const installer = parseInstaller(facts.installImage);
    if (installer && !factory.schematic(installer.schematic)) {
      this.lose(machine, `the installer image ${facts.installImage} cannot be pulled: the factory does not know its schematic`);
      return;
    }
    node.versions = {
      talos: installer?.talos ?? machine.image?.talos ?? "",
      schematic: installer?.schematic ?? machine.image?.schematic ?? "",
      platform: installer?.platform ?? machine.image?.platform ?? "metal",
      kubernetes: tagOf(facts.kubeletImage),
    };
    this.log("node.installed", machine, { talos: node.versions.talos, schematic: node.versions.schematic });
    node.phase = "rebooting";
    this.log("node.rebooting", machine);
    await this.comeUp(machine, life, "reboot");
  }

  private async comeUp(machine: Machine, life: number, wait: "boot" | "reboot" | "at once"): Promise<void> {
    if (wait !== "at once") await this.context.clock.take(wait);
    if (this.isStale(machine, life)) return;
    const { node } = machine;
    if (!machine.image) {
      node.phase = "no-os";
      this.log("vm.no-boot-disk", machine);
      return;
    }
    if (node.staged !== undefined) {
      const facts = await this.context.helper.inspect({ config: node.staged });
      node.config = node.staged;
      node.facts = facts;
      delete node.staged;
    }
    const reach = reachOf(machine, this.context.machines(), this.context.network);
    if ("unreachable" in reach) {
      this.lose(machine, reach.unreachable);
      return;
    }
    node.address = reach.address;
    delete node.unreachable;
    if (this.isStale(machine, life)) return;
    if (node.facts) this.run(machine, node.facts);
    else await this.maintain(machine, life);
  }

  private run(machine: Machine, facts: MachineFacts): void {
    machine.node.phase = "running";
    this.log("node.running", machine, { type: facts.machineType, address: machine.node.address ?? "" });
    const key = clusterKeyOf(facts);
    if (key !== undefined) this.context.clusters.settle(key);
  }

  private async maintain(machine: Machine, life: number): Promise<void> {
    await this.context.sockets.openMaintenance(machine);
    if (this.isStale(machine, life)) {
      await this.context.sockets.close(machine);
      return;
    }
    machine.node.phase = "maintenance";
    this.log("node.maintenance", machine, { address: machine.node.address ?? "" });
  }

  private async goDown(machine: Machine, phase: "off" | "rebooting"): Promise<void> {
    const { node } = machine;
    node.phase = phase;
    node.secureApi = "down";
    delete node.address;
    await this.context.sockets.close(machine);
    this.context.clusters.nodeDown(machine);
  }

  private async forget(machine: Machine): Promise<void> {
    const { facts } = machine.node;
    const key = facts ? clusterKeyOf(facts) : undefined;
    machine.node = blankNode();
    if (key !== undefined) await this.context.clusters.nodeGone(machine.key, key);
  }

  private lose(machine: Machine, reason: string): void {
    machine.node.unreachable = reason;
    this.log(machine.node.facts ? "node.address-lost" : "node.unreachable", machine, { reason });
    if (machine.node.phase === "booting" || machine.node.phase === "rebooting")
      machine.node.phase = machine.node.facts ? "running" : "maintenance";
  }

  private newLife(machine: Machine): number {
    const life = (this.lives.get(machine.key) ?? 0) + 1;
    this.lives.set(machine.key, life);
    return life;
  }

  private isStale(machine: Machine, life: number): boolean {
    return this.lives.get(machine.key) !== life;
  }

  private log(kind: EventKind, machine: Machine, detail: WorldEvent["detail"] = {}): void {
    this.context.events.append(this.context.clock.timestamp(), kind, machine.spec.name, detail);
  }
}
