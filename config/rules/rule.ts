import type { Candidate } from "../candidate";
import type { Problem } from "../problem";

/** What a rule asks for. */
export interface RuleText {
  /** `<section>.<what>`. */
  readonly id: string;
  /** One sentence for docs/settings.md. */
  readonly says: string;
}

/** A rule between fields. It looks only at what is there: what is missing is another rule's matter. */
export interface Rule extends RuleText {
  check(candidate: Candidate): readonly Problem[];
}

/** Every item that has the same key as an earlier one, with that earlier one. */
export function repeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): readonly { readonly item: T; readonly earlier: T }[] {
  const seen = new Map<string, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    if (key === undefined) return [];
    const earlier = seen.get(key);
    if (earlier !== undefined) return [{ item, earlier }];
    seen.set(key, item);
    return [];
  });
}
