// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["clientConfiguration", "endpoint", "node", "selector", "timeouts"];

/** Lists the disks of a node. Calls the node, so it is not for the plan path. */
export function getDisks(args: GetDisksArgs, opts?: pulumi.InvokeOptions): Promise<GetDisksResult> {
  return pulumi.runtime.invoke(
    "talos:machine/getDisks:getDisks",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getDisks` for arguments that are not known yet. The whole result is secret. */
export function getDisksOutput(args: GetDisksOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetDisksResult> {
  return pulumi.secret(
    pulumi.runtime.invokeOutput<GetDisksResult>(
      "talos:machine/getDisks:getDisks",
      utilities.invokeArguments(args, argumentNames),
      utilities.invokeOptions(opts),
    ),
  );
}

/** Arguments of `getDisks`. */
export interface GetDisksArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: inputs.machine.GetDisksClientConfiguration;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: string;
  /** Address of the node to act on. */
  node: string;
  /** CEL expression that picks disks, such as `disk.size > 6u * GB`. */
  selector?: string;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: inputs.machine.GetDisksTimeouts;
}

/** Arguments of `getDisksOutput`. */
export interface GetDisksOutputArgs {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: pulumi.Input<inputs.machine.GetDisksClientConfigurationArgs>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node: pulumi.Input<string>;
  /** CEL expression that picks disks, such as `disk.size > 6u * GB`. */
  selector?: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.machine.GetDisksTimeoutsArgs>;
}

/** Result of `getDisks`. */
export interface GetDisksResult {
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  readonly clientConfiguration: outputs.machine.GetDisksClientConfiguration;
  /** The disks that the selector picks. */
  readonly disks: outputs.machine.GetDisksDisk[];
  /** Address that is dialled to reach the node. Default: the node itself. */
  readonly endpoint: string;
  /** Id of the result. */
  readonly id: string;
  /** Address of the node to act on. */
  readonly node: string;
  /** CEL expression that picks disks, such as `disk.size > 6u * GB`. */
  readonly selector?: string;
  /** How long operations may take, as Go durations such as `10m`. */
  readonly timeouts?: outputs.machine.GetDisksTimeouts;
}
