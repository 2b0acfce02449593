/** The forms that single values have. Each is a rule with an id; the schema says which field has which form. */
import { z } from "zod";
import { formatCidr, parseAddress, parseCidr, parseInterface } from "./cidr";
import { parseVersion } from "./compatibility";

/** What is wrong with a text, and what to write instead; undefined when nothing is. */
type Verdict = { readonly message: string; readonly fix: string } | undefined;

interface Format {
  /** Id of the rule. */
  readonly rule: string;
  /** What the rule asks for, one sentence. */
  readonly says: string;
  judge(text: string): Verdict;
}

function format(rule: string, says: string, judge: (text: string) => Verdict): Format {
  return { rule, says, judge };
}

/** A form that one pattern describes. */
function pattern(rule: string, says: string, expression: RegExp, message: string, fix: string): Format {
  return format(rule, says, (text) => (expression.test(text) ? undefined : { message, fix }));
}

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DNS_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

function judgeCidr(text: string): Verdict {
  const parsed = parseInterface(text);
  if (parsed === undefined) return { message: "is not a network", fix: "write an address and a prefix length, such as 192.168.10.0/24" };
  if (parseCidr(text) === undefined) return { message: "has bits set after its prefix", fix: `did you mean ${formatCidr(parsed.cidr)}?` };
  return undefined;
}

function isHttpUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) && !/\s/.test(text);
}

function judgeProxmoxUrl(text: string): Verdict {
  if (!isHttpUrl(text, ["https:"])) return { message: "is not an https URL", fix: "write it like https://pve1.example.com:8006/" };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return { message: "carries credentials", fix: "leave them out and set `token`" };
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return { message: "names a path", fix: `write only scheme, host and port: ${url.origin}/ (the provider adds /api2/json itself)` };
  return undefined;
}

function judgeGitUrl(text: string): Verdict {
  const fix = "write https://host/owner/repository.git or ssh://git@host/owner/repository.git";
  if (/^[\w.-]+@[\w.-]+:/.test(text))
    return { message: "is in scp's form, which Flux does not take", fix: `write ssh://${text.replace(":", "/")}` };
  if (!isHttpUrl(text, ["https:", "http:", "ssh:"])) return { message: "is not a Git URL that Flux takes", fix };
  const url = new URL(text);
  if (url.pathname.length < 2 || url.search !== "" || url.hash !== "") return { message: "does not name a repository", fix };
  if (url.protocol === "ssh:" && (url.username === "" || url.password !== ""))
    return { message: "does not say which user to log in as", fix };
  if (url.protocol !== "ssh:" && (url.username !== "" || url.password !== ""))
    return { message: "carries credentials in clear", fix: "leave them out and set `git.credentials`" };
  return undefined;
}

/** Every form, by the name that the schema uses. */
export const FORMATS = {
  name: pattern(
    "format.name",
    "A name is a DNS label: lower-case letters, digits and dashes, at most 63, not starting or ending with a dash.",
    new RegExp(`^${LABEL}$`),
    "is not a DNS label",
    "use lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends",
  ),
  clusterName: pattern(
    "format.cluster-name",
    "The cluster's name is a DNS label of at most 32 characters that starts with a letter.",
    /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
    "cannot name a cluster",
    "start with a lower-case letter and use at most 32 lower-case letters, digits and dashes",
  ),
  domain: pattern(
    "format.domain",
    "A domain is a lower-case DNS name of two labels or more, without scheme, port, wildcard or final dot.",
    DNS_NAME,
    "is not a domain name",
    "write it bare and in lower case, such as example.com",
  ),
  host: format("format.host", "A host is a lower-case DNS name or an IP address.", (text) =>
    parseAddress(text) !== undefined || (HOST_NAME.test(text) && !/(?:^|\.)\d+$/.test(text))
      ? undefined
      : { message: "is neither a DNS name nor an IP address", fix: "write a bare host, without scheme or port" },
  ),
  address: format("format.address", "An address is one IPv4 or IPv6 address, without prefix length or port.", (text) =>
    parseAddress(text) !== undefined ? undefined : { message: "is not an IP address", fix: "write one address, such as 192.168.10.11" },
  ),
  ipv4: format("format.ipv4", "Where IPv4 is asked for, the value is an IPv4 address or network.", (text) =>
    text.includes(":") ? { message: "is not IPv4", fix: "write the IPv4 one here; an IPv6 one goes under `ipv6` beside it" } : undefined,
  ),
  ipv6: format("format.ipv6", "Where IPv6 is asked for, the value is an IPv6 address or network.", (text) =>
    /^[\d./]+$/.test(text)
      ? { message: "is not IPv6", fix: "write the IPv6 one here; the IPv4 one goes under `ipv4` beside it" }
      : undefined,
  ),
  cidr: format("format.cidr", "A network is written by its first address and a prefix length.", judgeCidr),
  version: format("format.version", "A version has three numbers and no leading v.", (text) =>
    parseVersion(text) !== undefined
      ? undefined
      : {
          message: "is not a version of three numbers",
          fix: text.startsWith("v") ? "leave out the v: 1.13.7" : 'write all three numbers, quoted: "1.13.7"',
        },
  ),
  contract: pattern(
    "format.contract",
    "The contract is a Talos minor version with its v, such as v1.13.",
    /^v\d+\.\d+$/,
    "is not a Talos version contract",
    "write v and two numbers, such as v1.13",
  ),
  mac: pattern(
    "format.mac",
    "A MAC address is six hexadecimal pairs with colons.",
    /^(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/,
    "is not a MAC address",
    'write six pairs with colons, quoted: "02:00:00:12:34:56"',
  ),
  url: format("format.url", "A URL starts with https:// or http:// and names a host.", (text) =>
    isHttpUrl(text, ["https:", "http:"])
      ? undefined
      : { message: "is not an http or https URL", fix: "write it whole, such as https://registry.example.com" },
  ),
  proxmoxUrl: format(
    "proxmox.endpoint",
    "A Proxmox endpoint is an https URL of scheme, host and port, without path or credentials.",
    judgeProxmoxUrl,
  ),
  gitUrl: format(
    "git.url",
    "The Git URL is in a form that Flux takes: https://, http:// or ssh://user@, a repository, no credentials.",
    judgeGitUrl,
  ),
  branch: pattern(
    "git.branch",
    "The branch is a Git branch name, without refs/heads/.",
    /^(?!refs\/)(?!.*(?:\.\.|\/\/|@\{|[\s~^:?*[\\]|\/$|\.lock$|\.$))[^/.-][^]*$/,
    "is not a branch name",
    "write the short name, such as main",
  ),
  repositoryPath: pattern(
    "git.path",
    "A path in the repository is relative, with forward slashes and without . or .. steps.",
    /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/,
    "is not a path inside the repository",
    "write it relative to the repository's root, such as kubernetes/home",
  ),
  cloudflareId: pattern(
    "format.cloudflare-id",
    "A Cloudflare account or zone id is 32 hexadecimal digits in lower case.",
    /^[0-9a-f]{32}$/,
    "is not a Cloudflare id",
    "copy it from the zone's overview page; it has 32 digits of 0-9 and a-f",
  ),
  ageRecipient: pattern(
    "format.age-recipient",
    "The recipient of the escrow is a public age key.",
    /^age1[02-9ac-hj-np-z]{58}$/,
    "is not a public age key",
    "write the public key that age-keygen printed; it starts with age1 and has 62 characters",
  ),
  pem: format("format.pem", "A certificate is given as PEM text.", (text) =>
    /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)
      ? undefined
      : {
          message: "is not a certificate in PEM form",
          fix: "paste the whole file (/etc/pve/pve-root-ca.pem on the host) as a block after `ca: |`",
        },
  ),
  labelKey: format(
    "format.label-key",
    "The key of a label or taint is a name of at most 63 characters, optionally after a DNS name and a slash.",
    (text) => {
      const slash = text.indexOf("/");
      const prefixGood = slash === -1 || HOST_NAME.test(text.slice(0, slash));
      return prefixGood && /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(text.slice(slash + 1))
        ? undefined
        : { message: "is not a label key", fix: "write name or domain/name, such as example.com/disk" };
    },
  ),
  labelValue: pattern(
    "format.label-value",
    "The value of a label or taint is empty or at most 63 letters, digits, dashes, dots and underscores.",
    /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/,
    "is not a label value",
    "use at most 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends",
  ),
  mirror: pattern(
    "charts.mirror",
    "The mirror for charts is an OCI URL without a final slash.",
    /^oci:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w.-]+)*$/,
    "is not an OCI registry",
    "write oci://host[:port]/path",
  ),
  extension: pattern(
    "format.extension",
    "A system extension is named as the Image Factory lists it: publisher/name.",
    /^[a-z0-9-]+\/[a-z0-9][a-z0-9.-]*$/,
    "is not the name of a system extension",
    "write it as on factory.talos.dev, such as siderolabs/iscsi-tools",
  ),
  kernelWord: pattern(
    "format.kernel-argument",
    "A kernel argument, module name or module parameter is one word without spaces or quotes.",
    /^[^\s"']+$/,
    "is not one word",
    "write each argument as an entry of its own",
  ),
  absolutePath: pattern(
    "format.file-path",
    "The file of an extension is named by its absolute path.",
    /^\/(?!.*(?:\/\/|\/\.{1,2}(?:\/|$)))[^\s]+[^/\s]$/,
    "is not an absolute file path",
    "write where the extension looks for it, such as /etc/nut/upsmon.conf",
  ),
  environment: pattern(
    "format.environment",
    "An environment entry is NAME=value.",
    /^[A-Za-z_][A-Za-z0-9_]*=/,
    "is not an environment entry",
    "write NAME=value",
  ),
  mapping: pattern(
    "nodes.pci-mapping",
    "A PCI device is named by a Proxmox resource mapping, never by its raw id: only root may pass a raw id through, and ids move.",
    /^[A-Za-z][\w-]{1,127}$/,
    "is not the name of a resource mapping",
    "make a mapping under Datacenter > Resource Mappings and write its name",
  ),
  tag: pattern(
    "format.tag",
    "A Proxmox tag is lower case: letters, digits, and . _ + - after the first character.",
    /^[a-z0-9_][a-z0-9_.+-]*$/,
    "is not a tag that Proxmox keeps as written",
    "use lower-case letters, digits, dots, dashes and underscores",
  ),
  proxmoxId: pattern(
    "format.proxmox-id",
    "A bridge, pool or datastore is named by its Proxmox id: at most 100 letters, digits, dots, dashes and underscores.",
    /^[A-Za-z][\w.-]{0,99}$/,
    "is not a Proxmox id",
    "write the id as Proxmox shows it, such as local-lvm or vmbr0",
  ),
  registry: pattern(
    "format.registry",
    "A registry is a host with an optional port, without a scheme.",
    /^[a-z0-9][a-z0-9.-]*(?::\d{1,5})?$/,
    "is not the host of a registry",
    "write the bare host that images are named by, such as docker.io",
  ),
  text: format("format.text", "A text is not blank and has no control characters but tabs and line ends.", (text) => {
    if (!/\S/.test(text)) return { message: "is blank", fix: "write something, or remove the key" };
    const isControl = (letter: string): boolean => letter < " " && !"\t\r\n".includes(letter);
    return [...text].some(isControl) ? { message: "has control characters", fix: "write it again by hand" } : undefined;
  }),
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** A string of the given forms; every form that it breaks is an issue that carries the rule's id. */
export function text(...names: readonly FormatName[]): z.ZodString {
  return z.string().superRefine((value, context) => {
    for (const name of names) {
      const { rule, judge } = FORMATS[name];
      const verdict = judge(value);
      if (verdict === undefined) continue;
      context.addIssue({ code: "custom", message: verdict.message, params: { rule, fix: verdict.fix } });
      return;
    }
  });
}
