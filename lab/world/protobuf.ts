/** Just enough of the protobuf wire format to answer Talos' machine API without its generated code. */

/** A field that is sent: number and value. Text and messages are length-delimited, numbers and yes/no are varints. */
export type Field = readonly [number: number, value: string | number | bigint | Buffer];

/** Bytes of one message with these fields, in this order. */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => field(number, value)));
}

function field(number: number, value: string | number | bigint | Buffer): Buffer {
  if (typeof value === "number" || typeof value === "bigint") return Buffer.concat([varint(BigInt(number << 3)), varint(BigInt(value))]);
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
