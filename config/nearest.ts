import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant: the closest one, when it is close enough to be a slip. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(written, [...known]);
  const allowed = Math.max(2, Math.floor(Math.max(written.length, best.length) / 3));
  return distance(written.toLowerCase(), best.toLowerCase()) <= allowed ? best : undefined;
}

/** What to do about an unknown name: the nearest one, or all there are. */
export function suggestion(written: string, known: readonly string[]): string {
  const best = nearest(written, known);
  if (best !== undefined) return `did you mean ${best}?`;
  return known.length === 0 ? "remove it" : `use one of ${[...known].sort().join(", ")}, or remove it`;
}
