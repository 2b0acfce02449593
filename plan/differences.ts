import { isRecord, type Path } from "../config/path";

/** One place where two values differ; an absent value is undefined. */
export interface Difference {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every leaf in which two plain values differ, maps by key and lists by position, in the order of the keys. */
export function differences(before: unknown, after: unknown, path: Path = []): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => differences(before[index], after[index], [...path, index])).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** Whether a pattern such as `disks.*.fileId` names a path, something above it or something below it. */
export function touches(pattern: string, path: Path): boolean {
  const steps = pattern.split(".");
  return steps.slice(0, path.length).every((step, index) => step === "*" || step === String(path[index]));
}

/**
 * Whether a difference is one of what a pattern names. Where something above it differs, as a list that gets another item, what the
 * pattern names there decides: an item that has no `fileId` changes none.
 * @param sides `both`: it counts only where there is one before and after.
 */
export function concerns(pattern: string, { path, before, after }: Difference, sides: "any" | "both" = "any"): boolean {
  if (!touches(pattern, path)) return false;
  const rest = pattern.split(".").slice(path.length);
  const [old, now] = [valuesAt(before, rest), valuesAt(after, rest)];
  if (sides === "both" && (old.length === 0 || now.length === 0)) return false;
  return JSON.stringify(old) !== JSON.stringify(now);
}

/** Every value that the steps lead to; `*` is any key or position. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): readonly unknown[] {
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (step === "*") return Array.isArray(value) || isRecord(value) ? Object.values(value).flatMap((item) => valuesAt(item, rest)) : [];
  return isRecord(value) && Object.hasOwn(value, step) ? valuesAt(value[step], rest) : [];
}
