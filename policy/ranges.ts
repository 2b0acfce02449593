/** Address ranges within texts: a value of its own, or one in a patch. */
import { type Family, parseInterface } from "../config/cidr";

/** A range of every address of a family, or of one half of them. */
export interface WideRange {
  readonly family: Family;
  readonly part: "all" | "lower" | "upper";
}

/** A range of prefix 0 or 1, however it is written; with `!` in front it is what is left out. */
const WIDE = /(?<![\w.:/!-])[0-9a-f.:]+\/[01](?![\w./])/gi;

/** The ranges in a text that are as wide as that. */
export function wideRangesIn(text: string): readonly WideRange[] {
  if (!text.includes("/0") && !text.includes("/1")) return [];
  return (text.match(WIDE) ?? []).flatMap((each): readonly WideRange[] => {
    const cidr = parseInterface(each)?.cidr;
    if (cidr === undefined) return [];
    return [{ family: cidr.family, part: cidr.prefix === 0 ? "all" : cidr.first === 0n ? "lower" : "upper" }];
  });
}
