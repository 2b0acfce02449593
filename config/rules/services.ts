import { suggestion } from "../nearest";
import { formatPath, type Path } from "../path";
import { problem, type Problem } from "../problem";
import type { Rule } from "./rule";

/** Checks the options of one app; paths of its problems are below `platform.<app>`, as `formatPath` writes them. */
export type AppCheck = (options: unknown) => readonly Problem[];

/** Which of the credentials' fields go with which kind; the first of a kind's are needed besides its secret. */
const CREDENTIALS = {
  public: { needs: [], allows: [] },
  token: { needs: [], allows: ["username", "token"] },
  deployKey: { needs: ["knownHosts"], allows: ["deployKey", "knownHosts"] },
} as const;

const CREDENTIAL_FIELDS = ["username", "token", "deployKey", "knownHosts"] as const;

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export const proxmoxRules: readonly Rule[] = [
  {
    id: "proxmox.tls-one",
    says: "An endpoint is trusted in one way: by a CA or not at all, not both, and an empty `tls` says nothing.",
    check: ({ written, broken }) =>
      Object.entries(written.proxmox ?? {}).flatMap(([name, each]) => {
        const tls = each?.tls;
        if (tls === undefined || (tls.ca === undefined) !== (tls.insecure === undefined)) return [];
        const path: Path = ["proxmox", name, "tls"];
        if (broken(path)) return [];
        const both = tls.ca !== undefined;
        return [
          problem(
            "proxmox.tls-one",
            path,
            both ? "both gives a CA and turns verification off" : "neither gives a CA nor turns verification off",
            both ? "remove `insecure`" : "set `ca`, or remove `tls` to trust the system's roots",
            [
              [...path, "ca"],
              [...path, "insecure"],
            ],
          ),
        ];
      }),
  },
  {
    id: "proxmox.anti-affinity",
    says: "An anti-affinity rule needs a Proxmox cluster of two hosts or more.",
    check: ({ written, proxmox }) =>
      proxmox.flatMap(({ name, path, hosts }) =>
        written.proxmox?.[name]?.antiAffinityRule === true && hosts.length < 2
          ? [
              problem(
                "proxmox.anti-affinity",
                [...path, "antiAffinityRule"],
                "asks for different hosts, but there is only one",
                "remove it",
                [[...path, "hosts"]],
              ),
            ]
          : [],
      ),
  },
];

export const serviceRules: readonly Rule[] = [
  {
    id: "cloudflare.zones",
    says: "Every domain of the cluster has a zone id, and no other domain has.",
    check: ({ written, broken }) => {
      const zones = written.cloudflare?.zones;
      const domains = written.cluster?.domains;
      if (zones === undefined || domains === undefined || domains.includes(undefined) || broken(["cloudflare", "zones"])) return [];
      const at = (domain: string): Path => ["cloudflare", "zones", domain];
      const missing = domains.flatMap((domain, index) =>
        domain === undefined || zones[domain] !== undefined
          ? []
          : [
              problem("cloudflare.zones", at(domain), "is missing, and the cluster serves that domain", "add its zone id", [
                ["cluster", "domains", index],
                ["cluster", "domains"],
              ]),
            ],
      );
      const known = domains.flatMap((domain) => domain ?? []);
      const strange = Object.keys(zones)
        .filter((domain) => !known.includes(domain))
        .map((domain) =>
          problem("cloudflare.zones", at(domain), "is not a domain of the cluster", suggestion(domain, known), [["cluster", "domains"]]),
        );
      return [...missing, ...strange];
    },
  },
  {
    id: "git.credentials",
    says: "Credentials go with the URL: a deploy key with ssh://, a token or none with https://; each kind has its fields and no others.",
    check: ({ written, broken }) => {
      const { url, credentials } = written.git ?? {};
      const kind = credentials === undefined ? "public" : credentials.kind;
      const at = (field: string): Path => ["git", "credentials", field];
      if (kind === undefined) return [];
      const ssh = url?.startsWith("ssh:");
      const problems: Problem[] = [];
      if (url !== undefined && ssh !== (kind === "deployKey"))
        problems.push(
          problem(
            "git.credentials",
            at("kind"),
            `does not go with ${ssh ? "an ssh" : "an http"} URL`,
            ssh ? "use deployKey" : "use token or public",
            [["git", "url"]],
          ),
        );
      const { needs, allows } = CREDENTIALS[kind];
      for (const field of CREDENTIAL_FIELDS) {
        const given = credentials?.[field] !== undefined;
        if (given && !allows.some((each) => each === field))
          problems.push(
            problem("git.credentials", at(field), `does not go with \`kind: ${kind}\``, "remove it, or change the kind", [at("kind")]),
          );
        if (!given && !broken(at(field)) && needs.some((each) => each === field))
          problems.push(
            problem("git.credentials", at(field), `is missing, and \`kind: ${kind}\` needs it`, "add the output of ssh-keyscan", [
              at("kind"),
            ]),
          );
      }
      return problems;
    },
  },
  {
    id: "charts.plain-http",
    says: "Plain http to a mirror is for a loopback address only, and means nothing without a mirror.",
    check: ({ written, broken }) => {
      const { mirror, plainHttp } = written.charts ?? {};
      const path: Path = ["charts", "plainHttp"];
      if (plainHttp !== true || broken(["charts", "mirror"])) return [];
      if (mirror === undefined)
        return [problem("charts.plain-http", path, "is set, but there is no mirror", "remove it", [["charts", "mirror"]])];
      return isLoopbackHost(new URL(mirror.replace("oci:", "http:")).hostname)
        ? []
        : [
            problem(
              "charts.plain-http",
              path,
              "would fetch charts unprotected over a network",
              "remove it and give the mirror a certificate",
              [["charts", "mirror"]],
            ),
          ];
    },
  },
];

/** Rules on `platform`, for the apps that there are. */
export function platformRules(apps: Readonly<Record<string, AppCheck>>): readonly Rule[] {
  return [
    {
      id: "platform.app-known",
      says: "Every app of `platform` is in the catalogue.",
      check: ({ written }) =>
        Object.keys(written.platform ?? {})
          .filter((name) => !Object.hasOwn(apps, name))
          .map((name) =>
            problem("platform.app-known", ["platform", name], "is not an app of the catalogue", suggestion(name, Object.keys(apps))),
          ),
    },
    {
      id: "platform.options",
      says: "An app's options are what the app takes.",
      check: ({ written }) =>
        Object.entries(written.platform ?? {}).flatMap(([name, options]) => {
          const below = `platform.${name}`;
          const found = Object.hasOwn(apps, name) ? (apps[name]?.(options ?? {}) ?? []) : [];
          return found.map((each) => ({
            ...each,
            rule: "platform.options",
            path: each.path.startsWith(below) ? each.path : formatPath(["platform", name]),
          }));
        }),
    },
  ];
}
