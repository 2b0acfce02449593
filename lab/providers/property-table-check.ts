/** Holds inputs against a property table: unknown names, missing ones and wrong types, each with its path. Values are never quoted. */
import { closest, distance } from "fastest-levenshtein";
import { UNKNOWN, type CheckProblem, type Inputs } from "./adapter";
import { formatPath } from "./diff";
import type { Properties, PropertyTable, PropertyType } from "./property-table";
import { isObject, type PropertyPath } from "./values";

/** Everything that a table has against these inputs; unknown values pass as any type. */
export function checkAgainst(table: PropertyTable, inputs: Inputs): readonly CheckProblem[] {
  return checkObject(table.properties, inputs, []);
}

function checkObject(properties: Properties, object: Inputs, path: PropertyPath): readonly CheckProblem[] {
  const names = Object.keys(properties);
  const given = Object.entries(object).flatMap(([name, value]) => {
    const property = properties[name];
    const here = [...path, name];
    return property === undefined ? [problem(here, unknownName(name, names))] : checkValue(property.type, value, here);
  });
  const missing = names.filter((name) => properties[name]?.required === true && object[name] === undefined);
  return [...given, ...missing.map((name) => problem([...path, name], "is required"))];
}

function checkValue(type: PropertyType, value: unknown, path: PropertyPath): readonly CheckProblem[] {
  if (value === UNKNOWN || type.kind === "any") return [];
  switch (type.kind) {
    case "list":
      if (!Array.isArray(value)) return [wrongType("a list", value, path)];
      return value.flatMap((item, position) => checkValue(type.of, item, [...path, position]));
    case "map":
      if (!isObject(value)) return [wrongType("a map", value, path)];
      return Object.entries(value).flatMap(([name, item]) => checkValue(type.of, item, [...path, name]));
    case "object":
      return isObject(value) ? checkObject(type.properties, value, path) : [wrongType("an object", value, path)];
    default:
      return typeof value === type.kind ? [] : [wrongType(PRIMITIVES[type.kind], value, path)];
  }
}

const PRIMITIVES = { string: "text", number: "a number", boolean: "true or false" } as const;

function problem(path: PropertyPath, reason: string): CheckProblem {
  const property = formatPath(path);
  return { property, reason: `${property} ${reason}` };
}

function unknownName(name: string, known: readonly string[]): string {
  if (known.length === 0) return "is not an input: there are none here";
  const nearest = closest(name, [...known]);
  const near = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(name.length / 3));
  return near ? `is not an input; did you mean "${nearest}"?` : `is not an input; known are ${[...known].sort().join(", ")}`;
}

function wrongType(expected: string, value: unknown, path: PropertyPath): CheckProblem {
  return problem(path, `must be ${expected}, not ${nameOfType(value)}`);
}

function nameOfType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return PRIMITIVES.string;
  if (typeof value === "number") return PRIMITIVES.number;
  return typeof value === "boolean" ? PRIMITIVES.boolean : "an object";
}
