import { z } from "zod";
import type { Path } from "../path";

/** The schemas that may describe one value: several where there is a union. */
function alternatives(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return alternatives(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  return [schema];
}

function step(schema: z.core.$ZodType, key: string | number): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const field: z.core.$ZodType | undefined = schema.shape[key];
    return field === undefined ? [] : alternatives(field);
  }
  if (schema instanceof z.ZodRecord) return alternatives(schema.valueType);
  if (schema instanceof z.ZodArray) return alternatives(schema.element);
  return [];
}

/** The schemas that may describe the value at a path; none when the schema has no such path. */
export function schemasAt(root: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  return path.reduce<readonly z.core.$ZodType[]>((schemas, key) => schemas.flatMap((each) => step(each, key)), alternatives(root));
}

/** The keys that a map at this path may have; none where the user chooses them. */
export function knownKeys(root: z.core.$ZodType, path: Path): readonly string[] {
  return schemasAt(root, path).flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
}
