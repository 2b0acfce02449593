// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const shape: utilities.ResourceShape = {
  inputs: [
    "applyMode",
    "clientConfiguration",
    "clientConfigurationWo",
    "configPatches",
    "endpoint",
    "machineConfigurationInput",
    "machineConfigurationInputWo",
    "node",
    "onDestroy",
    "timeouts",
  ],
  required: ["node"],
  outputs: [
    "applyMode",
    "clientConfiguration",
    "clientConfigurationWo",
    "configPatches",
    "endpoint",
    "machineConfiguration",
    "machineConfigurationHash",
    "machineConfigurationInput",
    "machineConfigurationInputWo",
    "node",
    "onDestroy",
    "resolvedApplyMode",
    "timeouts",
  ],
  secrets: [
    "clientConfiguration",
    "clientConfigurationWo",
    "machineConfiguration",
    "machineConfigurationInput",
    "machineConfigurationInputWo",
  ],
};

/** Applies a machine configuration to one node. Creation ends when the node took the configuration, not when it has rebooted; reading never calls the node. */
export class ConfigurationApply extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "talos:machine/configurationApply:ConfigurationApply";

  /** The existing resource with this id, with what is known of its state. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ConfigurationApplyState,
    opts?: pulumi.CustomResourceOptions,
  ): ConfigurationApply {
    return new ConfigurationApply(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is ConfigurationApply {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === ConfigurationApply.__pulumiType;
  }

  /** How the node takes the configuration: `auto`, `reboot`, `no_reboot`, `staged` or `staged_if_needing_reboot`. Default: `auto`. */
  declare readonly applyMode: pulumi.Output<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  declare readonly clientConfiguration: pulumi.Output<outputs.machine.ClientConfiguration | undefined>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  declare readonly clientConfigurationWo: pulumi.Output<outputs.machine.ConfigurationApplyClientConfigurationWo | undefined>;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  declare readonly configPatches: pulumi.Output<string[] | undefined>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  declare readonly endpoint: pulumi.Output<string>;
  /** The machine configuration, YAML. */
  declare readonly machineConfiguration: pulumi.Output<string>;
  /** Hash of the applied machine configuration; plain, so that a change shows in a diff. */
  declare readonly machineConfigurationHash: pulumi.Output<string>;
  /** Machine configuration to apply, before `configPatches`. */
  declare readonly machineConfigurationInput: pulumi.Output<string | undefined>;
  /** Write-only form of `machineConfigurationInput`: never kept in the state. */
  declare readonly machineConfigurationInputWo: pulumi.Output<string | undefined>;
  /** Address of the node to act on. */
  declare readonly node: pulumi.Output<string>;
  /** What happens to the node when the resource is deleted. Default: nothing. */
  declare readonly onDestroy: pulumi.Output<outputs.machine.ConfigurationApplyOnDestroy | undefined>;
  /** The mode that was used. */
  declare readonly resolvedApplyMode: pulumi.Output<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  declare readonly timeouts: pulumi.Output<outputs.machine.Timeout | undefined>;

  constructor(name: string, args: ConfigurationApplyArgs, opts?: pulumi.CustomResourceOptions);
  /** A resource that exists already: use `ConfigurationApply.get`. */
  constructor(name: string, state: ConfigurationApplyState | undefined, opts: utilities.ExistingResourceOptions);
  constructor(name: string, argsOrState?: ConfigurationApplyArgs | ConfigurationApplyState, opts?: pulumi.CustomResourceOptions) {
    super(
      ConfigurationApply.__pulumiType,
      name,
      utilities.resourceInputs(argsOrState, opts, shape),
      utilities.resourceOptions(opts, [
        "clientConfiguration",
        "clientConfigurationWo",
        "machineConfiguration",
        "machineConfigurationInput",
        "machineConfigurationInputWo",
      ]),
    );
  }
}

/** What is known of an existing ConfigurationApply. */
export interface ConfigurationApplyState {
  /** How the node takes the configuration: `auto`, `reboot`, `no_reboot`, `staged` or `staged_if_needing_reboot`. Default: `auto`. */
  applyMode?: pulumi.Input<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.machine.ClientConfiguration>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  clientConfigurationWo?: pulumi.Input<inputs.machine.ConfigurationApplyClientConfigurationWo>;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  configPatches?: pulumi.Input<pulumi.Input<string>[]>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** The machine configuration, YAML. */
  machineConfiguration?: pulumi.Input<string>;
  /** Hash of the applied machine configuration; plain, so that a change shows in a diff. */
  machineConfigurationHash?: pulumi.Input<string>;
  /** Machine configuration to apply, before `configPatches`. */
  machineConfigurationInput?: pulumi.Input<string>;
  /** Write-only form of `machineConfigurationInput`: never kept in the state. */
  machineConfigurationInputWo?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node?: pulumi.Input<string>;
  /** What happens to the node when the resource is deleted. Default: nothing. */
  onDestroy?: pulumi.Input<inputs.machine.ConfigurationApplyOnDestroy>;
  /** The mode that was used. */
  resolvedApplyMode?: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.machine.Timeout>;
}

/** What a ConfigurationApply is made from. */
export interface ConfigurationApplyArgs {
  /** How the node takes the configuration: `auto`, `reboot`, `no_reboot`, `staged` or `staged_if_needing_reboot`. Default: `auto`. */
  applyMode?: pulumi.Input<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.machine.ClientConfiguration>;
  /** Write-only form of `clientConfiguration`: never kept in the state. */
  clientConfigurationWo?: pulumi.Input<inputs.machine.ConfigurationApplyClientConfigurationWo>;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  configPatches?: pulumi.Input<pulumi.Input<string>[]>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Machine configuration to apply, before `configPatches`. */
  machineConfigurationInput?: pulumi.Input<string>;
  /** Write-only form of `machineConfigurationInput`: never kept in the state. */
  machineConfigurationInputWo?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node: pulumi.Input<string>;
  /** What happens to the node when the resource is deleted. Default: nothing. */
  onDestroy?: pulumi.Input<inputs.machine.ConfigurationApplyOnDestroy>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.machine.Timeout>;
}
