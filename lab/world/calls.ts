import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventLog } from "./events";
import type { FaultRule, Faults } from "./faults";

/** One call that went over the world's network. */
export interface CallRecord {
  readonly at: string;
  /** `<provider>.<operation>`, such as `talos.applyConfiguration`. */
  readonly name: string;
  readonly subject: string;
  readonly outcome: "ok" | "failed";
}

/** Work done behind a call. */
export type CallBody<T> = () => T | Promise<T>;

/** Everything that the real providers would send over the network goes through here: counted, delayed, and made to fail on demand. */
export class Calls {
  private readonly counts = new Map<string, number>();
  private readonly records: CallRecord[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly events: EventLog,
    private readonly faults: Faults,
  ) {}

  /** Runs `body` as one network call. Throws what it throws, or the fault that was armed for it. */
  async call<T>(name: string, subject: string, body: CallBody<T>, signal?: AbortSignal): Promise<T> {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const at = this.clock.timestamp();
    try {
      const result = await this.withFault(name, subject, body, signal);
      this.records.push({ at, name, subject, outcome: "ok" });
      return result;
    } catch (error) {
      this.records.push({ at, name, subject, outcome: "failed" });
      throw error;
    }
  }

  private async withFault<T>(name: string, subject: string, body: CallBody<T>, signal?: AbortSignal): Promise<T> {
    await this.clock.take("apiCall", signal);
    const fault = this.faults.take(name, subject);
    if (!fault) return body();
    this.events.append(this.clock.timestamp(), "fault.hit", subject, { call: name, fault: fault.kind });
    switch (fault.kind) {
      case "error":
        throw faultError(fault, `${name} failed`);
      case "timeout":
        await this.clock.sleep(fault.seconds ?? 60, signal);
        throw new WorldError("deadline-exceeded", fault.message ?? `${name}: no answer within ${fault.seconds ?? 60} s`);
      case "slow":
        await this.clock.sleep(fault.seconds ?? 30, signal);
        return body();
      case "lost-answer":
        await body();
        throw faultError(fault, `${name}: connection reset before the answer came`);
    }
  }

  /** Calls so far by name; only names that start with the prefix, when one is given. */
  count(prefix = ""): number {
    return [...this.counts].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, count]) => sum + count, 0);
  }

  /** Calls by name since the start or the last `reset`. */
  byName(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  /** Every call since the start or the last `reset`, oldest first. */
  list(): readonly CallRecord[] {
    return [...this.records];
  }

  /** Forgets what was counted, so that a test can say "no call from here on". */
  reset(): void {
    this.counts.clear();
    this.records.length = 0;
  }
}

const faultError = (fault: FaultRule, fallback: string): WorldError => new WorldError("unavailable", fault.message ?? fallback);
