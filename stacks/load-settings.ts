import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { rawFromPulumiConfig, resolveSettings, type Settings, SettingsError } from "../config";
import { appSchemas } from "../platform/app-options";
import { platformProblems } from "../platform/plan";

/**
 * The settings of the running stack, read through Pulumi, every secret wrapped. Commands check the stack file before the
 * engine starts; this is the same check once more, for whoever runs `pulumi` alone.
 * @throws SettingsError with every problem there is.
 */
export function loadSettings(): Settings {
  const stack = pulumi.getStack();
  const config = runtime.allConfig();
  const raw = rawFromPulumiConfig(config, Object.keys(config).filter(isSecret), pulumi.getProject());
  const { settings, problems } = resolveSettings(raw, { stack, secrets: "required", apps: appSchemas, further: platformProblems });
  if (settings === undefined) throw new SettingsError(problems, `the configuration of stack ${stack}`);
  return settings;
}

/** Which keys hold a secret: the SDK knows, and leaves it out of its types. */
function isSecret(key: string): boolean {
  return (runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
