// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import * as utilities from "../utilities";

const shape: utilities.ResourceShape = {
  inputs: ["schematic"],
  required: [],
  outputs: ["schematic"],
  secrets: [],
};

/** Registers a schematic with the Image Factory. Its id is the hash of its content; deleting it does nothing. */
export class Schematic extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "talos:imageFactory/schematic:Schematic";

  /** The existing resource with this id, with what is known of its state. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: SchematicState, opts?: pulumi.CustomResourceOptions): Schematic {
    return new Schematic(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is Schematic {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === Schematic.__pulumiType;
  }

  /** The schematic, YAML. Default: the empty schematic. */
  declare readonly schematic: pulumi.Output<string | undefined>;

  constructor(name: string, args?: SchematicArgs, opts?: pulumi.CustomResourceOptions);
  /** A resource that exists already: use `Schematic.get`. */
  constructor(name: string, state: SchematicState | undefined, opts: utilities.ExistingResourceOptions);
  constructor(name: string, argsOrState?: SchematicArgs | SchematicState, opts?: pulumi.CustomResourceOptions) {
    super(Schematic.__pulumiType, name, utilities.resourceInputs(argsOrState, opts, shape), utilities.resourceOptions(opts, []));
  }
}

/** What is known of an existing Schematic. */
export interface SchematicState {
  /** The schematic, YAML. Default: the empty schematic. */
  schematic?: pulumi.Input<string>;
}

/** What a Schematic is made from. */
export interface SchematicArgs {
  /** The schematic, YAML. Default: the empty schematic. */
  schematic?: pulumi.Input<string>;
}
