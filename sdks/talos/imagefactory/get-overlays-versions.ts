// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["filters", "talosVersion"];

/** Lists the overlays that the Image Factory has for a version of Talos. Calls the factory. */
export function getOverlaysVersions(args: GetOverlaysVersionsArgs, opts?: pulumi.InvokeOptions): Promise<GetOverlaysVersionsResult> {
  return pulumi.runtime.invoke(
    "talos:imageFactory/getOverlaysVersions:getOverlaysVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getOverlaysVersions` for arguments that are not known yet. */
export function getOverlaysVersionsOutput(
  args: GetOverlaysVersionsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetOverlaysVersionsResult> {
  return pulumi.runtime.invokeOutput<GetOverlaysVersionsResult>(
    "talos:imageFactory/getOverlaysVersions:getOverlaysVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** Arguments of `getOverlaysVersions`. */
export interface GetOverlaysVersionsArgs {
  /** Keep only what these filters match. */
  filters?: inputs.imagefactory.GetOverlaysVersionsFilters;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: string;
}

/** Arguments of `getOverlaysVersionsOutput`. */
export interface GetOverlaysVersionsOutputArgs {
  /** Keep only what these filters match. */
  filters?: pulumi.Input<inputs.imagefactory.GetOverlaysVersionsFiltersArgs>;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: pulumi.Input<string>;
}

/** Result of `getOverlaysVersions`. */
export interface GetOverlaysVersionsResult {
  /** Keep only what these filters match. */
  readonly filters?: outputs.imagefactory.GetOverlaysVersionsFilters;
  /** Id of the result. */
  readonly id: string;
  /** The overlays found. */
  readonly overlaysInfos: outputs.imagefactory.GetOverlaysVersionsOverlaysInfo[];
  /** Version of Talos, such as `v1.13.7`. */
  readonly talosVersion: string;
}
