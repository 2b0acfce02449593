/** The settings: what a user may say, checked and filled in. Plain data, no Pulumi. */
export { describeSettings } from "./describe";
export { formatProblems, SettingsError } from "./messages";
export type { Problem } from "./problem";
export { rawFromPulumiConfig } from "./pulumi-config";
export { resolveSettings, type Resolved, type ResolveOptions } from "./resolve";
export { ALL_RULES, type AppCheck } from "./rules";
export { secretPaths } from "./secret-fields";
export { SecretValue } from "./secret-value";
export type * from "./settings";
export { NAMED_ADDRESSES } from "./settings";
export { loadStackFile, readStackFile, stackNameOf, settingsFromFile, type StackFile, type StackFileOptions } from "./stack-file";
export { UserError } from "./user-error";
