import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { POLICY_PACK } from "../../../lab/cli/policies";
import program = require("../../../stacks/tenant/index");
import { stackText } from "../lab-harness";
import type { ConsumerWorld } from "./world";

/** The stack itself, and the provider by which it reads another's outputs. */
const OF_THE_ENGINE = ["pulumi:pulumi:Stack", "pulumi:providers:pulumi", "pulumi:pulumi:StackReference"];

/** What one run made, changed and deleted, without what stayed. */
export type Changes = Readonly<Record<string, number>>;

/** The tenants' stack on the lab. */
export class TenantStack {
  private constructor(readonly stack: Stack) {}

  static async open(world: ConsumerWorld, name: string, stackFile: string): Promise<TenantStack> {
    return new TenantStack(await world.open({ project: "tenant", stack: name, stackFile, program }));
  }

  /** Changes some settings of the stack file; undefined removes. */
  change(...changes: Parameters<typeof stackText>[1]): void {
    const file = join(this.stack.workspace.workDir, `Pulumi.${this.stack.name}.yaml`);
    writeFileSync(file, stackText(readFileSync(file, "utf8"), changes));
  }

  async up(): Promise<Changes> {
    return changesOf((await this.stack.up()).summary.resourceChanges);
  }

  /** A preview with the policy pack; rejects with what it refuses. */
  async preview(): Promise<Changes> {
    return changesOf((await this.stack.preview({ policyPacks: [POLICY_PACK] })).changeSummary);
  }

  async destroy(): Promise<Changes> {
    return changesOf((await this.stack.destroy()).summary.resourceChanges);
  }

  /** What a run that fails says in errors, each once, and what it would have left in the state. */
  async refusal(run: "up" | "preview"): Promise<{ readonly errors: readonly string[]; readonly made: readonly string[] }> {
    const events: EngineEvent[] = [];
    const onEvent = (event: EngineEvent): number => events.push(event);
    const failed = await (run === "up" ? this.stack.up({ onEvent }) : this.stack.preview({ onEvent })).then(
      () => false,
      () => true,
    );
    if (!failed) throw new Error(`${run} went through`);
    const said = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? [diagnosticEvent.message.trim()] : []));
    const made = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent === undefined ? [] : [resourcePreEvent.metadata.type]));
    return { errors: [...new Set(said)], made: made.filter((type) => !OF_THE_ENGINE.includes(type)) };
  }
}

function changesOf(summary: Readonly<Record<string, number>> | undefined): Changes {
  const { same: _same, read: _read, ...changes } = summary ?? {};
  return changes;
}
