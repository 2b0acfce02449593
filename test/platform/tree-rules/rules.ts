import { EXPOSURE_RULES } from "./exposure";
import { REFERENCE_RULES } from "./references";
import type { TreeRule } from "./rule";
import { WORKLOAD_RULES } from "./workloads";

/** Every rule that holds for every tree. */
export const TREE_RULES: readonly TreeRule[] = [...EXPOSURE_RULES, ...REFERENCE_RULES, ...WORKLOAD_RULES];
