/** Drives a stand-in the way the engine does: check, diff, then a preview or the real thing. */
import assert from "node:assert/strict";
import type { CallContext, DiffResult, Inputs, ProviderAdapter, ResourceAdapter } from "../../../lab/providers/adapter";
import { checkAgainst } from "../../../lab/providers/property-table-check";

/** A resource as the engine's state has it. */
export interface Made {
  readonly id: string;
  readonly inputs: Inputs;
  readonly state: Inputs;
}

/** One resource type of a provider, with its configuration. */
export class Driver {
  private readonly resource: ResourceAdapter;

  constructor(
    provider: ProviderAdapter,
    token: string,
    private readonly config: Inputs = {},
  ) {
    const resource = provider.resources[token];
    assert.ok(resource, `${provider.name} has no ${token}`);
    this.resource = resource;
  }

  context(mode: "preview" | "apply" = "apply"): CallContext {
    return { config: this.config, urn: "urn:pulumi:test::hearth::t::n", mode, timeoutSeconds: 0, signal: new AbortController().signal };
  }

  /** Problems that a check finds, as `property: reason`. */
  async problems(inputs: Inputs): Promise<readonly string[]> {
    const table = checkAgainst(this.resource.inputs, inputs);
    const outcome = table.length === 0 ? await this.resource.check?.(inputs, undefined, this.context()) : undefined;
    return [...table, ...(outcome?.failures ?? [])].map(({ property, reason }) => `${property}: ${reason}`);
  }

  /** Outputs that the preview of a creation or an update shows; with nothing to change undefined. */
  async preview(inputs: Inputs, made?: Made): Promise<Inputs | undefined> {
    assert.deepEqual(await this.problems(inputs), []);
    if (!made) return this.resource.planned?.(inputs, this.context("preview")) ?? inputs;
    if (!(await this.diff(made, inputs)).changes) return undefined;
    return this.resource.plannedUpdate?.(made.id, made.state, inputs, this.context("preview")) ?? inputs;
  }

  async diff(made: Made, inputs: Inputs): Promise<DiffResult> {
    return this.resource.diff(made.id, made.inputs, made.state, inputs, this.context());
  }

  async create(inputs: Inputs): Promise<Made> {
    assert.deepEqual(await this.problems(inputs), []);
    return { inputs, ...(await this.resource.create(inputs, this.context())) };
  }

  async update(made: Made, inputs: Inputs): Promise<Made> {
    assert.ok(this.resource.update, "no update");
    const { state } = await this.resource.update(made.id, made.state, inputs, this.context());
    return { id: made.id, inputs, state };
  }

  /** What a refresh finds; a resource without a read stays as it is. */
  async refresh(made: Made): Promise<Made | undefined> {
    if (!this.resource.read) return made;
    const found = await this.resource.read(made.id, made.state, this.context());
    return found && { id: found.id, state: found.state, inputs: found.inputs ?? made.inputs };
  }

  delete(made: Made): Promise<void> {
    return this.resource.delete(made.id, made.state, this.context());
  }
}
