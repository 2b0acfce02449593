/**
 * What a stand-in for a Pulumi provider consists of. The frame (`frame.ts`) speaks the engine's protocol and calls
 * these; an adapter knows neither gRPC nor the wire form of secrets and unknown values.
 */
import { status } from "@grpc/grpc-js";
import type { PropertyTable } from "./property-table";

/** Stands, in inputs and planned outputs, for a value that is not known before the apply. */
export const UNKNOWN: unique symbol = Symbol("unknown until applied");

/** Plain property values: no secret wrappers, no undefined; in previews `UNKNOWN` may take any value's place. */
export type Inputs = Readonly<Record<string, unknown>>;

/** How one property differs, in the engine's words. */
export type ChangeKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** What a change of inputs means for a resource. */
export interface DiffResult {
  readonly changes: boolean;
  /** Top-level inputs whose change cannot be made in place. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: "yes" | "no";
  /** Property path (`config.ingresses[0].service`) to kind of change. */
  readonly detailed: Readonly<Record<string, ChangeKind>>;
}

/** What the frame knows about the call in hand. */
export interface CallContext {
  /** Configuration of the provider instance that was called. */
  readonly config: Inputs;
  /** URN of the resource; empty in functions and configuration. */
  readonly urn: string;
  /** `preview` only in a previewed create, update or invoke: the engine does not say in which phase it checks, diffs or reads. */
  readonly mode: "preview" | "apply";
  /** Custom timeout of the operation, 0 when none was set. */
  readonly timeoutSeconds: number;
  /** Aborted when the engine cancels, the custom timeout passes or the frame closes. */
  readonly signal: AbortSignal;
}

/** One refused input; `property` is a path. */
export interface CheckProblem {
  readonly property: string;
  readonly reason: string;
}

/** A resource type. All methods see plain values. */
export interface ResourceAdapter {
  readonly inputs: PropertyTable;
  /** Adds defaults and says what is wrong beyond the table, which the frame holds before. Called only when the table is met. */
  check?(inputs: Inputs, old: Inputs | undefined, ctx: CallContext): CheckOutcome | Promise<CheckOutcome>;
  /** Compares; `genericDiff` does it for most. */
  diff(id: string, oldInputs: Inputs, oldState: Inputs, newInputs: Inputs, ctx: CallContext): DiffResult | Promise<DiffResult>;
  /** Makes it. Never called in preview. A creation that fails half way throws `PartialFailure`. */
  create(inputs: Inputs, ctx: CallContext): Promise<{ readonly id: string; readonly state: Inputs }>;
  /** Outputs to show in the preview of a creation. Default: the inputs, and every computed output unknown. */
  planned?(inputs: Inputs, ctx: CallContext): Inputs;
  /** What is there now; undefined when it is gone. With empty `state` and `inputs` the engine imports. */
  read?(id: string, state: Inputs, ctx: CallContext): Promise<ReadOutcome | undefined>;
  /** Changes it in place. Absent: every change must be a replacement. */
  update?(id: string, oldState: Inputs, newInputs: Inputs, ctx: CallContext): Promise<{ readonly state: Inputs }>;
  /** Outputs to show in the preview of an update. Default: the old state with the new inputs over it, nothing unknown that the inputs are not. */
  plannedUpdate?(id: string, oldState: Inputs, newInputs: Inputs, ctx: CallContext): Inputs;
  /** Removes it; succeeds when it is gone already. */
  delete(id: string, state: Inputs, ctx: CallContext): Promise<void>;
}

/** Inputs with defaults, or why they are refused. */
export interface CheckOutcome {
  readonly inputs: Inputs;
  readonly failures: readonly CheckProblem[];
}

/** What a read found. `inputs` absent: those that the state has are kept. */
export interface ReadOutcome {
  readonly id: string;
  readonly state: Inputs;
  readonly inputs?: Inputs;
}

/** A data source. */
export interface FunctionAdapter {
  readonly inputs: PropertyTable;
  /** Results that are secret whatever the arguments are. */
  readonly secretOutputs?: readonly string[];
  /** A wrong argument beyond the table is an `AdapterError`. */
  invoke(args: Inputs, ctx: CallContext): Promise<Inputs>;
}

/** One provider. */
export interface ProviderAdapter {
  /** Package name, such as `random`. */
  readonly name: string;
  /** Version of the provider whose behaviour it follows, without a leading v. */
  readonly version: string;
  readonly configInputs: PropertyTable;
  /** Adds defaults and says what is wrong beyond the table. Unknown values may occur. */
  checkConfig?(inputs: Inputs, ctx: CallContext): CheckOutcome | Promise<CheckOutcome>;
  /** Once per provider instance and engine run; a place to call the world when the real provider dials. */
  configure?(config: Inputs, ctx: CallContext): Promise<void>;
  /** By type token, `random:index/randomPassword:RandomPassword`. */
  readonly resources: Readonly<Record<string, ResourceAdapter>>;
  /** By token, `cloudflare:index/getZone:getZone`. */
  readonly functions: Readonly<Record<string, FunctionAdapter>>;
}

/** A failure that the user is meant to read: the engine gets its message and code, never a stack. */
export class AdapterError extends Error {
  constructor(
    message: string,
    /** gRPC status code. */
    readonly code: status = status.UNKNOWN,
  ) {
    super(message);
    this.name = "AdapterError";
  }
}

/** A creation or update that failed after the resource came to exist: the engine keeps what is given here. */
export class PartialFailure extends AdapterError {
  constructor(
    message: string,
    readonly id: string,
    readonly state: Inputs,
  ) {
    super(message);
    this.name = "PartialFailure";
  }
}

/** What the frame tells about every call that reaches it. */
export interface EngineCall {
  readonly provider: string;
  /** Method of the protocol, such as `Create`. */
  readonly method: string;
  /** Type or function token; empty for configuration. */
  readonly type: string;
  readonly urn: string;
  readonly mode: "preview" | "apply";
}

/** Sees engine calls; must not throw. */
export interface CallObserver {
  onCall(call: EngineCall): void;
  /** A call failed. An error that is no `AdapterError` is a bug or an injected fault; only here is its stack to be had. */
  onFailure?(call: EngineCall, error: unknown): void;
}
