// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["exactFilters", "filters", "talosVersion"];

/** Lists the system extensions that the Image Factory has for a version of Talos. Calls the factory. */
export function getExtensionsVersions(args: GetExtensionsVersionsArgs, opts?: pulumi.InvokeOptions): Promise<GetExtensionsVersionsResult> {
  return pulumi.runtime.invoke(
    "talos:imageFactory/getExtensionsVersions:getExtensionsVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getExtensionsVersions` for arguments that are not known yet. */
export function getExtensionsVersionsOutput(
  args: GetExtensionsVersionsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetExtensionsVersionsResult> {
  return pulumi.runtime.invokeOutput<GetExtensionsVersionsResult>(
    "talos:imageFactory/getExtensionsVersions:getExtensionsVersions",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** Arguments of `getExtensionsVersions`. */
export interface GetExtensionsVersionsArgs {
  /** Keep only what has exactly these names. */
  exactFilters?: inputs.imagefactory.GetExtensionsVersionsExactFilters;
  /** Keep only what these filters match. */
  filters?: inputs.imagefactory.GetExtensionsVersionsFilters;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: string;
}

/** Arguments of `getExtensionsVersionsOutput`. */
export interface GetExtensionsVersionsOutputArgs {
  /** Keep only what has exactly these names. */
  exactFilters?: pulumi.Input<inputs.imagefactory.GetExtensionsVersionsExactFiltersArgs>;
  /** Keep only what these filters match. */
  filters?: pulumi.Input<inputs.imagefactory.GetExtensionsVersionsFiltersArgs>;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: pulumi.Input<string>;
}

/** Result of `getExtensionsVersions`. */
export interface GetExtensionsVersionsResult {
  /** Keep only what has exactly these names. */
  readonly exactFilters?: outputs.imagefactory.GetExtensionsVersionsExactFilters;
  /** The extensions found. */
  readonly extensionsInfos: outputs.imagefactory.GetExtensionsVersionsExtensionsInfo[];
  /** Keep only what these filters match. */
  readonly filters?: outputs.imagefactory.GetExtensionsVersionsFilters;
  /** Id of the result. */
  readonly id: string;
  /** Version of Talos, such as `v1.13.7`. */
  readonly talosVersion: string;
}
