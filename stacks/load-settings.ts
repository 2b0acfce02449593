import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { rawFromPulumiConfig, resolveSettings, type Settings, SettingsError } from "../config";
import { appSchemas } from "../platform/app-options";
import { platformProblems } from "../platform/plan";

/** A stack's configuration as Pulumi hands it out. */
export interface PulumiConfig {
  readonly project: string;
  readonly stack: string;
  /** Full key -> text, secrets in clear. */
  readonly config: Readonly<Record<string, string>>;
  /** Full keys that hold a secret anywhere. */
  readonly secretKeys: readonly string[];
}

/**
 * The settings of the running stack, read through Pulumi, every secret wrapped. Commands check the stack file before the
 * engine starts; this is the same check once more, for whoever runs `pulumi` alone.
 * @throws SettingsError with every problem there is.
 */
export function loadSettings(): Settings {
  return settingsFrom(runningConfig());
}

/** The configuration of the running stack, secrets in clear: for a reader that wraps them. */
export function runningConfig(): PulumiConfig {
  const config = runtime.allConfig();
  return { project: pulumi.getProject(), stack: pulumi.getStack(), config, secretKeys: Object.keys(config).filter(isSecret) };
}

/** As `loadSettings`, for whom the engine tells of a stack in another way: the policy pack. @throws SettingsError */
export function settingsFrom({ project, stack, config, secretKeys }: PulumiConfig): Settings {
  const raw = rawFromPulumiConfig(config, secretKeys, project);
  const { settings, problems } = resolveSettings(raw, { stack, secrets: "required", apps: appSchemas, further: platformProblems });
  if (settings === undefined) throw new SettingsError(problems, `the configuration of stack ${stack}`);
  return settings;
}

/** Which keys hold a secret: the SDK knows, and leaves it out of its types. */
function isSecret(key: string): boolean {
  return (runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
