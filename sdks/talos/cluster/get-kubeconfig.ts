// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["clientConfiguration", "endpoint", "node", "timeouts", "wait"];

/** Fetches an admin kubeconfig. Calls a node, also in a preview; the resource `Kubeconfig` does not. */
export function getKubeconfig(args: GetKubeconfigArgs, opts?: pulumi.InvokeOptions): Promise<GetKubeconfigResult> {
  return pulumi.runtime.invoke(
    "talos:cluster/getKubeconfig:getKubeconfig",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getKubeconfig` for arguments that are not known yet. The whole result is secret. */
export function getKubeconfigOutput(args: GetKubeconfigOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetKubeconfigResult> {
  return pulumi.secret(
    pulumi.runtime.invokeOutput<GetKubeconfigResult>(
      "talos:cluster/getKubeconfig:getKubeconfig",
      utilities.invokeArguments(args, argumentNames),
      utilities.invokeOptions(opts),
    ),
  );
}

/** Arguments of `getKubeconfig`. */
export interface GetKubeconfigArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: inputs.cluster.GetKubeconfigClientConfiguration;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: string;
  /** Address of the node to act on. */
  node: string;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: inputs.cluster.GetKubeconfigTimeouts;
  /** Wait until the Kubernetes API answers. Default: false. */
  wait?: boolean;
}

/** Arguments of `getKubeconfigOutput`. */
export interface GetKubeconfigOutputArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: pulumi.Input<inputs.cluster.GetKubeconfigClientConfigurationArgs>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.cluster.GetKubeconfigTimeoutsArgs>;
  /** Wait until the Kubernetes API answers. Default: false. */
  wait?: pulumi.Input<boolean>;
}

/** Result of `getKubeconfig`. */
export interface GetKubeconfigResult {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  readonly clientConfiguration: outputs.cluster.GetKubeconfigClientConfiguration;
  /** Address that is dialled to reach the node. Default: the node itself. */
  readonly endpoint: string;
  /** Id of the result. */
  readonly id: string;
  /** The admin kubeconfig, YAML. */
  readonly kubeconfigRaw: string;
  /** The parts of the kubeconfig. */
  readonly kubernetesClientConfiguration: outputs.cluster.GetKubeconfigKubernetesClientConfiguration;
  /** Address of the node to act on. */
  readonly node: string;
  /** How long operations may take, as Go durations such as `10m`. */
  readonly timeouts?: outputs.cluster.GetKubeconfigTimeouts;
  /** Wait until the Kubernetes API answers. Default: false. */
  readonly wait?: boolean;
}
