import type { EngineEvent } from "@pulumi/pulumi/automation";
import { policyLine } from "./policies";

/** What happened to one resource, as a line on the screen. */
export interface ProgressLine {
  readonly phase: string;
  readonly sign: string;
  readonly name: string;
  readonly seconds: number;
}

const SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "±",
  "create-replacement": "+",
  "delete-replaced": "-",
  refresh: "↻",
};

/** What the engine says of the lab's own Kubernetes provider in every run; the report says it once. */
const EXPECTED = /^(<[^>]*>)*(using pulumi-resource-kubernetes from \$PATH|resource plugin kubernetes is expected to have version)/;

/** Turns the engine's events into lines, and counts what changed. Keeps no values: events may hold much. */
export class Progress {
  private readonly started = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly firstAt = new Map<string, number>();
  private readonly lastAt = new Map<string, number>();
  private readonly said = new Set<string>();

  constructor(
    private readonly print: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes one event; prints a line when a resource is done, and what the program or a provider had to say. */
  take(event: EngineEvent): void {
    const pre = event.resourcePreEvent?.metadata;
    if (pre !== undefined) this.started.set(`${pre.op} ${pre.urn}`, this.now());
    const done = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (done !== undefined) this.finish(done.op, done.urn, event.resOpFailedEvent === undefined ? "" : "  FAILED");
    this.hear(event);
  }

  /** Prints what the program, a provider or the policy pack has to say, and nothing of resources. */
  hear(event: EngineEvent): void {
    const policy = policyLine(event);
    if (policy !== undefined) this.say(policy);
    const word = event.diagnosticEvent;
    if (word !== undefined && ["warning", "error", "info#err"].includes(word.severity) && !EXPECTED.test(word.message))
      this.say(plain(word.message));
  }

  /** Once: an inline program's error comes from the SDK and from the engine. */
  private say(text: string): void {
    if (this.said.has(text)) return;
    this.said.add(text);
    this.print(text);
  }

  /** Changes so far by operation, without `same`. */
  get changes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  /** Seconds from the first to the last thing done in each phase, in order of appearance. */
  get phases(): readonly { readonly phase: string; readonly seconds: number }[] {
    return [...this.firstAt].map(([phase, first]) => ({ phase, seconds: ((this.lastAt.get(phase) ?? first) - first) / 1000 }));
  }

  private finish(op: string, urn: string, note: string): void {
    if (op === "same" || op === "read") return;
    const { phase, name, component } = describe(urn);
    const start = this.started.get(`${op} ${urn}`) ?? this.now();
    this.firstAt.set(phase, Math.min(this.firstAt.get(phase) ?? start, start));
    this.lastAt.set(phase, this.now());
    if (component) return;
    this.counts.set(op, (this.counts.get(op) ?? 0) + 1);
    const seconds = ((this.now() - start) / 1000).toFixed(1);
    this.print(`${phase.padEnd(10)} ${SIGNS[op] ?? op} ${name.padEnd(44)} ${seconds.padStart(6)} s${note}`);
  }
}

const PHASES: Readonly<Record<string, string>> = {
  CloudflareEdge: "edge",
  TalosImages: "images",
  Machines: "machines",
  TalosCluster: "talos",
  Cilium: "network",
  SeedSecrets: "secrets",
  Flux: "flux",
};

function describe(urn: string): { phase: string; name: string; component: boolean } {
  const [, , types = "", ...names] = urn.split("::");
  const chain = types.split("$");
  const phase = chain.map((type) => /^hearth:phase:(\w+)$/.exec(type)?.[1]).find((found) => found !== undefined);
  const last = chain.at(-1) ?? "";
  return {
    phase: phase === undefined ? "stack" : (PHASES[phase] ?? phase),
    name: names.join("::"),
    component: last.startsWith("hearth:phase:") || last.startsWith("pulumi:pulumi:Stack") || last.startsWith("pulumi:providers:"),
  };
}

/** Without the engine's colour marks. */
function plain(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
}
