import type { Settings } from "../config/settings";
import { isRecord } from "../config/path";
import { APPS } from "./apps";
import type { App } from "./kit/app";
import type { AppHost } from "./kit/requests";
import type { AppSecret, SecretRequest } from "./kit/secrets";
import { planPlatform, type AppPlan } from "./plan";

/** One app that is on, for tables and docs. */
export interface CatalogueRow {
  readonly name: string;
  readonly summary: string;
  /** Version of the chart, or tags of the images where there is no chart; empty for an app that only makes objects. */
  readonly versions: readonly string[];
  readonly namespace: string;
  /** Apps that must be Ready first, without `crds`, which all wait for. */
  readonly needs: readonly string[];
  /** Apps that only the app's routes and log-in wait for. */
  readonly accessNeeds: readonly string[];
  readonly secrets: readonly AppSecret[];
  readonly hosts: readonly AppHost[];
}

/** Every app that is on with these settings, each after what it depends on. @throws SettingsError like `planPlatform`. */
export function catalogue(settings: Settings, apps: readonly App[] = APPS): readonly CatalogueRow[] {
  const plans = planPlatform(settings, apps);
  const appOf = new Map(plans.flatMap((plan) => plan.stages.map((stage) => [stage.name, plan.name] as const)));
  return plans.map((plan) => ({
    name: plan.name,
    summary: apps.find(({ name }) => name === plan.name)?.summary ?? "",
    versions: plan.chart === undefined ? imageTags(plan) : [plan.chart.version],
    namespace: plan.namespace.name,
    needs: plan.dependsOn.filter((name) => name !== "crds"),
    accessNeeds: accessNeeds(plan, appOf),
    secrets: plan.secrets,
    hosts: plan.hosts,
  }));
}

function accessNeeds(plan: AppPlan, appOf: ReadonlyMap<string, string>): readonly string[] {
  const stages = plan.stages.filter(({ kind }) => kind === "access").flatMap(({ dependsOn }) => dependsOn);
  const apps = new Set(stages.map((stage) => appOf.get(stage) ?? stage));
  return [...apps].filter((name) => name !== plan.name && name !== "crds" && !plan.dependsOn.includes(name)).sort();
}

function imageTags(plan: AppPlan): readonly string[] {
  const images = plan.stages.flatMap(({ objects }) => imagesIn(objects));
  return [...new Set(images.map((image) => /:([^:@/]+)(@|$)/.exec(image)?.[1] ?? image))].sort();
}

/** Every image that a pod of these objects runs. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isRecord(value)) return [];
  const containers = ["containers", "initContainers"].flatMap((field) => (Array.isArray(value[field]) ? value[field] : []));
  const own = containers.flatMap((container: unknown) =>
    isRecord(container) && typeof container["image"] === "string" ? [container["image"]] : [],
  );
  return [...own, ...Object.values(value).flatMap(imagesIn)];
}

/** Where the text of a key comes from, in words; undefined for what is no secret. */
export function originOf(request: SecretRequest): string | undefined {
  switch (request.from) {
    case "config":
      return request.otherwise === undefined ? `\`secrets.${request.secret}\`` : `\`secrets.${request.secret}\`, else generated`;
    case "setting":
      return "a field of the settings";
    case "generated":
      return "generated";
    case "tunnel-token":
      return "the tunnel";
    case "age-identity":
      return "`secrets.sops-age`, else generated";
    case "proxmox-token":
      return `a Proxmox user of its own (${request.user})`;
    case "joined":
      return [...new Set(request.parts.flatMap((part) => originOf(part) ?? []))].join(", ") || undefined;
    case "plain":
      return undefined;
  }
}

/** Who protects a host, in one word and, where there is one, the reason. */
export function protectionOf({ protection }: AppHost): string {
  return "reason" in protection ? `${protection.by}: ${protection.reason}` : protection.by;
}
