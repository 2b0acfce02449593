// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["filters"];

/** Lists the versions of Talos that the Image Factory knows. Calls the factory. */
export function getVersions(args: GetVersionsArgs = {}, opts?: pulumi.InvokeOptions): Promise<GetVersionsResult> {
  return pulumi.runtime.invoke(
    "talos:imageFactory/getVersions:getVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getVersions` for arguments that are not known yet. */
export function getVersionsOutput(args: GetVersionsOutputArgs = {}, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetVersionsResult> {
  return pulumi.runtime.invokeOutput<GetVersionsResult>(
    "talos:imageFactory/getVersions:getVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** Arguments of `getVersions`. */
export interface GetVersionsArgs {
  /** Keep only what these filters match. */
  filters?: inputs.imagefactory.GetVersionsFilters;
}

/** Arguments of `getVersionsOutput`. */
export interface GetVersionsOutputArgs {
  /** Keep only what these filters match. */
  filters?: pulumi.Input<inputs.imagefactory.GetVersionsFiltersArgs>;
}

/** Result of `getVersions`. */
export interface GetVersionsResult {
  /** Keep only what these filters match. */
  readonly filters?: outputs.imagefactory.GetVersionsFilters;
  /** Id of the result. */
  readonly id: string;
  /** The versions found. */
  readonly talosVersions: string[];
}
