/**
 * Which inputs a resource, a function or a provider's configuration takes, as data: the frame refuses what a
 * table does not name, and a test holds every table against the typed SDK's own declarations.
 */

/** The shape of one value; `any` is for values that the SDK itself leaves open. */
export type PropertyType =
  | { readonly kind: "string" }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: PropertyType }
  | { readonly kind: "map"; readonly of: PropertyType }
  | { readonly kind: "object"; readonly properties: Properties };

/** One input and whether it must be given. */
export interface Property {
  readonly type: PropertyType;
  readonly required: boolean;
}

/** Inputs by name. */
export type Properties = Readonly<Record<string, Property>>;

/** Inputs of one thing and what the frame must know of its outputs. */
export interface PropertyTable {
  readonly properties: Properties;
  /** Outputs that are secret whatever the inputs are. */
  readonly secretOutputs?: readonly string[];
  /** Outputs that the provider makes: unknown while a creation is previewed. */
  readonly computed?: readonly string[];
}

const optional = (type: PropertyType): Property => ({ type, required: false });

/** Optional text. */
export const text: Property = optional({ kind: "string" });
/** Optional number. */
export const number: Property = optional({ kind: "number" });
/** Optional yes or no. */
export const flag: Property = optional({ kind: "boolean" });
/** Optional value of any shape. */
export const anything: Property = optional({ kind: "any" });
/** Optional list of such items. */
export const listOf = (item: Property): Property => optional({ kind: "list", of: item.type });
/** Optional map from names of the user's own to such values. */
export const mapOf = (value: Property): Property => optional({ kind: "map", of: value.type });
/** Optional object with exactly these fields. */
export const objectOf = (properties: Properties): Property => optional({ kind: "object", properties });
/** The same input, but it must be given. */
export const required = (property: Property): Property => ({ ...property, required: true });
