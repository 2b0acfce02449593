// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const shape: utilities.ResourceShape = {
  inputs: ["talosVersion"],
  required: [],
  outputs: ["clientConfiguration", "machineSecrets", "talosVersion"],
  secrets: ["clientConfiguration", "machineSecrets"],
};

/** Makes the secrets of a Talos cluster (certificate authorities, tokens, keys) and an admin client certificate. Local: no node is called. Deleting it loses them for good. */
export class Secrets extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "talos:machine/secrets:Secrets";

  /** The existing resource with this id, with what is known of its state. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: SecretsState, opts?: pulumi.CustomResourceOptions): Secrets {
    return new Secrets(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is Secrets {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === Secrets.__pulumiType;
  }

  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  declare readonly clientConfiguration: pulumi.Output<outputs.machine.ClientConfiguration>;
  /** Every secret of the cluster. */
  declare readonly machineSecrets: pulumi.Output<outputs.machine.MachineSecrets>;
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  declare readonly talosVersion: pulumi.Output<string>;

  constructor(name: string, args?: SecretsArgs, opts?: pulumi.CustomResourceOptions);
  /** A resource that exists already: use `Secrets.get`. */
  constructor(name: string, state: SecretsState | undefined, opts: utilities.ExistingResourceOptions);
  constructor(name: string, argsOrState?: SecretsArgs | SecretsState, opts?: pulumi.CustomResourceOptions) {
    super(
      Secrets.__pulumiType,
      name,
      utilities.resourceInputs(argsOrState, opts, shape),
      utilities.resourceOptions(opts, ["clientConfiguration", "machineSecrets"]),
    );
  }
}

/** What is known of an existing Secrets. */
export interface SecretsState {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.machine.ClientConfiguration>;
  /** Every secret of the cluster. */
  machineSecrets?: pulumi.Input<inputs.machine.MachineSecretsArgs>;
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  talosVersion?: pulumi.Input<string>;
}

/** What a Secrets is made from. */
export interface SecretsArgs {
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  talosVersion?: pulumi.Input<string>;
}
