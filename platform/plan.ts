import { SettingsError } from "../config/messages";
import { suggestion } from "../config/nearest";
import type { Path } from "../config/path";
import { problem, type Problem } from "../config/problem";
import type { Settings } from "../config/settings";

import { validators } from "./app-options";
import { APPS } from "./apps";
import { baseSecrets, baseNamespaces } from "./base";
import type { App, AppPlan, PodSecurity } from "./kit/app";
import { inOrder } from "./kit/order";
import { missingSecrets, secretSpec, type SecretSpec } from "./kit/secrets";
import { BUILT_IN_NAMESPACES } from "./names";

/** A namespace that Pulumi makes; without a level its labels are somebody else's (flux-operator's). */
export interface NamespaceSpec {
  readonly name: string;
  readonly podSecurity?: PodSecurity;
}

/** Names of the apps that are on: those that are part of every cluster, and those that the settings name. */
export function enabledApps(settings: Pick<Settings, "platform">, apps: readonly App[] = APPS): ReadonlySet<string> {
  return new Set(apps.filter((app) => app.presence === "always" || Object.hasOwn(settings.platform, app.name)).map((app) => app.name));
}

/** Everything that is wrong with `platform` and with the secrets that its apps need. */
export function platformProblems(settings: Settings, apps: readonly App[] = APPS): readonly Problem[] {
  const enabled = enabledApps(settings, apps);
  const known = apps.map((app) => app.name);
  const unknown = Object.keys(settings.platform)
    .filter((name) => !known.includes(name))
    .map((name) => problem("platform.app-known", at(name), "there is no app of this name", suggestion(name, known)));
  const validate = validators(apps);
  const perApp = apps
    .filter((app) => enabled.has(app.name))
    .flatMap((app) => {
      const missing = app.needs
        .filter((other) => !enabled.has(other))
        .map((other) =>
          problem("platform.needs", at(app.name), `${app.name} needs ${other}, which is off`, `add ${other}, or take ${app.name} out`, [
            at(other),
          ]),
        );
      const wrong = validate[app.name]?.(settings.platform[app.name] ?? {}) ?? [];
      return [...missing, ...(wrong.length > 0 ? wrong : secretProblems(app, settings, enabled))];
    });
  return [...unknown, ...perApp];
}

const at = (app: string): Path => ["platform", app];

function secretProblems(app: App, settings: Settings, enabled: ReadonlySet<string>): readonly Problem[] {
  const names = app
    .plan(settings.platform[app.name] ?? {}, settings, enabled)
    .secrets.flatMap((secret) => missingSecrets(secret, settings));
  return [...new Set(names)].map((name) =>
    problem(
      "platform.secrets",
      ["secrets", name],
      `${app.name} needs this secret`,
      `pulumi config set --secret --path 'secrets["${name}"]'`,
      [at(app.name)],
    ),
  );
}

/**
 * The apps that are on, each after what it depends on.
 * @throws SettingsError with every problem of the settings; Error when the catalogue itself has a circle.
 */
export function planPlatform(settings: Settings, apps: readonly App[] = APPS): readonly AppPlan[] {
  const problems = platformProblems(settings, apps);
  if (problems.length > 0) throw new SettingsError(problems, "the platform");
  const enabled = enabledApps(settings, apps);
  return inOrder(apps.filter((app) => enabled.has(app.name)).map((app) => app.plan(settings.platform[app.name] ?? {}, settings, enabled)));
}

/**
 * Every namespace that Pulumi makes, by name; those that Kubernetes makes are left out.
 * @throws Error when two apps want different levels for one namespace.
 */
export function namespacesOf(settings: Settings, apps: readonly App[] = APPS): readonly NamespaceSpec[] {
  const byName = new Map<string, NamespaceSpec>();
  for (const { name, podSecurity } of [...baseNamespaces(settings), ...planPlatform(settings, apps).map((app) => app.namespace)]) {
    if (BUILT_IN_NAMESPACES.includes(name)) continue;
    const known = byName.get(name);
    if (known !== undefined && known.podSecurity !== podSecurity) {
      throw new Error(`namespace ${name} is asked for with the levels ${known.podSecurity ?? "none"} and ${podSecurity ?? "none"}`);
    }
    byName.set(name, { name, podSecurity });
  }
  return [...byName.values()].sort((a, b) => compare(a.name, b.name));
}

/**
 * Every Secret that Pulumi seeds, by namespace and name: those of Flux and the edge, and those that apps ask for.
 * @throws Error when one Secret is asked for twice.
 */
export function secretsOf(settings: Settings, apps: readonly App[] = APPS): readonly SecretSpec[] {
  const specs = [
    ...baseSecrets(settings),
    ...planPlatform(settings, apps).flatMap((app) => app.secrets.map((secret) => secretSpec(secret, app.namespace.name, settings))),
  ].sort((a, b) => compare(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`));
  specs.forEach((spec, index) => {
    const next = specs[index + 1];
    if (next?.namespace === spec.namespace && next.name === spec.name)
      throw new Error(`Secret ${spec.namespace}/${spec.name} has two owners`);
  });
  return specs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
