// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const argumentNames = ["architecture", "platform", "sbc", "schematicId", "talosVersion"];

/** Builds the Image Factory's URLs of a schematic. Calls the factory, also in a preview. */
export function getUrls(args: GetUrlsArgs, opts?: pulumi.InvokeOptions): Promise<GetUrlsResult> {
  return pulumi.runtime.invoke(
    "talos:imageFactory/getUrls:getUrls",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** `getUrls` for arguments that are not known yet. */
export function getUrlsOutput(args: GetUrlsOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetUrlsResult> {
  return pulumi.runtime.invokeOutput<GetUrlsResult>(
    "talos:imageFactory/getUrls:getUrls",
    utilities.invokeArguments(args, argumentNames),
    utilities.invokeOptions(opts),
  );
}

/** Arguments of `getUrls`. */
export interface GetUrlsArgs {
  /** `amd64` or `arm64`. Default: `amd64`. */
  architecture?: string;
  /** Platform that the image is for, such as `nocloud`. */
  platform?: string;
  /** Single-board computer that the image is for, instead of a platform. */
  sbc?: string;
  /** Id of the schematic, hex. */
  schematicId: string;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: string;
}

/** Arguments of `getUrlsOutput`. */
export interface GetUrlsOutputArgs {
  /** `amd64` or `arm64`. Default: `amd64`. */
  architecture?: pulumi.Input<string>;
  /** Platform that the image is for, such as `nocloud`. */
  platform?: pulumi.Input<string>;
  /** Single-board computer that the image is for, instead of a platform. */
  sbc?: pulumi.Input<string>;
  /** Id of the schematic, hex. */
  schematicId: pulumi.Input<string>;
  /** Version of Talos, such as `v1.13.7`. */
  talosVersion: pulumi.Input<string>;
}

/** Result of `getUrls`. */
export interface GetUrlsResult {
  /** `amd64` or `arm64`. Default: `amd64`. */
  readonly architecture: string;
  /** Id of the result. */
  readonly id: string;
  /** Platform that the image is for, such as `nocloud`. */
  readonly platform?: string;
  /** Single-board computer that the image is for, instead of a platform. */
  readonly sbc?: string;
  /** Id of the schematic, hex. */
  readonly schematicId: string;
  /** Version of Talos, such as `v1.13.7`. */
  readonly talosVersion: string;
  /** The URLs of every form of the image. */
  readonly urls: outputs.imagefactory.GetUrlsUrls;
}
