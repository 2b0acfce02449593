import type { TreeFacts } from "./facts";

/** Something that holds for every tree. */
export interface TreeRule {
  readonly id: string;
  /** What holds, as a sentence without a full stop. */
  readonly says: string;
  /** What breaks it, one line each; empty when it holds. */
  violations(facts: TreeFacts): readonly string[];
}
