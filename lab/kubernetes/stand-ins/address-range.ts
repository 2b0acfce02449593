import ipaddr from "ipaddr.js";

/** Addresses from `first` to `last`, both included. */
export interface AddressRange {
  readonly family: "IPv4" | "IPv6";
  readonly first: bigint;
  readonly last: bigint;
}

/** A block of a pool: a CIDR, one address (`start` alone) or a range. Undefined when it says none of these. */
export function rangeOf(block: { readonly cidr?: string | undefined; readonly start?: string | undefined; readonly stop?: string | undefined }): AddressRange | undefined {
  if (block.cidr !== undefined) {
    const [address, prefix] = ipaddr.parseCIDR(block.cidr.includes("/") ? block.cidr : `${block.cidr}/${block.cidr.includes(":") ? 128 : 32}`);
    const bits = address.kind() === "ipv6" ? 128n : 32n;
    const size = 1n << (bits - BigInt(prefix));
    const first = (toNumber(address) / size) * size;
    return { family: familyOf(address), first, last: first + size - 1n };
  }
  if (block.start === undefined) return undefined;
  const start = ipaddr.parse(block.start);
  return { family: familyOf(start), first: toNumber(start), last: toNumber(ipaddr.parse(block.stop ?? block.start)) };
}

/** Whether an address lies in a range. */
export function contains(range: AddressRange, ip: string): boolean {
  const address = ipaddr.parse(ip);
  const number = toNumber(address);
  return familyOf(address) === range.family && number >= range.first && number <= range.last;
}

/** The addresses of a range, one after the other. */
export function* addressesOf({ family, first, last }: AddressRange): Generator<string> {
  for (let number = first; number <= last; number += 1n) yield toText(number, family);
}

function familyOf(address: ipaddr.IPv4 | ipaddr.IPv6): "IPv4" | "IPv6" {
  return address.kind() === "ipv6" ? "IPv6" : "IPv4";
}

function toNumber(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function toText(number: bigint, family: "IPv4" | "IPv6"): string {
  const length = family === "IPv6" ? 16 : 4;
  const bytes = Array.from({ length }, (_, index) => Number((number >> BigInt(8 * (length - 1 - index))) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}
