/** Address arithmetic on bigints, for both families. Parsing and formatting are left to ipaddr.js. */
import { IPv4, IPv6 } from "ipaddr.js";

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: its first address and how many leading bits are fixed. */
export interface Cidr {
  readonly family: Family;
  readonly first: bigint;
  readonly prefix: number;
}

/** Number of bits in an address: 32 or 128. */
export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

function toBigInt(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toBytes(address: Address): number[] {
  const count = bitsOf(address.family) / 8;
  return Array.from({ length: count }, (_, index) => Number((address.value >> BigInt(8 * (count - 1 - index))) & 0xffn));
}

/** An IPv4 address in four decimal parts without leading zeros, or an IPv6 address without a zone; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (IPv4.isValidFourPartDecimal(text)) return { family: 4, value: toBigInt(IPv4.parse(text).toByteArray()) };
  if (/^[0-9a-f:.]+$/i.test(text) && text.includes(":") && IPv6.isValid(text))
    return { family: 6, value: toBigInt(IPv6.parse(text).toByteArray()) };
  return undefined;
}

/** The canonical text of an address (RFC 5952 for IPv6). */
export function formatAddress(address: Address): string {
  const bytes = toBytes(address);
  return address.family === 4 ? new IPv4(bytes).toString() : new IPv6(bytes).toRFC5952String();
}

/** An address and a prefix length; the address may lie anywhere in the network. Undefined when the text is not that. */
export function parseInterface(text: string): { readonly address: Address; readonly cidr: Cidr } | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  const prefix = Number(match?.[2]);
  if (address === undefined || prefix > bitsOf(address.family)) return undefined;
  const hostBits = BigInt(bitsOf(address.family) - prefix);
  return { address, cidr: { family: address.family, first: (address.value >> hostBits) << hostBits, prefix } };
}

/** A network written by its first address, e.g. `10.0.0.0/24`; undefined when it is not one or has host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const parsed = parseInterface(text);
  return parsed !== undefined && parsed.address.value === parsed.cidr.first ? parsed.cidr : undefined;
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress({ family: cidr.family, value: cidr.first })}/${cidr.prefix}`;
}

/** Number of addresses in the network. */
export function sizeOf(cidr: Cidr): bigint {
  return 1n << BigInt(bitsOf(cidr.family) - cidr.prefix);
}

/** The last address; for IPv4 the broadcast address. */
export function lastOf(cidr: Cidr): bigint {
  return cidr.first + sizeOf(cidr) - 1n;
}

export function contains(cidr: Cidr, address: Address): boolean {
  return address.family === cidr.family && address.value >= cidr.first && address.value <= lastOf(cidr);
}

/** Whether every address of `inner` is in `outer`. */
export function encloses(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.first <= inner.first && lastOf(inner) <= lastOf(outer);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= lastOf(b) && b.first <= lastOf(a);
}

/** The address `offset` places after the network's first; undefined when that is outside the network. */
export function nth(cidr: Cidr, offset: bigint): Address | undefined {
  const address: Address = { family: cidr.family, value: cidr.first + offset };
  return contains(cidr, address) ? address : undefined;
}

/** Which address of the network no host may have: the first (network, or router anycast) and, for IPv4, the last (broadcast). */
export function reservedAs(cidr: Cidr, address: Address): "network" | "broadcast" | undefined {
  if (address.family !== cidr.family) return undefined;
  if (address.value === cidr.first) return "network";
  return cidr.family === 4 && address.value === lastOf(cidr) ? "broadcast" : undefined;
}

/** What the address block is for, in ipaddr.js' words: `unicast`, `private`, `loopback`, `linkLocal`, `multicast`, ... */
export function kindOf(address: Address): string {
  const bytes = toBytes(address);
  return address.family === 4 ? new IPv4(bytes).range() : new IPv6(bytes).range();
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}
