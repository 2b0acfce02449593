import type { Settings } from "../config/settings";
import type { KubeObject } from "../platform/kit/objects";
import { planPlatform } from "../platform/plan";
import { settingsFrom } from "../stacks/load-settings";
import { PROJECT } from "../config/schema";
import type { JudgedStack } from "./engine";
import type { Context } from "./rule";

/** What is known of settings: they themselves, and the objects that Flux will apply. */
export function contextOf(settings: Settings | undefined): Context {
  let objects: readonly KubeObject[] | undefined;
  return {
    ...(settings === undefined ? {} : { settings }),
    tree: () => (objects ??= settings === undefined ? [] : treeOf(settings)),
  };
}

/**
 * What is known of a stack, by the reader that its program uses. Stacks of other projects have no settings.
 * @throws SettingsError with every problem of a stack of this project.
 */
export function contextOfStack({ project, stack, config, secretKeys }: JudgedStack): Context {
  return contextOf(project === PROJECT ? settingsFrom({ project, stack, config, secretKeys }) : undefined);
}

function treeOf(settings: Settings): readonly KubeObject[] {
  return planPlatform(settings).flatMap(({ stages }) => stages.flatMap((stage) => stage.objects));
}
