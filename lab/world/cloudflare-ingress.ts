/** Rules that a tunnel's ingress must meet: those of cloudflared and the API, and that every host name is in a zone of the account. */
import { badRequest, type CloudflareError } from "./cloudflare-error";

/** One ingress rule; what it does not name matches everything. */
export interface IngressRule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: Readonly<Record<string, unknown>>;
}

const BAD_CONFIGURATION = 1056;
const SCHEMES = ["http:", "https:", "unix:", "unix+tls:", "tcp:", "ssh:", "rdp:", "smb:", "bastion:"];

/** Throws the first thing that is wrong with the rules. */
export function checkIngress(rules: readonly IngressRule[], zoneNames: readonly string[]): void {
  const last = rules[rules.length - 1];
  if (last === undefined) throw bad("there must be at least one ingress rule");
  if (!matchesAll(last)) throw bad("The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)");
  rules.forEach((rule, index) => {
    if (index < rules.length - 1 && matchesAll(rule)) {
      throw bad(`Rule #${index + 1} is matching every hostname, meaning the rules which follow it will never be triggered.`);
    }
    checkHostname(rule.hostname ?? "", zoneNames);
    checkService(rule.service, index);
  });
}

const matchesAll = (rule: IngressRule): boolean => ["", "*"].includes(rule.hostname ?? "") && (rule.path ?? "") === "";

function checkHostname(hostname: string, zoneNames: readonly string[]): void {
  if (hostname === "" || hostname === "*") return;
  if (hostname.slice(1).includes("*") || (hostname.startsWith("*") && !hostname.startsWith("*."))) {
    throw bad(
      'Hostname patterns can have at most one wildcard character ("*") and it can only be used for subdomains, e.g. "*.example.com"',
    );
  }
  if (/[:/]/.test(hostname)) throw bad("Hostname cannot contain a port or a path");
  if (!zoneNames.some((zone) => isWithin(hostname, zone))) throw bad(`hostname ${hostname} is in no zone of this account`);
}

function checkService(service: string, index: number): void {
  if (/^http_status:\d{3}$/.test(service) || ["hello_world", "socks-proxy", "bastion"].includes(service)) return;
  const url = URL.canParse(service) ? new URL(service) : undefined;
  if (url === undefined || !SCHEMES.includes(url.protocol))
    throw bad(`Rule #${index + 1}: ${service} is an invalid address, please make sure it has a scheme and a hostname`);
  if (/^https?:$/.test(url.protocol) && !["", "/"].includes(url.pathname)) {
    throw bad(
      `Rule #${index + 1}: ${service} is an invalid address, ingress rules don't support proxying to a different path on the origin service`,
    );
  }
}

/** Whether a DNS name is a zone's apex or below it; case does not matter. */
export function isWithin(name: string, zone: string): boolean {
  const [lower, apex] = [name.toLowerCase(), zone.toLowerCase()];
  return lower === apex || lower.endsWith(`.${apex}`);
}

const bad = (message: string): CloudflareError => badRequest(BAD_CONFIGURATION, `Bad Configuration: ${message}`);
