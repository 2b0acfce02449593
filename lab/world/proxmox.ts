import { Access, type AccessSnapshot } from "./access";
import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventLog } from "./events";
import { tokenDigest, type ProxmoxFacts } from "./facts";
import { HighAvailability, type HaResource, type HaRule } from "./high-availability";
import type { ImageFactory } from "./image-factory";
import type { Machine, PowerObserver } from "./machine";
import { Machines } from "./machines";
import { Storage, type Download } from "./storage";

/** What a Proxmox cluster keeps over a restart of the daemon. */
export interface ProxmoxSnapshot {
  readonly downloads: readonly Download[];
  readonly machines: readonly Machine[];
  readonly pools: readonly (readonly [string, string])[];
  readonly ha: { readonly resources: readonly HaResource[]; readonly rules: readonly HaRule[] };
  /** Absent in a file of an earlier lab. */
  readonly access?: AccessSnapshot;
}

/** Parts of the world that a Proxmox cluster leans on. */
export interface ProxmoxContext {
  readonly factory: ImageFactory;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly power: PowerObserver;
  macOwner(mac: string): Machine | undefined;
}

/** Stand-in for one Proxmox cluster, or one host that stands alone. */
export class Proxmox {
  readonly storage: Storage;
  readonly machines: Machines;
  readonly ha: HighAvailability;
  readonly access: Access;
  /** Name -> comment, of the pools made through the API. */
  private readonly pools = new Map<string, string>();

  constructor(
    readonly facts: ProxmoxFacts,
    private readonly context: ProxmoxContext,
  ) {
    const { clock, events, power, factory } = context;
    this.storage = new Storage(facts, factory, clock, events);
    this.machines = new Machines({
      facts,
      storage: this.storage,
      clock,
      events,
      power,
      hasPool: (name) => this.hasPool(name),
      macOwner: (mac) => context.macOwner(mac),
    });
    this.ha = new HighAvailability((vmId) => this.machines.find(vmId) !== undefined, clock, events);
    this.access = new Access(clock, events);
  }

  /** Throws when the token is not the one that was made for this cluster. */
  authenticate(token: string | undefined): void {
    const expected = this.facts.tokenSha256;
    if (expected !== undefined && (token === undefined || tokenDigest(token) !== expected)) {
      throw new WorldError("unauthenticated", "401 authentication failure: the API token is not valid");
    }
  }

  hasPool(name: string): boolean {
    return this.pools.has(name) || this.facts.pools.includes(name);
  }

  createPool(name: string, comment: string): void {
    if (this.hasPool(name)) throw new WorldError("already-exists", `pool '${name}' already exists`);
    this.pools.set(name, comment);
    this.context.events.append(this.context.clock.timestamp(), "pool.created", name);
  }

  updatePool(name: string, comment: string): void {
    if (!this.pools.has(name)) throw new WorldError("not-found", `pool '${name}' does not exist`);
    this.pools.set(name, comment);
  }

  pool(name: string): string | undefined {
    return this.pools.get(name);
  }

  /** Refused while machines are in it. */
  deletePool(name: string): void {
    if (!this.pools.has(name)) throw new WorldError("not-found", `pool '${name}' does not exist`);
    if (this.machines.list().some((machine) => machine.spec.pool === name))
      throw new WorldError("failed-precondition", `pool '${name}' is not empty`);
    this.pools.delete(name);
    this.context.events.append(this.context.clock.timestamp(), "pool.deleted", name);
  }

  /** Names of the pools made through the API. */
  poolNames(): readonly string[] {
    return [...this.pools.keys()].sort();
  }

  toJSON(): ProxmoxSnapshot {
    return {
      downloads: this.storage.list(),
      machines: this.machines.list(),
      pools: [...this.pools],
      ha: this.ha.list(),
      access: this.access.toJSON(),
    };
  }

  restore(snapshot: ProxmoxSnapshot): void {
    this.storage.restore(snapshot.downloads);
    this.machines.restore(snapshot.machines);
    this.ha.restore(snapshot.ha);
    if (snapshot.access !== undefined) this.access.restore(snapshot.access);
    for (const [name, comment] of snapshot.pools) this.pools.set(name, comment);
  }
}
