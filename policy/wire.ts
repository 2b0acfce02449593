/**
 * The engine's requests, read straight off their bytes: @pulumi/policy's own way, by an object for every value, costs a
 * preview more than all rules do. Source: protobuf.dev (Encoding), proto/pulumi/analyzer.proto, google/protobuf/struct.proto.
 */
import { type Resource, withoutMarks } from "./resource";

/** The resource of an `AnalyzeRequest`, or one of an `AnalyzeStackRequest`: their fields have the same numbers. */
export function resourceIn(message: Buffer): Resource {
  const fields = fieldsIn(message);
  const provider = messageAt(fields, 6);
  return {
    type: textAt(fields, 1),
    name: textAt(fields, 4),
    urn: textAt(fields, 3),
    ...withoutMarks(structIn(messageAt(fields, 2) ?? NOTHING)),
    options: optionsIn(messageAt(fields, 5) ?? NOTHING),
    ...(provider === undefined ? {} : { provider: textAt(fieldsIn(provider), 4) }),
  };
}

/** The resources of an `AnalyzeStackRequest`. */
export function resourcesIn(message: Buffer): readonly Resource[] {
  return (fieldsIn(message)[1] ?? []).map((each) => resourceIn(messageOf(each)));
}

function optionsIn(message: Buffer): Resource["options"] {
  const fields = fieldsIn(message);
  return {
    protect: isOnAt(fields, 1),
    ignoreChanges: (fields[2] ?? []).map(textOf),
    ...(isOnAt(fields, 4) ? { deleteBeforeReplace: isOnAt(fields, 3) } : {}),
    additionalSecretOutputs: (fields[5] ?? []).map(textOf),
  };
}

function structIn(message: Buffer): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  eachField(message, (_field, entry) => {
    let [key, value]: [string, unknown] = ["", null];
    eachField(messageOf(entry), (field, part) => {
      if (field === 1) key = textOf(part);
      else value = valueIn(messageOf(part));
    });
    entries.push([key, value]);
  });
  return Object.fromEntries(entries);
}

function valueIn(message: Buffer): unknown {
  let found: unknown = null;
  eachField(message, (field, value) => {
    if (field === 2) found = value;
    else if (field === 3) found = textOf(value);
    else if (field === 4) found = value === 1;
    else if (field === 5) found = structIn(messageOf(value));
    else if (field === 6) found = listIn(messageOf(value));
  });
  return found;
}

function listIn(message: Buffer): readonly unknown[] {
  const items: unknown[] = [];
  eachField(message, (_field, value) => items.push(valueIn(messageOf(value))));
  return items;
}

/** What stands in a field: a number, or the bytes of a text or message. */
type Value = number | Buffer;
/** Fields of a message by number, each as often as it is there. */
type Fields = readonly (readonly Value[] | undefined)[];

const NOTHING = Buffer.alloc(0);

function fieldsIn(message: Buffer): Fields {
  const fields: Value[][] = [];
  eachField(message, (field, value) => (fields[field] ??= []).push(value));
  return fields;
}

function messageAt(fields: Fields, number: number): Buffer | undefined {
  const value = fields[number]?.at(-1);
  return value === undefined ? undefined : messageOf(value);
}

function textAt(fields: Fields, number: number): string {
  return textOf(messageAt(fields, number) ?? NOTHING);
}

function isOnAt(fields: Fields, number: number): boolean {
  return fields[number]?.at(-1) === 1;
}

function messageOf(value: Value): Buffer {
  if (typeof value === "number") throw new Error("the engine's request has a number where a text or a message belongs");
  return value;
}

function textOf(value: Value): string {
  return messageOf(value).toString("utf8");
}

/** Hands out every field of a message, in order. @throws Error for bytes that are no message */
function eachField(message: Buffer, take: (field: number, value: Value) => void): void {
  const reader = new Reader(message);
  while (reader.position < message.length) {
    const tag = reader.varint();
    const kind = tag % 8;
    const field = (tag - kind) / 8;
    if (kind === 0) take(field, reader.varint());
    else if (kind === 1) take(field, reader.bytes(8).readDoubleLE());
    else if (kind === 2) take(field, reader.bytes(reader.varint()));
    else if (kind === 5) take(field, reader.bytes(4).readFloatLE());
    else throw new Error(`the engine's request has a field of kind ${kind}`);
  }
}

class Reader {
  position = 0;

  constructor(private readonly message: Buffer) {}

  /** Seven bits in each byte, the lowest first; the last has no eighth. */
  varint(): number {
    for (let value = 0, place = 1; ; place *= 128) {
      const byte = this.message[this.position++];
      if (byte === undefined) throw new Error("the engine's request is cut short");
      value += (byte % 128) * place;
      if (byte < 128) return value;
    }
  }

  bytes(length: number): Buffer {
    const start = this.position;
    this.position += length;
    if (this.position > this.message.length) throw new Error("the engine's request is cut short");
    return this.message.subarray(start, this.position);
  }
}
