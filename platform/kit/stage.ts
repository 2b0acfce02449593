import type { DataPolicy, DeclaredApp, VendoredManifests } from "./app";
import { chartObjects } from "./chart";
import { KEEP, type KubeObject } from "./objects";
import type { Provided } from "./provider";
import type { ChartSettings } from "../../config/settings";

/** Parts of an app that Flux applies one after the other. */
export type StageKind = "data" | "main" | "config" | "access";

/** One Flux Kustomization: one folder of the tree. */
export interface Stage {
  /** Name of the Kustomization and of its folder: the app's name, with `-data`, `-config` or `-access`. */
  readonly name: string;
  readonly kind: StageKind;
  /** Names of the stages that must be Ready first. */
  readonly dependsOn: readonly string[];
  readonly onRemoval: "delete" | "keep";
  readonly timeout: string;
  readonly objects: readonly KubeObject[];
  readonly vendored: readonly VendoredManifests[];
}

/** Which apps an app's stages wait for. */
export interface StageNeeds {
  /** Before anything of the app. */
  readonly app: readonly string[];
  /** Besides, before its access. */
  readonly access: readonly string[];
}

const SUFFIX: Readonly<Record<StageKind, string>> = { data: "-data", main: "", config: "-config", access: "-access" };

/** A draft names apps where a stage names stages: which stage of an app comes last is known once all are drafted. */
export interface StageDraft extends Omit<Stage, "dependsOn"> {
  /** The app's own stage before this one. */
  readonly previous?: string;
  readonly apps: readonly string[];
}

/** The stages of one app that have anything in them, in order. */
export function draftStages(
  app: DeclaredApp,
  provided: readonly Provided[],
  needs: StageNeeds,
  charts: ChartSettings,
): readonly StageDraft[] {
  const from = (field: "first" | "data" | "objects" | "configuration" | "access"): readonly KubeObject[] =>
    provided.flatMap((each) => each[field] ?? []);
  const contents: readonly (readonly [StageKind, readonly KubeObject[]])[] = [
    ["data", [...app.data, ...from("data")].map((object) => withDataPolicy(object, app.dataPolicy))],
    ["main", [...app.objects, ...from("objects"), ...chartObjects(app, charts)]],
    ["config", [...app.configuration, ...from("configuration")]],
    ["access", [...app.access, ...from("access")]],
  ];
  const drafts: StageDraft[] = [];
  for (const [kind, objects] of contents) {
    const vendored = kind === "main" ? app.vendored : [];
    const first = drafts.length === 0 ? from("first") : [];
    if (objects.length === 0 && vendored.length === 0 && !(kind === "main" && first.length > 0)) continue;
    drafts.push({
      name: app.name + SUFFIX[kind],
      kind,
      previous: drafts.at(-1)?.name,
      apps: [...(drafts.length === 0 ? needs.app : []), ...(kind === "access" ? needs.access : [])],
      onRemoval: kind === "data" ? whenDataGoes(objects, app.dataPolicy) : app.onRemoval,
      timeout: app.timeout,
      objects: [...first, ...objects],
      vendored,
    });
  }
  return drafts;
}

/** A Job only makes things; left behind, its name would keep it from ever running again for an app that comes back. */
const isRun = (object: KubeObject): boolean => object.kind === "Job";

/** Where a stage must let go of its Jobs, the mark on each other object is what keeps it. */
function whenDataGoes(objects: readonly KubeObject[], policy: DataPolicy): DataPolicy {
  return objects.some(isRun) ? "delete" : policy;
}

function withDataPolicy(object: KubeObject, policy: DataPolicy): KubeObject {
  if (policy === "delete" || isRun(object)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...KEEP } } };
}

/**
 * The stages of every app with the names of the stages that they wait for. Whoever depends on an app waits for its
 * last stage before access; an app without such a stage passes on what it depends on itself.
 */
export function linkStages(
  apps: ReadonlyMap<string, { readonly drafts: readonly StageDraft[]; readonly needs: StageNeeds }>,
): ReadonlyMap<string, readonly Stage[]> {
  const lastStages = (name: string, seen: ReadonlySet<string> = new Set()): readonly string[] => {
    const app = apps.get(name);
    if (app === undefined || seen.has(name)) return [];
    const last = app.drafts.filter(({ kind }) => kind !== "access").at(-1);
    return last === undefined ? app.needs.app.flatMap((other) => lastStages(other, new Set([...seen, name]))) : [last.name];
  };
  const link = ({ previous, apps: others, ...draft }: StageDraft): Stage => ({
    ...draft,
    dependsOn: [...new Set([...(previous === undefined ? [] : [previous]), ...others.flatMap((name) => lastStages(name))])]
      .filter((name) => name !== draft.name)
      .sort(),
  });
  return new Map([...apps].map(([name, { drafts }]) => [name, drafts.map(link)]));
}
