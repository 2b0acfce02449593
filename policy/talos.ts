import { parseAllDocuments } from "yaml";
import type { Resource } from "./resource";
import { textsAt } from "./values";

/** What any rule looks at: of a patch without these words it need not be known what it says. */
const LOOKED_AT = /\b(cluster|install|nodeTaints)\b/;

/** Nodes share most of their patches. */
const parsed = new Map<string, readonly unknown[]>();

/** The documents of a machine config's patches, those with `cluster`, `machine.install` or `machine.nodeTaints` in them. */
export function patchesOf({ props }: Resource): readonly unknown[] {
  return textsAt(props, "configPatches").flatMap((text) => {
    if (!LOOKED_AT.test(text)) return [];
    const known = parsed.get(text) ?? parseAllDocuments(text).map((document): unknown => document.toJS());
    parsed.set(text, known);
    return known;
  });
}
