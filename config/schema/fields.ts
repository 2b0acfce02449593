/** The words that every section of the schema is written in. */
import { z } from "zod";
import { SecretValue } from "../secret-value";
import { text, type FormatName } from "../formats";

/** What the schema knows of a field besides its type; `shown` is the default in words, where it is computed. */
export interface FieldMeta {
  readonly description: string;
  readonly default?: unknown;
  readonly shown?: string;
  readonly secret?: true;
}

/** A field that may be left out. `fallback` is its default: a plain value, or `{ shown }` for one that is computed or absent. */
export function optional<T extends z.ZodType>(
  schema: T,
  description: string,
  fallback: { readonly value: unknown } | { readonly shown: string },
): z.ZodOptional<T> {
  const meta: FieldMeta = "value" in fallback ? { description, default: fallback.value } : { description, shown: fallback.shown };
  return schema.optional().meta({ ...meta });
}

/** A field that has no default. */
export function required<T extends z.ZodType>(schema: T, description: string): T {
  const meta: FieldMeta = { description };
  return schema.meta({ ...meta });
}

/** A secret: `{ secure: ... }` in the file, known text when read through Pulumi. */
export function secret(description: string): z.ZodOptional<z.ZodType<SecretValue, SecretValue>> {
  const meta: FieldMeta = { description, secret: true };
  const schema: z.ZodType<SecretValue, SecretValue> = z.custom<SecretValue>((value) => value instanceof SecretValue);
  return schema.meta({ ...meta }).optional();
}

/** A whole number within bounds, both included. */
export function whole(min: number, max: number): z.ZodInt {
  return z.int().min(min).max(max);
}

/** A list of texts of one form. */
export function list(...names: readonly FormatName[]): z.ZodArray<z.ZodString> {
  return z.array(text(...names));
}

/** A network, IPv4 alone as a text, or IPv4 and IPv6 as a pair. */
export function cidrPair(): z.ZodUnion<readonly [z.ZodString, z.ZodObject<{ ipv4: z.ZodString; ipv6: z.ZodString }, z.core.$strict>]> {
  return z.union([
    text("cidr", "ipv4"),
    z.strictObject({
      ipv4: required(text("cidr", "ipv4"), "The IPv4 network."),
      ipv6: required(text("cidr", "ipv6"), "The IPv6 network."),
    }),
  ]);
}
