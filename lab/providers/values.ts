/**
 * The engine's wire form of property values and ours. On the wire a secret is an object with a signature key and an
 * unknown is one particular string; here they are a list of paths beside plain values, and the `UNKNOWN` symbol.
 */
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type Inputs } from "./adapter";

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where a value is: property names and list positions. */
export type PropertyPath = readonly (string | number)[];

/** Plain values and the paths of those that are secret. */
export interface Decoded {
  readonly value: Inputs;
  readonly secrets: readonly PropertyPath[];
}

/** Whether a value is a plain object (not a list, not null). */
export function isObject(value: unknown): value is Inputs {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a message's properties; an absent one is empty. Nulls inside objects are dropped: to the engine they mean "not given". */
export function decode(struct: Struct | undefined): Decoded {
  const secrets: PropertyPath[] = [];
  const value = decodeObject(struct?.toJavaScript() ?? {}, [], secrets);
  return { value, secrets };
}

function decodeObject(object: Inputs, path: PropertyPath, secrets: PropertyPath[]): Inputs {
  const entries = Object.entries(object).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, decodeValue(value, [...path, name], secrets)]));
}

function decodeValue(value: unknown, path: PropertyPath, secrets: PropertyPath[]): unknown {
  if (value === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, position) => decodeValue(item, [...path, position], secrets));
  if (!isObject(value)) return value;
  if (value[SIGNATURE_KEY] === SECRET_SIGNATURE) {
    secrets.push(path);
    return decodeValue(value["value"], path, secrets);
  }
  return decodeObject(value, path, secrets);
}

/** The message of these properties, with every value at a secret path wrapped. Throws on what cannot be sent, such as a function. */
export function encode(decoded: Decoded): Struct {
  const secret = new Set(decoded.secrets.map(pathKey));
  return Struct.fromJavaScript(encodeObject(decoded.value, [], secret));
}

function encodeObject(object: Inputs, path: PropertyPath, secret: ReadonlySet<string>): { [name: string]: JavaScriptValue } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, encodeValue(value, [...path, name], secret)]));
}

function encodeValue(value: unknown, path: PropertyPath, secret: ReadonlySet<string>): JavaScriptValue {
  const plain = encodePlain(value, path, secret);
  return secret.has(pathKey(path)) ? { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: plain } : plain;
}

function encodePlain(value: unknown, path: PropertyPath, secret: ReadonlySet<string>): JavaScriptValue {
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, position) => encodeValue(item, [...path, position], secret));
  if (isObject(value)) return encodeObject(value, path, secret);
  throw new TypeError(`a ${typeof value} cannot be a property value`);
}

const pathKey = (path: PropertyPath): string => JSON.stringify(path);

/**
 * Which outputs are secret, given the values that they were made from: those named by the adapter, and whatever a secret
 * input or former output is echoed in. Where an output is no longer shaped like its source, all of it is secret.
 */
export function secretPaths(outputs: Inputs, named: readonly string[], sources: readonly Decoded[]): readonly PropertyPath[] {
  const paths = new Map<string, PropertyPath>();
  const add = (path: PropertyPath): void => void paths.set(pathKey(path), path);
  named.filter((name) => outputs[name] !== undefined).forEach((name) => add([name]));
  for (const source of sources) {
    for (const path of source.secrets) {
      const name = path[0];
      if (typeof name !== "string" || outputs[name] === undefined) continue;
      add(sameValue(outputs[name], source.value[name]) ? path : [name]);
    }
  }
  return [...paths.values()];
}

/** Whether two plain values are equal in depth; an unknown equals nothing but another unknown. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, position) => sameValue(item, right[position]));
  }
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => sameValue(left[name], right[name]));
  }
  return left === right;
}

/** Whether an unknown is anywhere in a value. */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) ? Object.values(value).some(hasUnknown) : value === UNKNOWN;
}
