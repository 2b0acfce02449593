import * as pulumi from "@pulumi/pulumi";

/** Base of every phase: its type token is `hearth:phase:<Name>`, and children name themselves after what they make. */
export abstract class Phase extends pulumi.ComponentResource {
  protected constructor(type: string, name: string, options: pulumi.ComponentResourceOptions) {
    super(`hearth:phase:${type}`, name, {}, options);
  }

  /** Options of a child of this phase. */
  protected child<T extends pulumi.CustomResourceOptions>(options?: T): T & { parent: pulumi.Resource } {
    return { ...(options ?? ({} as T)), parent: this }; // an absent option set is an empty one
  }
}
