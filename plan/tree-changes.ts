import type { Settings } from "../config/settings";
import { planPlatform } from "../platform/plan";
import type { Tree } from "../platform/render";
import { STAMP_FILE } from "../platform/stamp";
import { withoutLogin } from "./secrets";
import type { Side } from "./side";
import { textDiff } from "./text-diff";

/** What changes of one app in the tree that Flux applies. */
export interface AppChange {
  /** Name of the app; `the tree itself` for what is not of one app. */
  readonly app: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** What becomes of the removed objects; empty when none is removed. */
  readonly fate: string;
  /** A unified diff, file names included. */
  readonly diff: readonly string[];
}

/** Label of what is of no single app. */
export const SHARED = "the tree itself";

/** Changes of the tree by app, those that remove something first. The stamp, which always changes, is left out. */
export function treeChanges(before: Side | undefined, after: Side): readonly AppChange[] {
  const [old, now]: readonly [Tree, Tree] = [before?.tree ?? new Map<string, string>(), after.tree];
  const ownerOf = owners([...(before === undefined ? [] : [before.settings]), after.settings]);
  const paths = [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => path !== STAMP_FILE && old.get(path) !== now.get(path))
    .sort();
  const byApp = new Map<string, string[]>();
  for (const path of paths) byApp.set(ownerOf(path), [...(byApp.get(ownerOf(path)) ?? []), path]);
  const changes = [...byApp].map(([app, mine]) => appChange(app, mine, old, now));
  const removes = ({ removed }: AppChange): number => Number(removed.length > 0);
  return changes.sort((a, b) => removes(b) - removes(a) || Number(a.app === SHARED) - Number(b.app === SHARED) || (a.app < b.app ? -1 : 1));
}

/** Which app a path of the tree belongs to: a stage's file or folder is its app's. */
function owners(sides: readonly Settings[]): (path: string) => string {
  const byStage = new Map(
    sides.flatMap((settings) => planPlatform(settings)).flatMap(({ name, stages }) => stages.map((stage) => [stage.name, name] as const)),
  );
  return (path) => {
    const stage = /^apps\/([^/]+?)(?:\.yaml)?(?:\/|$)/.exec(path)?.[1];
    return (stage === undefined ? undefined : byStage.get(stage)) ?? stage ?? SHARED;
  };
}

function appChange(app: string, paths: readonly string[], old: Tree, now: Tree): AppChange {
  const removed = paths.filter((path) => !now.has(path));
  return {
    app,
    added: paths.filter((path) => !old.has(path)),
    changed: paths.filter((path) => old.has(path) && now.has(path)),
    removed,
    fate: fateOf(removed, old),
    diff: paths.flatMap((path) => fileDiff(path, old.get(path), now.get(path))),
  };
}

function fileDiff(path: string, before: string | undefined, after: string | undefined): readonly string[] {
  const names = [before === undefined ? "--- /dev/null" : `--- ${path}`, after === undefined ? "+++ /dev/null" : `+++ ${path}`];
  return [...names, ...textDiff(before ?? "", after ?? "").map(withoutLogin)];
}

/** The mark of an object, or of a folder's every object, that Flux leaves in the cluster. */
const KEPT = /kustomize\.toolkit\.fluxcd\.io\/prune"?: "?[Dd]isabled/;

/** Flux deletes what a tree no longer has, unless the object or its Kustomization says that it stays. */
function fateOf(removed: readonly string[], old: Tree): string {
  const objects = removed.filter((path) => /^apps\/[^/]+\/.+/.test(path) && !path.endsWith("/kustomization.yaml"));
  if (objects.length === 0) return "";
  const stays = objects.filter((path) => {
    const stage = /^apps\/([^/]+)\//.exec(path)?.[1] ?? "";
    const orphans = /^\s*deletionPolicy: "?Orphan/m.test(old.get(`apps/${stage}.yaml`) ?? "") && removed.includes(`apps/${stage}.yaml`);
    const folder = old.get(`${path.slice(0, path.lastIndexOf("/"))}/kustomization.yaml`) ?? "";
    return orphans || [old.get(path) ?? "", folder].some((text) => KEPT.test(text));
  });
  const gone = objects.length - stays.length;
  return [gone > 0 ? `Flux deletes ${count(gone)}` : "", stays.length > 0 ? `${count(stays.length)} ${stays.length === 1 ? "stays" : "stay"} in the cluster` : ""].filter((part) => part !== "").join(", "); // prettier-ignore
}

function count(objects: number): string {
  return `${objects} ${objects === 1 ? "object" : "objects"}`;
}
