import { parseAllDocuments } from "yaml";
import type { Resource } from "./resource";
import { textsAt } from "./values";

/** Nodes share most of their patches. */
const parsed = new Map<string, readonly unknown[]>();

/** The documents of the patches of a machine config. */
export function patchesOf({ props }: Resource): readonly unknown[] {
  return textsAt(props, "configPatches").flatMap((text) => {
    const known = parsed.get(text) ?? parseAllDocuments(text).map((document): unknown => document.toJS());
    parsed.set(text, known);
    return known;
  });
}
