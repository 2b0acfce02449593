import type { KubeClient } from "../client";
import type { KubeObject } from "../objects";

/** What a stand-in may look at and ask for. */
export interface StandInContext {
  readonly client: Pick<KubeClient, "apply" | "delete" | "merge">;
  /** Every object of a collection that the stand-in watches, as last seen. */
  items(path: string): readonly KubeObject[];
}

/**
 * Something that plays the part of an operator whose pods are fake: it writes the status that others wait for, and only
 * when every reference in the object resolves.
 */
export interface StandIn {
  /** Shown in the lab's report. */
  readonly kind: string;
  /** Whose part it plays and why someone waits for it. */
  readonly why: string;
  /** Collections whose changes matter, the object's own first, e.g. `/api/v1/services`. */
  readonly watches: readonly string[];
  /** Looks at every object of the first collection and writes what is due. Called after each change; must be idempotent. */
  reconcile(context: StandInContext): Promise<void>;
}
