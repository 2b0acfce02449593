import { existsSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "../config/messages";
import type { Settings } from "../config/settings";
import { loadStackFile } from "../config/stack-file";
import { appSchemas } from "../platform/app-options";
import { platformProblems } from "../platform/plan";

/** Folder of the stack files that only the lab uses, below the project. */
const LAB_STACKS = "lab/stacks";

/** Path of a stack's file: the project's own, else one of the lab's; the project's own when there is neither. */
export function stackFilePath(stack: string, project: string): string {
  const own = join(project, `Pulumi.${stack}.yaml`);
  const lab = join(project, LAB_STACKS, `Pulumi.${stack}.yaml`);
  return !existsSync(own) && existsSync(lab) ? lab : own;
}

/**
 * The settings of a stack, for commands that only look: secrets may be missing or encrypted.
 * @throws UserError when there is no such file; SettingsError with every problem.
 */
export function stackSettings(stack: string, project: string): Settings {
  const file = stackFilePath(stack, project);
  const { settings, problems } = loadStackFile(file, { secrets: "optional", apps: appSchemas, further: platformProblems });
  if (settings === undefined) throw new SettingsError(problems, file);
  return settings;
}
