import { join } from "node:path";
import { stackSettings } from "../../../cli/stack-settings";
import type { Settings } from "../../../config/settings";
import { APPS } from "../../../platform/apps";
import { platformProblems } from "../../../platform/plan";

const PROJECT = join(__dirname, "../../..");

const loaded = new Map<string, Settings>();

/** The settings of one of the project's stack files. */
export function stack(name: string): Settings {
  const settings = loaded.get(name) ?? stackSettings(name, PROJECT);
  loaded.set(name, settings);
  return settings;
}

/** The one app that the stack with every app leaves out: it does what external-dns-unifi does. */
export const LEFT_OUT = "k8s-gateway";

/** Names of the apps that a stack file may name. */
export const CHOSEN: readonly string[] = APPS.filter(
  ({ presence, name }) => presence === "chosen" && (name === LEFT_OUT || name in stack("all").platform),
).map(({ name }) => name);

/** The stack with every app, with only these of them and whatever they need; an app that cannot be beside the others is left out. */
export function withApps(names: readonly string[]): Settings {
  const all = stack("all");
  const optionsOf = (name: string): Readonly<Record<string, unknown>> => all.platform[name] ?? {};
  let wanted = [...new Set(names)];
  for (let round = 0; round < 20; round++) {
    const settings = { ...all, platform: Object.fromEntries(wanted.map((name) => [name, optionsOf(name)])) };
    const problems = platformProblems(settings);
    if (problems.length === 0) return settings;
    const needs = problems.filter(({ rule }) => rule === "platform.needs").flatMap(({ related = [] }) => related.slice(0, 1).map(appOf));
    const refused = problems.filter(({ rule }) => rule !== "platform.needs").map(({ path }) => appOf(path));
    wanted = [...new Set([...wanted, ...needs])].filter((name) => !refused.includes(name));
  }
  throw new Error(`no selection around ${names.join(", ")} holds together`);
}

/** The app that a problem's path is about. */
function appOf(path: string): string {
  return /^platform\.([a-z0-9-]+)/.exec(path)?.[1] ?? /^platform\["([^"]+)"\]/.exec(path)?.[1] ?? "";
}
