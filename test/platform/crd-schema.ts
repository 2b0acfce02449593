/** A strict reader of CRD schemas: what kube-apiserver's strict field validation would say, without defaults and CEL. */
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../platform/kit/objects";

/** The part of an OpenAPI v3 schema that CRDs use and that is checked here. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

/** `apiVersion Kind` -> schema, of every CRD in some YAML texts. */
export function schemasOf(texts: Iterable<string>): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>();
  for (const text of texts) {
    for (const crd of parseAllDocuments(text).map((document) => document.toJS())) {
      if (crd?.kind !== "CustomResourceDefinition") continue;
      for (const version of crd.spec.versions) {
        found.set(`${crd.spec.group}/${version.name} ${crd.spec.names.kind}`, version.schema.openAPIV3Schema);
      }
    }
  }
  return found;
}

/** A CRD without its schemas. */
export interface CrdHead {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/** Every CRD in a YAML text, without what is below `schema:`, which is most of it and takes seconds to parse. */
export function crdHeads(text: string): readonly CrdHead[] {
  return parseAllDocuments(text.replace(/^( +)schema:\n(?:\1 .*\n|\n)+/gm, ""))
    .map((document) => document.toJS())
    .filter((object) => object?.kind === "CustomResourceDefinition");
}

/** What is wrong with an object, each with its path; `metadata` is kube-apiserver's own business. */
export function schemaProblems(object: KubeObject, schema: Schema): readonly string[] {
  const { metadata: _, ...rest } = object;
  return problemsAt(rest, { ...schema, required: schema.required?.filter((name) => name !== "metadata") }, object.kind);
}

function problemsAt(value: unknown, schema: Schema, path: string): readonly string[] {
  if (schema["x-kubernetes-int-or-string"] === true) return typeof value === "number" || typeof value === "string" ? [] : [`${path}: type`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path}: not in the enum`];
  switch (schema.type) {
    case "object":
      return objectProblems(value, schema, path);
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, index) => problemsAt(item, schema.items ?? {}, `${path}[${index}]`))
        : [`${path}: type`];
    case "integer":
    case "number": {
      if (typeof value !== "number") return [`${path}: type`];
      return value < (schema.minimum ?? value) || value > (schema.maximum ?? value) ? [`${path}: range`] : [];
    }
    case "string":
      if (typeof value !== "string") return [`${path}: type`];
      return schema.pattern === undefined || new RegExp(schema.pattern).test(value) ? [] : [`${path}: pattern`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${path}: type`];
    default:
      return [];
  }
}

function objectProblems(value: unknown, schema: Schema, path: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: type`];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`);
  const wrong = Object.entries(value).flatMap(([name, field]) => {
    const property = schema.properties?.[name];
    if (property !== undefined) return problemsAt(field, property, `${path}.${name}`);
    if (typeof schema.additionalProperties === "object") return problemsAt(field, schema.additionalProperties, `${path}.${name}`);
    return schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true
      ? []
      : [`${path}.${name}: unknown`];
  });
  return [...missing, ...wrong];
}
