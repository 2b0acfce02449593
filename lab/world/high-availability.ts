import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventLog } from "./events";

/** A guest that Proxmox' HA manager looks after. */
export interface HaResource {
  /** `vm:ID`. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A rule on where such guests may run. */
export interface HaRule {
  readonly name: string;
  readonly type: "node-affinity" | "resource-affinity";
  readonly resources: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** HA resources and rules of one Proxmox cluster, by the rules of Proxmox VE 9. */
export class HighAvailability {
  private readonly resources = new Map<string, HaResource>();
  private readonly rules = new Map<string, HaRule>();

  constructor(
    private readonly hasMachine: (vmId: number) => boolean,
    private readonly clock: Clock,
    private readonly events: EventLog,
  ) {}

  /** Puts a guest under HA, or changes how. */
  setResource(resource: HaResource): void {
    const vmId = Number(/^vm:(\d+)$/.exec(resource.id)?.[1] ?? Number.NaN);
    if (!this.hasMachine(vmId)) throw new WorldError("not-found", `resource '${resource.id}' does not exist`);
    const isNew = !this.resources.has(resource.id);
    this.resources.set(resource.id, resource);
    if (isNew) this.log("ha.resource-created", resource.id);
  }

  resource(id: string): HaResource | undefined {
    return this.resources.get(id);
  }

  /** Takes a guest out of HA, and out of the rules that name it. */
  deleteResource(id: string): void {
    if (!this.resources.delete(id)) throw new WorldError("not-found", `no such resource '${id}'`);
    for (const rule of this.rules.values()) {
      const resources = rule.resources.filter((other) => other !== id);
      if (resources.length === rule.resources.length) continue;
      if (resources.length === 0) this.rules.delete(rule.name);
      else this.rules.set(rule.name, { ...rule, resources });
    }
    this.log("ha.resource-deleted", id);
  }

  createRule(rule: HaRule): void {
    if (this.rules.has(rule.name)) throw new WorldError("already-exists", `HA rule '${rule.name}' already exists`);
    this.assertRule(rule);
    this.rules.set(rule.name, rule);
    this.log("ha.rule-created", rule.name);
  }

  updateRule(rule: HaRule): void {
    if (!this.rules.has(rule.name)) throw new WorldError("not-found", `no such HA rule '${rule.name}'`);
    this.assertRule(rule);
    this.rules.set(rule.name, rule);
    this.log("ha.rule-updated", rule.name);
  }

  rule(name: string): HaRule | undefined {
    return this.rules.get(name);
  }

  deleteRule(name: string): void {
    if (!this.rules.delete(name)) throw new WorldError("not-found", `no such HA rule '${name}'`);
    this.log("ha.rule-deleted", name);
  }

  /** A machine is destroyed: refused while it is a resource, unless it is purged from everything that names it. */
  beforeMachineDeleted(vmId: number, mode: "purge" | "keep"): void {
    const id = `vm:${vmId}`;
    if (!this.resources.has(id)) return;
    if (mode === "keep")
      throw new WorldError("failed-precondition", `unable to remove VM ${vmId} - used in HA resources and purge parameter not set.`);
    this.deleteResource(id);
  }

  list(): { readonly resources: readonly HaResource[]; readonly rules: readonly HaRule[] } {
    return { resources: [...this.resources.values()], rules: [...this.rules.values()] };
  }

  restore({ resources, rules }: { readonly resources: readonly HaResource[]; readonly rules: readonly HaRule[] }): void {
    for (const resource of resources) this.resources.set(resource.id, resource);
    for (const rule of rules) this.rules.set(rule.name, rule);
  }

  private assertRule(rule: HaRule): void {
    const unmanaged = rule.resources.filter((id) => !this.resources.has(id));
    if (unmanaged.length > 0)
      throw new WorldError("failed-precondition", `cannot use unmanaged resource(s) ${unmanaged.sort().join(", ")}.`);
    if (rule.type === "resource-affinity" && rule.resources.length < 2) {
      throw new WorldError("invalid-argument", `rule '${rule.name}': rule must include at least two resources`);
    }
  }

  private log(
    kind: "ha.resource-created" | "ha.resource-deleted" | "ha.rule-created" | "ha.rule-updated" | "ha.rule-deleted",
    subject: string,
  ): void {
    this.events.append(this.clock.timestamp(), kind, subject);
  }
}
