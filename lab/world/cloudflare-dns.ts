/** Rules for DNS records in the stand-in Cloudflare account. */
import { isIPv4, isIPv6 } from "node:net";
import { badRequest } from "./cloudflare-error";
import { isWithin } from "./cloudflare-ingress";

/** What a record says. */
export interface DnsRecordFields {
  /** As given; `normalizeName` makes it complete. */
  readonly name: string;
  readonly type: string;
  /** Seconds; 1: automatic. */
  readonly ttl: number;
  readonly content?: string;
  readonly proxied?: boolean;
  readonly priority?: number;
  readonly comment?: string;
  readonly tags?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A record as the account holds it. */
export interface DnsRecord extends DnsRecordFields {
  readonly id: string;
  readonly zoneId: string;
  readonly createdOn: string;
  readonly modifiedOn: string;
}

/** A zone of the account. */
export interface Zone {
  readonly id: string;
  readonly name: string;
}

const PROXIABLE: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

/** Whether Cloudflare can put itself before records of this type. */
export const isProxiable = (type: string): boolean => PROXIABLE.has(type);

/** The complete name: `@` is the apex, one label is put below it. Throws when the name lies outside of the zone. */
export function normalizeName(name: string, zone: Zone): string {
  const bare = name.replace(/\.$/, "").toLowerCase();
  if (bare === "@") return zone.name;
  if (isWithin(bare, zone.name)) return bare;
  if (!bare.includes(".")) return `${bare}.${zone.name}`;
  throw badRequest(1004, `DNS Validation Error: ${name} is not in the zone ${zone.name}`);
}

/** Throws when a record cannot be, alone or beside the others of its zone. */
export function checkRecord(record: DnsRecordFields, others: readonly DnsRecord[]): void {
  checkContent(record);
  if (record.proxied === true && !isProxiable(record.type)) throw badRequest(9004, "This record type cannot be proxied.");
  if (record.ttl !== 1 && (record.ttl < 60 || record.ttl > 86400)) {
    throw badRequest(9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
  }
  const namesakes = others.filter((other) => other.name === record.name);
  if (namesakes.some((other) => other.type === record.type && other.content === record.content)) {
    throw badRequest(81058, "An identical record already exists.");
  }
  if (record.type === "CNAME" && namesakes.some((other) => isProxiable(other.type))) {
    throw badRequest(81053, "An A, AAAA, or CNAME record with that host already exists.");
  }
  if (["A", "AAAA"].includes(record.type) && namesakes.some((other) => other.type === "CNAME")) {
    throw badRequest(81054, "A CNAME record with that host already exists.");
  }
}

function checkContent({ type, content, data }: DnsRecordFields): void {
  if (content === undefined && data === undefined) throw badRequest(9020, "DNS record content cannot be empty.");
  if (type === "A" && !isIPv4(content ?? "")) throw badRequest(9005, "Content for A record must be a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(content ?? "")) throw badRequest(9006, "Content for AAAA record must be a valid IPv6 address.");
  if (type === "CNAME" && !/^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9-]+\.?$/i.test(content ?? "")) {
    throw badRequest(9007, "Content for CNAME record is invalid.");
  }
}
