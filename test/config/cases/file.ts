import type { RuleCases } from "./case";

export const FILE_CASES: readonly RuleCases[] = [
  {
    rule: "file.syntax",
    refused: [
      { name: "a key twice in one map", at: "", text: [["    name: home\n", "    name: home\n    name: cabin\n"]] },
      { name: "a list where the map ends", at: "", text: [["secretsprovider: passphrase\n", "- secretsprovider: passphrase\n"]] },
      {
        name: "a second document",
        at: "",
        text: [["    imageFactory: https://factory.talos.dev\n", "    imageFactory: https://factory.talos.dev\n---\na: 1\n"]],
      },
    ],
    accepted: [{ name: "a comment", text: [["    name: home\n", "    name: home # sweet home\n"]] }],
  },
  {
    rule: "file.unknown-key",
    refused: [
      { name: "a misspelt key of Pulumi's", at: "secretprovider", file: { secretsprovider: undefined, secretprovider: "passphrase" } },
      { name: "a section beside config", at: "hearth:cluster", file: { "hearth:cluster": { name: "home" } } },
    ],
    accepted: [{ name: "every key of Pulumi's", file: { encryptedkey: "AAAA" } }],
  },
  {
    rule: "file.environment",
    refused: [
      { name: "a list of environments", at: "environment", file: { environment: ["home"] } },
      {
        name: "an inline environment",
        at: "environment",
        file: { environment: { values: { pulumiConfig: { "hearth:cluster": { name: "home" } } } } },
      },
    ],
    accepted: [{ name: "environment as an app's option", set: { "platform.crds": { environment: "x" } } }],
  },
  {
    rule: "file.one-name",
    refused: [
      {
        name: "escrow with and without the project's name",
        at: "escrow",
        text: [
          [
            "  hearth:gates:\n",
            "  escrow:\n    recipient: age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\n  hearth:gates:\n",
          ],
        ],
      },
      {
        name: "charts with and without the project's name",
        at: "charts",
        text: [["  hearth:gates:\n", "  charts: {}\n  hearth:gates:\n"]],
      },
    ],
    accepted: [{ name: "a section without the project's name", text: [["  hearth:gates:\n", "  gates:\n"]] }],
  },
  {
    rule: "file.no-anchors",
    refused: [
      { name: "an anchor", at: "nodes.worker-1", text: [["    worker-1:\n", "    worker-1: &big\n"]] },
      {
        name: "an alias",
        at: "cluster.installed",
        text: [
          ['    installed:\n      talos: "1.13.6"\n      kubernetes: "1.35.2"\n', "    installed: *wanted\n"],
          ["    versions:\n", "    versions: &wanted\n"],
        ],
      },
    ],
    accepted: [{ name: "an ampersand within quotes", set: { "proxmox.attic.tls.insecure": "&desk *cable" } }],
  },
  {
    rule: "file.no-tags",
    refused: [
      { name: "a number tagged as a text", at: "git.branch", text: [["    branch: main\n", "    branch: !!str 2024\n"]] },
      { name: "a tag of one's own", at: "cluster.name", text: [["    name: home\n", "    name: !home home\n"]] },
    ],
    accepted: [{ name: "an exclamation mark within quotes", set: { "proxmox.attic.tls.insecure": "!cable" } }],
  },
  {
    rule: "file.quote",
    refused: [
      {
        name: "a version that loses its zero",
        at: "cluster.versions.kubernetes",
        text: [['      kubernetes: "1.36.3"\n', "      kubernetes: 1.30\n"]],
      },
      { name: "a branch with a leading zero", at: "git.branch", text: [["    branch: main\n", "    branch: 08\n"]] },
      { name: "a branch called no", at: "git.branch", text: [["    branch: main\n", "    branch: no\n"]] },
      { name: "a hexadecimal number", at: "network.mtu", text: [["    mtu: 1500\n", "    mtu: 0x5DC\n"]] },
      { name: "an octal number", at: "network.mtu", text: [["    mtu: 1500\n", "    mtu: 0o2734\n"]] },
      { name: "a number with underscores", at: "network.mtu", text: [["    mtu: 1500\n", "    mtu: 1_500\n"]] },
      {
        name: "a MAC address that is a number of base 60",
        at: "nodes.cp-1.mac",
        text: [['      mac: "02:00:00:AA:00:01"\n', "      mac: 52:54:00:12:34:56\n"]],
      },
      { name: "a date for a branch", at: "git.branch", text: [["    branch: main\n", "    branch: 2026-11-20\n"]] },
      {
        name: "an id that is a number with an exponent",
        at: "cloudflare.accountId",
        text: [['    accountId: "0123456789abcdef0123456789abcdef"\n', "    accountId: 12345678901234567890123456789e12\n"]],
      },
      {
        name: "an id that is too long a number",
        at: "cloudflare.accountId",
        text: [['    accountId: "0123456789abcdef0123456789abcdef"\n', "    accountId: 12345678901234567890123456789012\n"]],
      },
      { name: "a node called on", at: "nodes.on", text: [["    worker-2:\n", "    on:\n"]] },
      { name: "a node called 7", at: "nodes.7", text: [["    worker-2:\n", "    7:\n"]] },
      {
        name: "an option written as a sign and a number",
        at: "platform.echo.replicas",
        text: [["    echo: {}\n", "    echo: { replicas: +2 }\n"]],
      },
    ],
    accepted: [
      {
        name: "the same, quoted",
        text: [
          ["    branch: main\n", '    branch: "08"\n'],
          ['      mac: "02:00:00:AA:00:01"\n', '      mac: "52:54:00:12:34:56"\n'],
          ["    worker-2:\n", '    "7":\n'],
        ],
      },
      {
        name: "whole numbers, short decimals and true",
        text: [["    echo: {}\n", "    echo: { replicas: 2 }\n    crds: { a: 0.5, b: -3, c: true }\n"]],
      },
    ],
  },
];
