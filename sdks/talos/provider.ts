// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import * as utilities from "./utilities";

/** The provider of Talos resources. */
export class Provider extends pulumi.ProviderResource {
  /** @internal */
  static readonly __pulumiType = "talos";

  /** Whether a value is such a provider, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is Provider {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === "pulumi:providers:talos";
  }

  /** Base URL of the Image Factory. Default: `https://factory.talos.dev`. */
  declare readonly imageFactoryUrl: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super(Provider.__pulumiType, name, utilities.invokeArguments(args, ["imageFactoryUrl"]), utilities.resourceOptions(opts, []));
  }
}

/** Configuration of the provider. */
export interface ProviderArgs {
  /** Base URL of the Image Factory. Default: `https://factory.talos.dev`. */
  imageFactoryUrl?: pulumi.Input<string>;
}
