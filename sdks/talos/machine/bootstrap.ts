// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const shape: utilities.ResourceShape = {
  inputs: ["clientConfiguration", "clientConfigurationWo", "endpoint", "node", "timeouts"],
  required: ["node"],
  outputs: ["clientConfiguration", "clientConfigurationWo", "endpoint", "node", "timeouts"],
  secrets: ["clientConfiguration", "clientConfigurationWo"],
};

/** Starts etcd on one control plane, once in the life of a cluster. Reading, updating and deleting call nothing. */
export class Bootstrap extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "talos:machine/bootstrap:Bootstrap";

  /** The existing resource with this id, with what is known of its state. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: BootstrapState, opts?: pulumi.CustomResourceOptions): Bootstrap {
    return new Bootstrap(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is Bootstrap {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === Bootstrap.__pulumiType;
  }

  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  declare readonly clientConfiguration: pulumi.Output<outputs.machine.ClientConfiguration | undefined>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  declare readonly clientConfigurationWo: pulumi.Output<outputs.machine.BootstrapClientConfigurationWo | undefined>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  declare readonly endpoint: pulumi.Output<string>;
  /** Address of the node to act on. */
  declare readonly node: pulumi.Output<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  declare readonly timeouts: pulumi.Output<outputs.machine.BootstrapTimeouts | undefined>;

  constructor(name: string, args: BootstrapArgs, opts?: pulumi.CustomResourceOptions);
  /** A resource that exists already: use `Bootstrap.get`. */
  constructor(name: string, state: BootstrapState | undefined, opts: utilities.ExistingResourceOptions);
  constructor(name: string, argsOrState?: BootstrapArgs | BootstrapState, opts?: pulumi.CustomResourceOptions) {
    super(
      Bootstrap.__pulumiType,
      name,
      utilities.resourceInputs(argsOrState, opts, shape),
      utilities.resourceOptions(opts, ["clientConfiguration", "clientConfigurationWo"]),
    );
  }
}

/** What is known of an existing Bootstrap. */
export interface BootstrapState {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.machine.ClientConfiguration>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  clientConfigurationWo?: pulumi.Input<inputs.machine.BootstrapClientConfigurationWo>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node?: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.machine.BootstrapTimeouts>;
}

/** What a Bootstrap is made from. */
export interface BootstrapArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.machine.ClientConfiguration>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  clientConfigurationWo?: pulumi.Input<inputs.machine.BootstrapClientConfigurationWo>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.machine.BootstrapTimeouts>;
}
