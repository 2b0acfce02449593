import { isRecord } from "../config/path";

/** A value at a path of keys, or undefined. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

/** A list at a path of keys; empty when there is none. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** A text at a path of keys; empty when there is none. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : "";
}

/** The texts of a list at a path of keys. */
export function textsAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(value, ...keys).filter((each) => typeof each === "string");
}

/** Whether a flag is on; providers take their own settings as texts. */
export function isOn(value: unknown): boolean {
  return value === true || value === "true";
}

/** Every record below a value, itself included. */
export function* records(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) yield* records(item);
  if (!isRecord(value)) return;
  yield value;
  for (const field of Object.values(value)) yield* records(field);
}

/** Every text below a value, with the keys on the way. */
export function* texts(
  value: unknown,
  path: readonly string[] = [],
): Generator<{ readonly text: string; readonly path: readonly string[] }> {
  if (typeof value === "string") yield { text: value, path };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* texts(item, [...path, String(index)]);
  else if (isRecord(value)) for (const [key, field] of Object.entries(value)) yield* texts(field, [...path, key]);
}

/** The messages whose condition holds. */
export function findings(...checks: readonly (readonly [isWrong: boolean, message: string])[]): readonly string[] {
  return checks.filter(([isWrong]) => isWrong).map(([, message]) => message);
}

/** What stands in a list more than once, by key, in the order of first appearance. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => string | undefined): ReadonlyMap<string, readonly T[]> {
  const byKey = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), item]);
  }
  return new Map([...byKey].filter(([, same]) => same.length > 1));
}
