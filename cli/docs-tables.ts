import type { JsonSchema } from "../config/schema/json";

/** One setting of a table. */
export interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** Every setting below a schema, in the order in which it is declared. */
export function rows(schema: JsonSchema, path: string): readonly Row[] {
  const { properties = {}, required = [], additionalProperties, items, anyOf = [] } = schema;
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const field = (key: string, child: JsonSchema, isRequired: boolean): readonly Row[] => [
    { path: below(key), schema: child, isRequired },
    ...rows(child, below(key)),
  ];
  return [
    ...Object.entries(properties).flatMap(([key, child]) => field(key, child, required.includes(key))),
    ...(typeof additionalProperties === "object" && additionalProperties.description !== undefined
      ? field("<name>", additionalProperties, false)
      : []),
    ...(typeof additionalProperties === "object" && additionalProperties.description === undefined
      ? rows(additionalProperties, below("<name>"))
      : []),
    ...(items === undefined ? [] : rows(items, `${path}[]`)),
    ...anyOf.flatMap((each) => rows(each, path)),
  ];
}

/** What a value looks like, in words. */
function typeOf(schema: JsonSchema): string {
  if (schema.secret === true) return "secret";
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  const names: Readonly<Record<string, string>> = { string: "text", boolean: "true or false", object: "map" };
  if (schema.type === "array") return `list of ${schema.items === undefined ? "anything" : plural(typeOf(schema.items))}`;
  if (schema.type === "integer") return `${schema.minimum ?? ""} to ${schema.maximum ?? ""}`;
  return names[schema.type ?? ""] ?? "anything";
}

function plural(type: string): string {
  return type === "text" || type === "map" ? `${type}s` : type;
}

function defaultOf({ schema }: Row): string {
  if (schema.shown !== undefined) return schema.shown;
  if (schema.default === undefined) return "";
  return `\`${JSON.stringify(schema.default)}\``;
}

/** Text that may stand in a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Text as code in Markdown. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table of every setting below a schema; nothing where there is none. */
export function settingsTable(schema: JsonSchema): readonly string[] {
  const lines = rows(schema, "").map((row) => {
    const name = row.isRequired ? `**${code(row.path)}**` : code(row.path);
    return `| ${name} | ${cell(typeOf(row.schema))} | ${cell(defaultOf(row))} | ${cell(row.schema.description ?? "")} |`;
  });
  return lines.length === 0 ? [] : ["", "| setting | type | default | meaning |", "| --- | --- | --- | --- |", ...lines];
}
