// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = [
  "clusterEndpoint",
  "clusterName",
  "configPatches",
  "docs",
  "examples",
  "kubernetesVersion",
  "machineSecrets",
  "machineType",
  "talosVersion",
];

/** Makes the machine configuration of one type of node and merges the patches into it. Pure: no network. */
export function getConfiguration(args: GetConfigurationArgs, opts?: pulumi.InvokeOptions): Promise<GetConfigurationResult> {
  return pulumi.runtime.invoke(
    "talos:machine/getConfiguration:getConfiguration",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getConfiguration` for arguments that are not known yet. The whole result is secret. */
export function getConfigurationOutput(
  args: GetConfigurationOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetConfigurationResult> {
  return pulumi.secret(
    pulumi.runtime.invokeOutput<GetConfigurationResult>(
      "talos:machine/getConfiguration:getConfiguration",
      utilities.invokeArguments(args, argumentNames),
      utilities.invokeOptions(opts),
    ),
  );
}

/** Arguments of `getConfiguration`. */
export interface GetConfigurationArgs {
  /** URL of the Kubernetes API, such as `https://10.0.0.10:6443`. */
  clusterEndpoint: string;
  /** Name of the cluster. */
  clusterName: string;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  configPatches?: string[];
  /** Write documentation as comments into the configuration. Default: false. */
  docs?: boolean;
  /** Write examples as comments into the configuration. Default: false. */
  examples?: boolean;
  /** Version of Kubernetes without a leading v. Default: what this provider was built with. */
  kubernetesVersion?: string;
  /** Every secret of the cluster. */
  machineSecrets: inputs.machine.MachineSecrets;
  /** `controlplane` or `worker`. */
  machineType: string;
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  talosVersion?: string;
}

/** Arguments of `getConfigurationOutput`. */
export interface GetConfigurationOutputArgs {
  /** URL of the Kubernetes API, such as `https://10.0.0.10:6443`. */
  clusterEndpoint: pulumi.Input<string>;
  /** Name of the cluster. */
  clusterName: pulumi.Input<string>;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  configPatches?: pulumi.Input<pulumi.Input<string>[]>;
  /** Write documentation as comments into the configuration. Default: false. */
  docs?: pulumi.Input<boolean>;
  /** Write examples as comments into the configuration. Default: false. */
  examples?: pulumi.Input<boolean>;
  /** Version of Kubernetes without a leading v. Default: what this provider was built with. */
  kubernetesVersion?: pulumi.Input<string>;
  /** Every secret of the cluster. */
  machineSecrets: pulumi.Input<inputs.machine.MachineSecretsArgs>;
  /** `controlplane` or `worker`. */
  machineType: pulumi.Input<string>;
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  talosVersion?: pulumi.Input<string>;
}

/** Result of `getConfiguration`. */
export interface GetConfigurationResult {
  /** URL of the Kubernetes API, such as `https://10.0.0.10:6443`. */
  readonly clusterEndpoint: string;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Patches merged into the configuration in order, each YAML or JSON: strategic merge, typed documents or RFC 6902. */
  readonly configPatches?: string[];
  /** Write documentation as comments into the configuration. Default: false. */
  readonly docs?: boolean;
  /** Write examples as comments into the configuration. Default: false. */
  readonly examples?: boolean;
  /** Id of the result. */
  readonly id: string;
  /** Version of Kubernetes without a leading v. Default: what this provider was built with. */
  readonly kubernetesVersion?: string;
  /** The machine configuration, YAML. */
  readonly machineConfiguration: string;
  /** Every secret of the cluster. */
  readonly machineSecrets: outputs.machine.MachineSecrets;
  /** `controlplane` or `worker`. */
  readonly machineType: string;
  /** Version contract of Talos, such as `v1.13`: decides which features a generated configuration uses. Lowering it on `Secrets` replaces them. */
  readonly talosVersion?: string;
}
