import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** One thing that happened in the world. `detail` never holds a secret. */
export interface WorldEvent {
  /** ISO time. */
  readonly at: string;
  /** Such as `vm.created`; see `EventKind`. */
  readonly kind: string;
  /** Name of the machine, volume, host or cluster. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The kinds that this model writes; other parts of the world add their own. */
export type EventKind =
  | `download.${"start" | "done" | "failed" | "deleted"}`
  | `vm.${"created" | "updated" | "starting" | "started" | "no-boot-disk" | "migrated" | "stopped" | "deleted"}`
  | `pool.${"created" | "deleted"}`
  | `ha.${"resource-created" | "resource-deleted" | "rule-created" | "rule-updated" | "rule-deleted"}`
  | `node.${"booting" | "maintenance" | "unreachable" | "installing" | "installed" | "rebooting" | "running" | "address-lost" | "reset" | "api-up" | "api-down" | "registered" | "kubernetes-upgraded"}`
  | `config.${"applied" | "staged" | "refused" | "install-image-ignored"}`
  | `etcd.${"bootstrap" | "member-joined" | "member-left" | "member-lost" | "quorum-lost" | "quorum-regained"}`
  | `vip.${"up" | "down"}`
  | `kubernetes.${"starting" | "up" | "failed" | "down" | "wiped"}`
  | "schematic.created"
  | "listener.failed"
  | "fault.hit";

/** Append-only log in memory and, when a file is given, in a JSONL file that outlives the process. */
export class EventLog {
  private readonly events: WorldEvent[] = [];
  private readonly listeners = new Set<(event: WorldEvent) => void>();

  /** @param file made readable by its owner only */
  constructor(private readonly file?: string) {
    if (file && existsSync(file)) {
      for (const line of readFileSync(file, "utf8").split("\n")) if (line) this.events.push(parseEvent(line));
    }
  }

  /** Adds an event of this model or, with any other kind, of another part of the world. */
  append(at: string, kind: EventKind | (string & {}), subject: string, detail: WorldEvent["detail"] = {}): void {
    const event: WorldEvent = { at, kind, subject, detail };
    this.events.push(event);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    for (const listener of this.listeners) listener(event);
  }

  /** All events, oldest first; with a kind only those. */
  list(kind?: string): readonly WorldEvent[] {
    return kind === undefined ? [...this.events] : this.events.filter((event) => event.kind === kind);
  }

  /** Calls back for each later event; returns how to stop it. */
  subscribe(listener: (event: WorldEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function parseEvent(line: string): WorldEvent {
  const value: unknown = JSON.parse(line);
  if (!isEvent(value)) throw new Error(`not an event: ${line.slice(0, 80)}`);
  return value;
}

const isEvent = (value: unknown): value is WorldEvent =>
  typeof value === "object" && value !== null && "at" in value && "kind" in value && "subject" in value && "detail" in value;
