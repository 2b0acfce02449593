import type { StackFileOptions } from "../../../config/stack-file";
import type { Patch } from "../stack-text";

/** A stack file that a rule refuses, as a change of Pulumi.full.yaml. */
export interface Refused extends Patch {
  /** What is wrong. */
  readonly name: string;
  /** Path of the problem. */
  readonly at: string;
  /** Other rules that must refuse it too, since the mistake breaks them as well. */
  readonly also?: readonly string[];
  readonly options?: Pick<StackFileOptions, "secrets">;
  /** Read as Pulumi's config with these texts for secrets, by path, rather than as a file. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The twin that is just valid. */
export interface Accepted extends Patch {
  readonly name: string;
  readonly options?: Pick<StackFileOptions, "secrets">;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The cases of one rule. */
export interface RuleCases {
  readonly rule: string;
  readonly refused: readonly Refused[];
  readonly accepted: readonly Accepted[];
}
