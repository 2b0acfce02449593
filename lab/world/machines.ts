import { createHash } from "node:crypto";
import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventKind, EventLog, WorldEvent } from "./events";
import type { ProxmoxFacts } from "./facts";
import { blankNode, type DiskSpec, type Machine, type MachineSpec, type PowerObserver } from "./machine";
import type { Storage } from "./storage";

/** Where machines live and whom they tell. */
export interface MachinesContext {
  readonly facts: ProxmoxFacts;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly power: PowerObserver;
  /** Whether a pool is there. */
  hasPool(name: string): boolean;
  /** Whether another machine of the world has that MAC. */
  macOwner(mac: string): Machine | undefined;
}

/** A request to make a machine. */
export interface CreateRequest {
  readonly spec: MachineSpec;
  /** Absent: the next free one. */
  readonly vmId?: number;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The virtual machines of one Proxmox cluster. */
export class Machines {
  private readonly machines = new Map<number, Machine>();

  constructor(private readonly context: MachinesContext) {}

  /** Makes a machine, powered off. Everything that it names must be there. */
  async create({ spec, vmId, inputs }: CreateRequest, signal?: AbortSignal): Promise<Machine> {
    const id = vmId ?? this.nextId();
    this.assertId(id);
    if (this.machines.has(id))
      throw new WorldError("already-exists", `unable to create VM ${id} - VM ${id} already exists on node '${spec.host}'`);
    this.assertSpec(spec);
    const macs = spec.networkDevices.map((device, index) => device.mac ?? macOf(this.context.facts.name, id, index));
    for (const mac of macs) this.assertMacFree(mac);
    const boot = bootDisk(spec);
    const image = boot?.importFrom === undefined ? undefined : this.context.storage.find(spec.host, boot.importFrom)?.image;
    const machine: Machine = {
      key: `${this.context.facts.name}/${id}`,
      proxmox: this.context.facts.name,
      vmId: id,
      spec,
      inputs,
      power: "stopped",
      macs,
      ...(image ? { image } : {}),
      node: blankNode(),
    };
    this.machines.set(id, machine);
    try {
      await this.context.clock.take("createMachine", signal);
    } catch (error) {
      this.machines.delete(id);
      throw error;
    }
    this.log("vm.created", machine, { vmId: id, host: spec.host, ...(image ? { schematic: image.schematic, talos: image.talos } : {}) });
    return machine;
  }

  /** Powers on. The host must have the memory and cores. */
  async start(machine: Machine): Promise<void> {
    if (machine.power !== "stopped") return;
    this.assertFits(machine);
    machine.power = "starting";
    this.log("vm.starting", machine, { host: machine.spec.host });
    await this.context.clock.take("startMachine");
    if (this.find(machine.vmId) !== machine) return;
    machine.power = "running";
    this.log("vm.started", machine, { host: machine.spec.host });
    this.context.power.poweredOn(machine);
  }

  /** Cuts the power. */
  async stop(machine: Machine): Promise<void> {
    if (machine.power === "stopped") return;
    await this.context.clock.take("stopMachine");
    await this.off(machine);
  }

  /** Asks the guest to shut down; a machine whose agent is expected and absent does not until `timeoutSeconds` are over. */
  async shutdown(machine: Machine, timeoutSeconds: number, agentInstalled: "yes" | "no"): Promise<void> {
    if (machine.power === "stopped") return;
    if (machine.spec.agent === "on" && agentInstalled === "no") {
      await this.context.clock.sleep(timeoutSeconds);
      throw new WorldError(
        "deadline-exceeded",
        `VM ${machine.vmId} qemu-guest-agent is not running: shutdown timed out after ${timeoutSeconds} s`,
      );
    }
    await this.context.clock.take("shutdownMachine");
    await this.off(machine);
  }

  private async off(machine: Machine): Promise<void> {
    machine.power = "stopped";
    await this.context.power.poweredOff(machine);
    this.log("vm.stopped", machine);
  }

  /** Destroys a stopped machine and its disks. */
  async delete(machine: Machine): Promise<void> {
    if (machine.spec.protection === "on")
      throw new WorldError("failed-precondition", `can't remove VM ${machine.vmId} - protection mode enabled`);
    if (machine.power !== "stopped") throw new WorldError("failed-precondition", `VM ${machine.vmId} is running - destroy failed`);
    await this.context.clock.take("deleteMachine");
    if (!this.machines.delete(machine.vmId)) return;
    await this.context.power.removed(machine);
    this.log("vm.deleted", machine);
  }

  /** Changes a machine in place: another host is a migration, disks only grow. */
  async update(machine: Machine, spec: MachineSpec, inputs: Readonly<Record<string, unknown>>): Promise<void> {
    this.assertSpec({ ...spec, disks: spec.disks.map(({ importFrom: _creationOnly, ...disk }) => disk) });
    for (const disk of spec.disks) assertGrows(machine, disk);
    if (spec.host !== machine.spec.host) {
      const moved = { ...machine, spec };
      if (machine.power !== "stopped") this.assertFits(moved);
      await this.context.clock.take("migrateMachine");
      this.log("vm.migrated", machine, { from: machine.spec.host, to: spec.host });
    }
    machine.spec = spec;
    machine.inputs = inputs;
    this.log("vm.updated", machine);
  }

  /** Removes a machine's protection flag or sets it, as the web interface would. */
  setProtection(machine: Machine, protection: "on" | "off"): void {
    machine.spec = { ...machine.spec, protection };
  }

  find(vmId: number): Machine | undefined {
    return this.machines.get(vmId);
  }

  /** Throws when there is none. */
  get(vmId: number): Machine {
    const machine = this.machines.get(vmId);
    if (!machine) throw new WorldError("not-found", `Configuration file 'nodes/*/qemu-server/${vmId}.conf' does not exist`);
    return machine;
  }

  list(): readonly Machine[] {
    return [...this.machines.values()];
  }

  restore(machines: readonly Machine[]): void {
    for (const machine of machines) this.machines.set(machine.vmId, machine);
  }

  private nextId(): number {
    let id = 100;
    while (this.machines.has(id)) id += 1;
    return id;
  }

  private assertId(id: number): void {
    if (!Number.isInteger(id) || id < 100 || id > 999_999_999)
      throw new WorldError("invalid-argument", `vmid: value must be 100 to 999999999, got ${id}`);
  }

  private assertSpec(spec: MachineSpec): void {
    const { facts, storage } = this.context;
    if (!facts.hosts.some((host) => host.name === spec.host)) throw new WorldError("not-found", `no such cluster node '${spec.host}'`);
    if (spec.pool !== undefined && !this.context.hasPool(spec.pool)) throw new WorldError("not-found", `no such pool '${spec.pool}'`);
    for (const datastore of [...spec.disks.map((disk) => disk.datastore), ...spec.auxiliaryDatastores])
      storage.datastore(spec.host, datastore, "images");
    for (const { bridge } of spec.networkDevices) {
      if (!facts.bridges.includes(bridge)) throw new WorldError("not-found", `bridge '${bridge}' does not exist on node '${spec.host}'`);
    }
    for (const mapping of spec.pciMappings) {
      if (!facts.pciMappings[mapping]?.includes(spec.host))
        throw new WorldError("not-found", `PCI device mapping '${mapping}' not found on node '${spec.host}'`);
    }
    for (const disk of spec.disks) {
      if (disk.importFrom !== undefined && !storage.find(spec.host, disk.importFrom)) {
        throw new WorldError("not-found", `${disk.interface}: volume '${disk.importFrom}' does not exist on node '${spec.host}'`);
      }
    }
  }

  private assertMacFree(mac: string): void {
    const owner = this.context.macOwner(mac);
    if (owner) throw new WorldError("already-exists", `MAC address ${mac} is that of machine ${owner.spec.name}`);
  }

  private assertFits(machine: Machine): void {
    const host = this.context.facts.hosts.find((candidate) => candidate.name === machine.spec.host);
    if (!host) throw new WorldError("not-found", `no such cluster node '${machine.spec.host}'`);
    if (machine.spec.cores > host.cores) {
      throw new WorldError(
        "resource-exhausted",
        `MAX ${host.cores} vcpus allowed per VM on node '${host.name}', VM ${machine.vmId} has ${machine.spec.cores}`,
      );
    }
    const used = this.list()
      .filter((other) => other.vmId !== machine.vmId && other.spec.host === host.name && other.power !== "stopped")
      .reduce((sum, other) => sum + other.spec.memoryMiB, 0);
    if (used + machine.spec.memoryMiB > host.memoryMiB) {
      throw new WorldError(
        "resource-exhausted",
        `VM ${machine.vmId}: cannot allocate ${machine.spec.memoryMiB} MiB on node '${host.name}': ${host.memoryMiB - used} of ${host.memoryMiB} MiB are free`,
      );
    }
  }

  private log(kind: EventKind, machine: Machine, detail: WorldEvent["detail"] = {}): void {
    this.context.events.append(this.context.clock.timestamp(), kind, machine.spec.name, detail);
  }
}

/** The first disk of the boot order that came from an image; without an order, the first such disk. */
function bootDisk(spec: MachineSpec): DiskSpec | undefined {
  const ordered =
    spec.bootOrder.length === 0 ? spec.disks : spec.bootOrder.flatMap((name) => spec.disks.filter((disk) => disk.interface === name));
  return ordered.find((disk) => disk.importFrom !== undefined);
}

function assertGrows(machine: Machine, disk: DiskSpec): void {
  const before = machine.spec.disks.find((candidate) => candidate.interface === disk.interface);
  if (before && disk.sizeGiB < before.sizeGiB) {
    throw new WorldError("invalid-argument", `disk ${disk.interface} cannot shrink from ${before.sizeGiB} to ${disk.sizeGiB} GiB`);
  }
}

/** A MAC under Proxmox' prefix, the same for the same machine. */
function macOf(proxmox: string, vmId: number, index: number): string {
  const digest = createHash("sha256").update(`${proxmox}/${vmId}/${index}`).digest("hex");
  return `BC:24:11:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`.toUpperCase();
}
