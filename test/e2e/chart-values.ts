import { isRecord } from "../../config/path";

/** What a chart says of its own values. */
export interface ChartValues {
  /** Parsed values.yaml. */
  readonly defaults: unknown;
  /** Its text: some charts only mention a key in a comment. */
  readonly text: string;
  /** Parsed values.schema.json, where there is one. */
  readonly schema?: unknown;
  /** Paths, such as `config.envoyGateway`, that the chart hands on whole, so that it knows none of their keys. */
  readonly passedOn?: readonly string[];
}

/** Paths of values that a chart does not know: Helm would ignore them without a word. */
export function unknownValues(given: unknown, chart: ChartValues): readonly string[] {
  const visit = (value: unknown, known: unknown, schema: unknown, path: readonly string[]): readonly string[] => {
    if (!isRecord(value) || isFree(known, schema) || chart.passedOn?.includes(path.join(".")) === true) return [];
    return Object.entries(value).flatMap(([key, field]) => {
      const below = [...path, key];
      const [inner, innerSchema] = [isRecord(known) ? known[key] : undefined, propertyOf(schema, key, chart.schema)];
      if ((isRecord(known) && key in known) || innerSchema !== undefined) return visit(field, inner, innerSchema, below);
      return isCommented(key, chart.text) ? [] : [below.join(".")];
    });
  };
  return visit(given, chart.defaults, chart.schema, []);
}

/** A value whose default says nothing of its shape takes any key. */
function isFree(known: unknown, schema: unknown): boolean {
  const shaped = isRecord(schema) && isRecord(schema["properties"]) && Object.keys(schema["properties"]).length > 0;
  return !shaped && !(isRecord(known) && Object.keys(known).length > 0);
}

/** The schema of a property; `$ref` inside the same file is followed. */
function propertyOf(schema: unknown, key: string, root: unknown): unknown {
  const resolved = resolve(schema, root);
  const properties = isRecord(resolved) ? resolved["properties"] : undefined;
  return isRecord(properties) && key in properties ? resolve(properties[key], root) : undefined;
}

function resolve(schema: unknown, root: unknown): unknown {
  const reference = isRecord(schema) ? schema["$ref"] : undefined;
  if (typeof reference !== "string" || !reference.startsWith("#/")) return schema;
  return reference
    .slice(2)
    .split("/")
    .reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined), root);
}

function isCommented(key: string, text: string): boolean {
  return new RegExp(`^\\s*#+\\s*(-\\s+)?${key.replace(/[.*+?^$(){}|[\]\\]/g, "\\$&")}:(\\s|$)`, "m").test(text);
}
