import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/user-error";
import type { KubernetesRuntime, TalosHelper } from "../contracts";
import { Calls, type CallBody } from "./calls";
import { Clusters } from "./clusters";
import { Clock } from "./clock";
import { WorldError } from "./errors";
import { EventLog } from "./events";
import type { WorldFacts } from "./facts";
import { Faults } from "./faults";
import { ImageFactory } from "./image-factory";
import type { Latencies } from "./latencies";
import type { Machine } from "./machine";
import { Proxmox } from "./proxmox";
import { SnapshotFile } from "./snapshot";
import { NO_SOCKETS, Sockets } from "./sockets";
import { TalosApi } from "./talos-api";
import { TalosNodes } from "./talos-nodes";

/** What a world is made of. */
export interface WorldOptions {
  readonly facts: WorldFacts;
  readonly helper: TalosHelper;
  readonly kubernetes: KubernetesRuntime;
  /** Holds `world.json` and `events.jsonl`; absent: nothing outlives the process. */
  readonly labDir?: string;
  /** Real seconds -> seconds waited. @default 1/20 */
  readonly scale?: number;
  readonly latencies?: Latencies;
  /** Milliseconds that a retry takes at most when the scale is 0. @default 5000 */
  readonly unscaledPatienceMs?: number;
  /** Whether nodes and VIP really listen. @default "on" */
  readonly sockets?: "on" | "off";
}

/** What is there because someone made it. Each list is empty before the first `up` and after `destroy`. */
export interface Inventory {
  readonly machines: readonly string[];
  readonly downloads: readonly string[];
  readonly haResources: readonly string[];
  readonly haRules: readonly string[];
  readonly pools: readonly string[];
  readonly roles: readonly string[];
  readonly users: readonly string[];
  readonly tokens: readonly string[];
  readonly accessRules: readonly string[];
  /** Nodes that have a machine config. */
  readonly nodes: readonly string[];
  readonly clusters: readonly string[];
}

/** Another part of the world that is kept with it, such as the Cloudflare account. */
export interface WorldPart {
  toJSON(): unknown;
}

/** Milliseconds between a change and the snapshot that has it. */
const SAVE_DELAY_MS = 50;

/** Stand-in for the hardware: Proxmox hosts, their machines, Talos on them, the Image Factory. */
export class World {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly faults = new Faults();
  readonly calls: Calls;
  readonly factory: ImageFactory;
  /** By name. */
  readonly proxmox: ReadonlyMap<string, Proxmox>;
  readonly nodes: TalosNodes;
  readonly clusters: Clusters;
  readonly talos: TalosApi;
  private readonly sockets: Sockets | typeof NO_SOCKETS;
  private readonly file: SnapshotFile | undefined;
  private readonly parts = new Map<string, WorldPart>();
  private readonly savedParts: Readonly<Record<string, unknown>>;
  private readonly pending = new Set<Promise<void>>();
  private saveTimer: NodeJS.Timeout | undefined;
  private state: "open" | "closed" = "open";

  private constructor(private readonly options: WorldOptions) {
    const { labDir, helper, kubernetes, facts } = options;
    if (labDir !== undefined) mkdirSync(labDir, { recursive: true });
    this.file = labDir === undefined ? undefined : new SnapshotFile(labDir);
    this.clock = new Clock(options.scale, options.latencies, options.unscaledPatienceMs);
    this.events = new EventLog(labDir === undefined ? undefined : join(labDir, "events.jsonl"));
    this.calls = new Calls(this.clock, this.events, this.faults);
    this.factory = new ImageFactory(facts.imageFactory.replace(/\/+$/, ""), helper);
    const { clock, events, factory } = this;
    const failed = (address: string, reason: string): void => events.append(clock.timestamp(), "listener.failed", address, { reason });
    this.sockets =
      options.sockets === "off"
        ? NO_SOCKETS
        : new Sockets({
            helper,
            kubernetes,
            clusters: () => this.clusters,
            bootstrap: (machine) => this.talos.bootstrapOverSocket(machine),
            failed,
          });
    const shared = {
      clock,
      events,
      sockets: this.sockets,
      machines: () => this.machines(),
      background: (work: Promise<void>) => this.background(work),
    };
    this.clusters = new Clusters({ ...shared, kubernetes });
    this.nodes = new TalosNodes({ ...shared, helper, network: facts.network, factory, clusters: this.clusters });
    const context = { factory, clock, events, power: this.nodes, macOwner: (mac: string) => this.macOwner(mac) };
    this.proxmox = new Map(facts.proxmox.map((cluster) => [cluster.name, new Proxmox(cluster, context)]));
    this.talos = new TalosApi({
      ...shared,
      calls: this.calls,
      helper,
      kubernetes,
      nodes: this.nodes,
      clusters: this.clusters,
      changed: () => this.saveSoon(),
    });
    this.savedParts = this.restore();
    this.events.subscribe(() => this.saveSoon());
  }

  /** Opens a world, with what `labDir` has of an earlier one: machines that ran go on running. */
  static open(options: WorldOptions): World {
    const world = new World(options);
    for (const machine of world.machines()) world.nodes.resume(machine);
    return world;
  }

  /** One network call of a provider: counted, delayed, subject to faults. */
  call<T>(name: string, subject: string, body: CallBody<T>, signal?: AbortSignal): Promise<T> {
    return this.calls.call(name, subject, body, signal).finally(() => this.saveSoon());
  }

  /** The Proxmox cluster behind an API URL; throws when nothing is there. */
  proxmoxAt(endpoint: string): Proxmox {
    const plain = (url: string): string => url.replace(/\/+$/, "");
    const found = [...this.proxmox.values()].find(({ facts }) => plain(facts.endpoint) === plain(endpoint));
    if (!found) throw new WorldError("unavailable", `${endpoint}: connection refused: no Proxmox host of the lab is there`);
    return found;
  }

  /** Every machine of every Proxmox cluster. */
  machines(): readonly Machine[] {
    return [...this.proxmox.values()].flatMap((cluster) => cluster.machines.list());
  }

  /** The machine of that name; throws when there is none. */
  machine(name: string): Machine {
    const found = this.machines().find((machine) => machine.spec.name === name);
    if (!found) throw new WorldError("not-found", `no machine ${name}`);
    return found;
  }

  /** Pulls a machine's plug, or gives it power again: nobody's call, so none is counted. */
  async power(name: string, wanted: "on" | "off"): Promise<void> {
    const machine = this.machine(name);
    const owner = [...this.proxmox.values()].find(({ machines }) => machines.list().includes(machine));
    await (wanted === "on" ? owner?.machines.start(machine) : owner?.machines.stop(machine));
  }

  inventory(): Inventory {
    const clusters = [...this.proxmox.values()];
    const machines = this.machines();
    return {
      machines: machines.map((machine) => machine.spec.name).sort(),
      downloads: clusters.flatMap((cluster) => cluster.storage.list().map(({ host, volume }) => `${host}/${volume}`)).sort(),
      haResources: clusters.flatMap((cluster) => cluster.ha.list().resources.map(({ id }) => `${cluster.facts.name}/${id}`)).sort(),
      haRules: clusters.flatMap((cluster) => cluster.ha.list().rules.map(({ name }) => `${cluster.facts.name}/${name}`)).sort(),
      pools: clusters.flatMap((cluster) => cluster.poolNames()),
      roles: clusters.flatMap((cluster) => cluster.access.inventory().roles),
      users: clusters.flatMap((cluster) => cluster.access.inventory().users),
      tokens: clusters.flatMap((cluster) => cluster.access.inventory().tokens),
      accessRules: clusters.flatMap((cluster) => cluster.access.inventory().rules),
      nodes: machines.flatMap((machine) => (machine.node.facts ? [machine.node.facts.hostname] : [])).sort(),
      clusters: this.clusters
        .list()
        .map(({ name }) => name)
        .sort(),
    };
  }

  /** State that a part had in the snapshot, if any. */
  savedPart(name: string): unknown {
    return this.savedParts[name];
  }

  /** Keeps a part with the world from now on. */
  keepPart(name: string, part: WorldPart): void {
    this.parts.set(name, part);
  }

  /** Resolves when nothing is under way any more: no boot, no install, no join. */
  async idle(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** Writes the snapshot, ends every wait and closes every socket. Machines stay as they are; the control plane is its owner's to stop. */
  async close(): Promise<void> {
    this.state = "closed";
    if (this.saveTimer) clearTimeout(this.saveTimer);
    this.save();
    this.clock.stop();
    await this.idle();
    await this.sockets.closeAll();
  }

  private macOwner(mac: string): Machine | undefined {
    return this.machines().find((machine) => machine.macs.includes(mac));
  }

  private background(work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) => {
        if (this.state === "closed") return;
        const reason = error instanceof Error ? error.message : String(error);
        this.events.append(this.clock.timestamp(), "world.failed", "world", { reason });
      })
      .finally(() => {
        this.pending.delete(guarded);
        this.saveSoon();
      });
    this.pending.add(guarded);
  }

  private restore(): Readonly<Record<string, unknown>> {
    const snapshot = this.file?.read();
    if (!snapshot) return {};
    for (const [name, { machines, downloads }] of Object.entries(snapshot.proxmox)) {
      if (this.proxmox.has(name) || machines.length + downloads.length === 0) continue;
      throw new UserError(
        `the lab still has machines or images on Proxmox cluster ${name}, which these settings do not have: destroy them with the settings that made them`,
      );
    }
    this.factory.restore(snapshot.schematics);
    for (const [name, cluster] of this.proxmox) {
      const saved = snapshot.proxmox[name];
      if (saved) cluster.restore(saved);
    }
    this.clusters.restore(snapshot.clusters);
    return snapshot.parts;
  }

  private saveSoon(): void {
    if (!this.file || this.saveTimer || this.state === "closed") return;
    this.saveTimer = setTimeout(() => {
      this.saveTimer = undefined;
      this.save();
    }, SAVE_DELAY_MS);
    this.saveTimer.unref();
  }

  private save(): void {
    this.file?.write({
      schematics: this.factory.toJSON(),
      proxmox: Object.fromEntries([...this.proxmox].map(([name, cluster]) => [name, cluster.toJSON()])),
      clusters: this.clusters.list(),
      parts: { ...this.savedParts, ...Object.fromEntries([...this.parts].map(([name, part]) => [name, part.toJSON()])) },
    });
  }
}
