import { SettingsError } from "../config/messages";
import { suggestion } from "../config/nearest";
import { isRecord, type Path } from "../config/path";
import { problem, type Problem } from "../config/problem";
import type { Settings } from "../config/settings";

import { validators } from "./app-options";
import { APPS } from "./apps";
import { baseSecrets, baseNamespaces } from "./base";
import { platformFacts } from "./facts";
import type { App, AppChart, AppNamespace, DeclaredApp, PodSecurity } from "./kit/app";
import { protectionProblem } from "./kit/exposure";
import { inOrder } from "./kit/order";
import type { Platform, Provided } from "./kit/provider";
import type { AppHost } from "./kit/requests";
import { missingSecrets, secretSpec, type AppSecret, type SecretSpec } from "./kit/secrets";
import { draftStages, linkStages, type Stage } from "./kit/stage";
import { BUILT_IN_NAMESPACES, edgeHost } from "./names";
import { PROVIDERS } from "./provide";

/** A namespace that Pulumi makes; without a level its labels are somebody else's (flux-operator's). */
export interface NamespaceSpec {
  readonly name: string;
  readonly podSecurity?: PodSecurity;
}

/** Names of the apps that are on: those that are part of every cluster, and those that the settings name. */
export function enabledApps(settings: Pick<Settings, "platform">, apps: readonly App[] = APPS): ReadonlySet<string> {
  return new Set(apps.filter((app) => app.presence === "always" || Object.hasOwn(settings.platform, app.name)).map((app) => app.name));
}

/** An app that is on, ready to render: its stages, and what Pulumi seeds for it. */
export interface AppPlan {
  readonly name: string;
  readonly namespace: AppNamespace;
  readonly moreNamespaces: readonly AppNamespace[];
  readonly chart?: AppChart;
  /** Apps that are on and come first, by name; those that only its access waits for are left out. */
  readonly dependsOn: readonly string[];
  readonly stages: readonly Stage[];
  readonly secrets: readonly AppSecret[];
  readonly hosts: readonly AppHost[];
  readonly documents: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Every app that is on, as it declares itself. @throws ZodError when options are not what a schema says. */
export function declarePlatform(settings: Settings, apps: readonly App[] = APPS): Platform {
  const enabled = enabledApps(settings, apps);
  const facts = platformFacts(settings, enabled);
  const declared = apps
    .filter((app) => enabled.has(app.name))
    .map((app) => app.declare(settings.platform[app.name] ?? {}, { settings, enabled, facts }));
  const platform = { settings, enabled, facts, apps: declared };
  return { ...platform, apps: declared.map((app) => withDerived(app, platform)) };
}

/** The app with the requests that follow from its own. */
function withDerived(app: DeclaredApp, platform: Platform): DeclaredApp {
  const derived = app.active ? PROVIDERS.map((provider) => provider.derive?.(app, platform) ?? {}) : [];
  return {
    ...app,
    buckets: [...app.buckets, ...derived.flatMap(({ buckets = [] }) => buckets)],
    clients: [...app.clients, ...derived.flatMap(({ clients = [] }) => clients)],
    monitors: [...app.monitors, ...derived.flatMap(({ monitors = [] }) => monitors)],
  };
}

/** Everything that is wrong with `platform` and with the secrets that its apps need. */
export function platformProblems(settings: Settings, apps: readonly App[] = APPS): readonly Problem[] {
  const enabled = enabledApps(settings, apps);
  const known = apps.map((app) => app.name);
  const unknown = Object.keys(settings.platform)
    .filter((name) => !known.includes(name))
    .map((name) => problem("platform.app-known", at(name), "there is no app of this name", suggestion(name, known)));
  const validate = validators(apps);
  const wrong = apps.filter((app) => enabled.has(app.name)).flatMap((app) => validate[app.name]?.(settings.platform[app.name] ?? {}) ?? []);
  const missing = apps.filter((app) => enabled.has(app.name)).flatMap((app) => missingApps(app, enabled));
  // Requests come out of options: while those are wrong there is nothing to ask.
  if (wrong.length > 0) return withVariables([...unknown, ...wrong, ...missing], settings);
  const platform = declarePlatform(settings, apps);
  const asked = platform.apps.flatMap((app) => requestProblems(app, platform));
  return withVariables([...unknown, ...missing, ...asked, ...hostProblems(platform)], settings);
}

const at = (app: string): Path => ["platform", app];

/** The problems, and the variables of Flux in options of which nothing is said yet: some apps say it in words of their own. */
function withVariables(problems: readonly Problem[], { platform }: Settings): readonly Problem[] {
  const said = new Set(problems.map(({ path }) => path));
  const variables = Object.entries(platform).flatMap(([name, options]) => substitutions(options, at(name)));
  return [...problems, ...variables.filter(({ path }) => !said.has(path))];
}

/** Flux' substitution syntax in an option, which the renderer would refuse wherever in the tree it ends up. */
function substitutions(value: unknown, path: Path): readonly Problem[] {
  if (typeof value === "string")
    return value.includes("${") ? [problem("platform.options", path, "has `${`, which Flux reads as a variable", "write it without")] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => substitutions(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key.includes("${") ? substitutions(key, [...path, key]) : []),
    ...substitutions(item, [...path, key]),
  ]);
}

function missingApps(app: App, enabled: ReadonlySet<string>): readonly Problem[] {
  return app.needs
    .filter((other) => !enabled.has(other))
    .map((other) =>
      problem("platform.needs", at(app.name), `${app.name} needs ${other}, which is off`, `add ${other}, or take ${app.name} out`, [
        at(other),
      ]),
    );
}

function requestProblems(app: DeclaredApp, platform: Platform): readonly Problem[] {
  const own = app.problems.map(({ path, message, fix, needs }) =>
    needs === undefined
      ? problem("platform.options", [...at(app.name), ...path], message, fix)
      : problem("platform.needs", [...at(app.name), ...path], message, fix, [at(needs)]),
  );
  const unmet = PROVIDERS.flatMap((provider) => provider.needs(app, platform))
    .filter(({ oneOf }) => !oneOf.some((other) => platform.enabled.has(other)))
    .map(({ oneOf, what }) =>
      problem(
        "platform.needs",
        at(app.name),
        `${app.name} ${what}, and ${oneOf.join(" and ")} ${oneOf.length === 1 ? "is" : "are"} off`,
        `add ${oneOf.join(" or ")}, or take ${app.name} out`,
        oneOf.map(at),
      ),
    );
  const unprotected = app.hosts.flatMap(({ host, protection }) => {
    const found = protectionProblem(protection);
    return found === undefined
      ? []
      : [problem("platform.protection", [...at(app.name), "protection"], `${host}: ${found.message}`, found.fix)];
  });
  return [...own, ...unmet, ...unprotected, ...(unmet.length > 0 ? [] : secretProblems(app, platform))];
}

function secretProblems(app: DeclaredApp, platform: Platform): readonly Problem[] {
  const { settings } = platform;
  const names = secretsFor(app, platform).flatMap((secret) => missingSecrets(secret, settings));
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

/** Two apps on one host and path would each get some of the other's calls. */
function hostProblems({ apps, settings, facts }: Platform): readonly Problem[] {
  const owners = new Map<string, string>();
  const tunnel = settings.cloudflare === undefined ? undefined : edgeHost(facts.domain);
  const taken = apps
    .filter(({ hosts }) => hosts.some(({ host }) => host === tunnel))
    .map((app) =>
      problem(
        "platform.host-unique",
        [...at(app.name), "subdomain"],
        `${edgeHost(facts.domain)} is the tunnel's: every public record points at it`,
        `give ${app.name} another subdomain`,
      ),
    );
  const twice = apps.flatMap((app) =>
    app.hosts.flatMap(({ host }) => {
      const other = owners.get(host);
      owners.set(host, other ?? app.name);
      return other === undefined || other === app.name
        ? []
        : [
            problem(
              "platform.host-unique",
              [...at(app.name), "subdomain"],
              `${host} is ${other}'s already`,
              `give ${app.name} or ${other} another subdomain`,
              [[...at(other), "subdomain"]],
            ),
          ];
    }),
  );
  return [...taken, ...twice];
}

function secretsFor(app: DeclaredApp, platform: Platform): readonly AppSecret[] {
  return [...app.secrets, ...provided(app, platform).flatMap((each) => each.secrets ?? [])];
}

function provided(app: DeclaredApp, platform: Platform): readonly Provided[] {
  return app.active ? PROVIDERS.map((provider) => provider.provide(app, platform)) : [];
}

/**
 * The apps that are on, each after what it depends on.
 * @throws SettingsError with every problem of the settings; Error when the catalogue itself has a circle.
 */
export function planPlatform(settings: Settings, apps: readonly App[] = APPS): readonly AppPlan[] {
  const problems = platformProblems(settings, apps);
  if (problems.length > 0) throw new SettingsError(problems, "the platform");
  const platform = declarePlatform(settings, apps);
  const drafted = new Map(
    platform.apps.map((app) => {
      const given = provided(app, platform);
      const needs = {
        app: [...new Set([...app.dependsOn, ...given.flatMap((each) => each.dependsOn ?? [])])].sort(),
        access: [...new Set(given.flatMap((each) => each.accessDependsOn ?? []))].sort(),
      };
      return [app.name, { app, given, needs, drafts: draftStages(app, given, needs, settings.charts) }] as const;
    }),
  );
  const stages = linkStages(drafted);
  inOrder([...stages.values()].flat());
  return inOrder(
    [...drafted.values()].map(({ app, given, needs }): AppPlan => ({
      name: app.name,
      namespace: app.namespace,
      moreNamespaces: app.moreNamespaces,
      chart: app.chart,
      dependsOn: needs.app,
      stages: stages.get(app.name) ?? [],
      secrets: [...app.secrets, ...given.flatMap((each) => each.secrets ?? [])],
      hosts: app.hosts,
      documents: Object.assign({}, app.documents, ...given.map((each) => each.documents ?? {})),
      warnings: [...app.warnings, ...given.flatMap((each) => each.warnings ?? [])],
    })),
  );
}

/**
 * Every namespace that Pulumi makes, by name; those that Kubernetes makes are left out.
 * @throws Error when two apps want different levels for one namespace.
 */
export function namespacesOf(settings: Settings, apps: readonly App[] = APPS): readonly NamespaceSpec[] {
  const byName = new Map<string, NamespaceSpec>();
  const asked = planPlatform(settings, apps).flatMap((app) => [app.namespace, ...app.moreNamespaces]);
  for (const { name, podSecurity } of [...baseNamespaces(settings), ...asked]) {
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
