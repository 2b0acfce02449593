// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["clientConfiguration", "controlPlaneNodes", "endpoints", "skipKubernetesChecks", "timeouts", "workerNodes"];

/** Waits until the cluster is healthy. Calls every node, also in a preview. */
export function getHealth(args: GetHealthArgs, opts?: pulumi.InvokeOptions): Promise<GetHealthResult> {
  return pulumi.runtime.invoke(
    "talos:cluster/getHealth:getHealth",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getHealth` for arguments that are not known yet. The whole result is secret. */
export function getHealthOutput(args: GetHealthOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetHealthResult> {
  return pulumi.secret(
    pulumi.runtime.invokeOutput<GetHealthResult>(
      "talos:cluster/getHealth:getHealth",
      utilities.invokeArguments(args, argumentNames),
      utilities.invokeOptions(opts),
    ),
  );
}

/** Arguments of `getHealth`. */
export interface GetHealthArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: inputs.cluster.GetHealthClientConfiguration;
  /** Addresses of the control planes. */
  controlPlaneNodes: string[];
  /** Addresses of Talos APIs to dial. */
  endpoints: string[];
  /** Check only what runs before Kubernetes does: etcd, apid, kubelet. Default: false. */
  skipKubernetesChecks?: boolean;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: inputs.cluster.GetHealthTimeouts;
  /** Addresses of the workers. */
  workerNodes?: string[];
}

/** Arguments of `getHealthOutput`. */
export interface GetHealthOutputArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: pulumi.Input<inputs.cluster.GetHealthClientConfigurationArgs>;
  /** Addresses of the control planes. */
  controlPlaneNodes: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses of Talos APIs to dial. */
  endpoints: pulumi.Input<pulumi.Input<string>[]>;
  /** Check only what runs before Kubernetes does: etcd, apid, kubelet. Default: false. */
  skipKubernetesChecks?: pulumi.Input<boolean>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.cluster.GetHealthTimeoutsArgs>;
  /** Addresses of the workers. */
  workerNodes?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Result of `getHealth`. */
export interface GetHealthResult {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  readonly clientConfiguration: outputs.cluster.GetHealthClientConfiguration;
  /** Addresses of the control planes. */
  readonly controlPlaneNodes: string[];
  /** Addresses of Talos APIs to dial. */
  readonly endpoints: string[];
  /** Id of the result. */
  readonly id: string;
  /** Check only what runs before Kubernetes does: etcd, apid, kubelet. Default: false. */
  readonly skipKubernetesChecks?: boolean;
  /** How long operations may take, as Go durations such as `10m`. */
  readonly timeouts?: outputs.cluster.GetHealthTimeouts;
  /** Addresses of the workers. */
  readonly workerNodes?: string[];
}
