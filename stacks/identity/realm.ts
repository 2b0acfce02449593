import type * as pulumi from "@pulumi/pulumi";
import type { TreeIds } from "./tree-ids";

/** The realm that everything is made in. */
export interface Realm {
  readonly name: string;
  /** The provider, for every resource. */
  readonly options: Pick<pulumi.CustomResourceOptions, "provider">;
  readonly tree: TreeIds;
}
