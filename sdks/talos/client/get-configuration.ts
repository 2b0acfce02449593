// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["clientConfiguration", "clusterName", "endpoints", "nodes"];

/** Makes a talosconfig. Pure: no network. */
export function getConfiguration(args: GetConfigurationArgs, opts?: pulumi.InvokeOptions): Promise<GetConfigurationResult> {
  return pulumi.runtime.invoke(
    "talos:client/getConfiguration:getConfiguration",
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
      "talos:client/getConfiguration:getConfiguration",
      utilities.invokeArguments(args, argumentNames),
      utilities.invokeOptions(opts),
    ),
  );
}

/** Arguments of `getConfiguration`. */
export interface GetConfigurationArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: inputs.client.GetConfigurationClientConfiguration;
  /** Name of the cluster. */
  clusterName: string;
  /** Addresses of Talos APIs to dial. */
  endpoints?: string[];
  /** Addresses of the nodes that commands act on by default. */
  nodes?: string[];
}

/** Arguments of `getConfigurationOutput`. */
export interface GetConfigurationOutputArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: pulumi.Input<inputs.client.GetConfigurationClientConfigurationArgs>;
  /** Name of the cluster. */
  clusterName: pulumi.Input<string>;
  /** Addresses of Talos APIs to dial. */
  endpoints?: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses of the nodes that commands act on by default. */
  nodes?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Result of `getConfiguration`. */
export interface GetConfigurationResult {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  readonly clientConfiguration: outputs.client.GetConfigurationClientConfiguration;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Addresses of Talos APIs to dial. */
  readonly endpoints?: string[];
  /** Id of the result. */
  readonly id: string;
  /** Addresses of the nodes that commands act on by default. */
  readonly nodes?: string[];
  /** The talosconfig, YAML. */
  readonly talosConfig: string;
}
