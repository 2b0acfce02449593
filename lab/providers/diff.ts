/** Comparing inputs, and the property paths (`config.ingresses[0].service`, `disks[*].fileId`) that name what differs. */
import type { ChangeKind, DiffResult, Inputs } from "./adapter";
import { isObject, sameValue, type PropertyPath } from "./values";

/** What a change of certain inputs means. Paths may hold `[*]` and stand for everything below them. */
export interface DiffRules {
  /** Cannot be changed in place. */
  readonly replaceOn?: readonly string[];
  /** Changes here mean nothing. */
  readonly ignore?: readonly string[];
  /** Default `no`: the new one is made first. */
  readonly deleteBeforeReplace?: "yes" | "no";
}

/** Compares inputs in depth, lists by position. An unknown differs from every known value. */
export function genericDiff(oldInputs: Inputs, newInputs: Inputs, rules: DiffRules = {}): DiffResult {
  const ignored = (rules.ignore ?? []).map(parsePath);
  const replacing = (rules.replaceOn ?? []).map(parsePath);
  const detailed: Record<string, ChangeKind> = {};
  const replaces = new Set<string>();
  for (const change of changesBetween(oldInputs, newInputs, [])) {
    if (ignored.some((pattern) => covers(pattern, change.path))) continue;
    const replace = replacing.some((pattern) => covers(pattern, change.path) || covers(change.path, pattern));
    detailed[formatPath(change.path)] = replace ? `${change.kind}-replace` : change.kind;
    if (replace) replaces.add(String(change.path[0]));
  }
  return {
    changes: Object.keys(detailed).length > 0,
    replaces: [...replaces],
    deleteBeforeReplace: rules.deleteBeforeReplace ?? "no",
    detailed,
  };
}

interface Change {
  readonly path: PropertyPath;
  readonly kind: "add" | "delete" | "update";
}

function changesBetween(before: unknown, after: unknown, path: PropertyPath): readonly Change[] {
  if (sameValue(before, after)) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(before) && Array.isArray(after)) {
    const positions = Array.from({ length: Math.max(before.length, after.length) }, (_, position) => position);
    return positions.flatMap((position) => changesBetween(before[position], after[position], [...path, position]));
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => changesBetween(before[name], after[name], [...path, name]));
  }
  return [{ path, kind: "update" }];
}

/** The new inputs with the old value wherever a path is ignored. A path that is in neither does nothing. */
export function keepIgnored(oldInputs: Inputs, newInputs: Inputs, ignoreChanges: readonly string[]): Inputs {
  return ignoreChanges.map(parsePath).reduce((inputs, path) => asObject(keepAt(oldInputs, inputs, path)), newInputs);
}

function keepAt(before: unknown, after: unknown, path: PropertyPath): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return before;
  if (Array.isArray(after) && Array.isArray(before)) {
    return after.map((item, position) => (step === "*" || step === position ? keepAt(before[position], item, rest) : item));
  }
  if (!isObject(after) && !isObject(before)) return after;
  const [old, now] = [asObject(before), asObject(after)];
  const names = step === "*" ? [...new Set([...Object.keys(old), ...Object.keys(now)])] : [String(step)];
  return names.reduce((object, name) => withProperty(object, name, keepAt(old[name], now[name], rest)), now);
}

function withProperty(object: Inputs, name: string, value: unknown): Inputs {
  if (value !== undefined) return { ...object, [name]: value };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

const asObject = (value: unknown): Inputs => (isObject(value) ? value : {});

/** Whether a pattern names a path or something above it. */
function covers(pattern: PropertyPath, path: PropertyPath): boolean {
  return pattern.length <= path.length && pattern.every((step, index) => step === "*" || step === path[index] || path[index] === "*");
}

/** Writes a path as the engine does: `a.b[0]["odd name"]`. */
export function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** Reads such a path; `[*]` becomes the step `*`. Throws on text that is no path. */
export function parsePath(text: string): PropertyPath {
  const steps: (string | number)[] = [];
  const token = /\.?([^.[\]]+)|\[(\d+)\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/gy;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) throw new Error(`${JSON.stringify(text)} is no property path`);
    const [, name, position, all, quoted] = match;
    steps.push(position !== undefined ? Number(position) : quoted !== undefined ? String(JSON.parse(quoted)) : (name ?? all ?? ""));
  }
  return steps;
}
