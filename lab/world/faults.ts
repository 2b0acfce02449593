import { WorldError } from "./errors";

/**
 * What goes wrong with a call: `error` refuses it, `timeout` never answers, `slow` answers late,
 * `lost-answer` does the work and loses the answer.
 */
export type FaultKind = "error" | "timeout" | "slow" | "lost-answer";

/** One armed fault, as the daemon's control API takes it. */
export interface FaultRule {
  /** Name of the call, `*` for any part of it: `proxmox.createMachine`, `talos.*`. */
  readonly call: string;
  /** Subject of the call, with `*` likewise. @default "*" */
  readonly subject?: string;
  readonly kind: FaultKind;
  /** How many matching calls it hits. @default 1 */
  readonly count?: number;
  /** Seconds of the real world: how late (`slow`, 30) or how long until the caller gives up (`timeout`, 60). */
  readonly seconds?: number;
  /** Text of the error. */
  readonly message?: string;
}

interface ArmedFault {
  readonly rule: FaultRule;
  left: number;
}

/** The faults that are armed; each is used up by the calls that it hits. */
export class Faults {
  private armed: ArmedFault[] = [];

  arm(rule: FaultRule): void {
    const count = rule.count ?? 1;
    if (!Number.isInteger(count) || count < 1)
      throw new WorldError("invalid-argument", `a fault's count is a whole number from 1, not ${count}`);
    this.armed.push({ rule, left: count });
  }

  /** Takes one hit of the first rule that matches. */
  take(call: string, subject: string): FaultRule | undefined {
    const hit = this.armed.find(({ rule }) => matches(rule.call, call) && matches(rule.subject ?? "*", subject));
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left === 0) this.armed = this.armed.filter((fault) => fault !== hit);
    return hit.rule;
  }

  clear(): void {
    this.armed = [];
  }

  /** Rules with the hits that they have left. */
  list(): readonly FaultRule[] {
    return this.armed.map(({ rule, left }) => ({ ...rule, count: left }));
  }
}

function matches(pattern: string, value: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(value);
}
