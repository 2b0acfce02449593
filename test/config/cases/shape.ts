import type { RuleCases } from "./case";

export const SHAPE_CASES: readonly RuleCases[] = [
  {
    rule: "keys.unknown-section",
    refused: [
      { name: "a misspelt section", at: "hearth:clutser", set: { clutser: { name: "home" } } },
      { name: "a misspelt project", at: "herth:charts", text: [["  hearth:charts:\n", "  herth:charts:\n"]] },
      {
        name: "another provider's key",
        at: "cloudflare:apiToken",
        text: [["  hearth:charts:\n", "  cloudflare:apiToken: abc\n  hearth:charts:\n"]],
      },
    ],
    accepted: [
      {
        name: "a key of Pulumi's own",
        text: [["  hearth:charts:\n", "  pulumi:disable-default-providers:\n    - aws\n  hearth:charts:\n"]],
      },
    ],
  },
  {
    rule: "keys.unknown",
    refused: [
      { name: "a misspelt field", at: "cluster.domans", set: { "cluster.domans": ["example.com"] } },
      { name: "a misspelt field of a node", at: "nodes.cp-1.memoryMB", set: { "nodes.cp-1.memoryMB": 8192 } },
      { name: "an address without a slot", at: "network.addresses.grafana", set: { "network.addresses.grafana": "192.168.10.215" } },
      { name: "a role without defaults", at: "nodeDefaults.workers", set: { "nodeDefaults.workers": { cores: 4 } } },
    ],
    accepted: [{ name: "all of a node's fields", set: { "nodes.cp-1.kernelArgs": ["quiet"] } }],
  },
  {
    rule: "shape.required",
    refused: [
      { name: "no name", at: "cluster.name", set: { "cluster.name": undefined } },
      { name: "no section for Git", at: "git", set: { git: undefined } },
      { name: "a node without an address", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": undefined } },
      { name: "no role", at: "nodes.worker-2.role", set: { "nodes.worker-2.role": undefined } },
    ],
    accepted: [
      {
        name: "nothing that has a default",
        set: {
          charts: undefined,
          escrow: undefined,
          gates: undefined,
          endpoints: undefined,
          platform: undefined,
          secrets: undefined,
          nodeDefaults: undefined,
          "network.mtu": undefined,
        },
      },
    ],
  },
  {
    rule: "shape.type",
    refused: [
      { name: "a number for a branch", at: "git.branch", set: { "git.branch": 2024 } },
      { name: "a text for cores", at: "nodes.worker-2.cores", set: { "nodes.worker-2.cores": "4" } },
      { name: "a half core", at: "nodes.worker-2.cores", set: { "nodes.worker-2.cores": 1.5 } },
      { name: "nothing after a key", at: "charts", set: { charts: null } },
      { name: "a text for a section", at: "git", set: { git: "https://git.example.com/home.git" } },
      { name: "one domain without its list", at: "cluster.domains", set: { "cluster.domains": "example.com" } },
      { name: "config that is a list", at: "config", file: { config: ["a"] }, also: ["shape.required"] },
      { name: "a list for a network", at: "network.pods", set: { "network.pods": ["10.244.0.0/16"] } },
    ],
    accepted: [{ name: "a branch of digits, quoted", set: { "git.branch": "2024" } }],
  },
  {
    rule: "shape.range",
    refused: [
      { name: "a VLAN past the last", at: "network.vlan", set: { "network.vlan": 4095 } },
      { name: "an MTU below what IPv6 needs", at: "network.mtu", set: { "network.mtu": 1279 } },
      { name: "no domain", at: "cluster.domains", set: { "cluster.domains": [] } },
      { name: "four resolvers", at: "network.dnsServers", set: { "network.dnsServers": ["9.9.9.9", "1.1.1.1", "8.8.8.8", "8.8.4.4"] } },
      { name: "a VM id that Proxmox keeps for itself", at: "nodes.cp-1.vmId", set: { "nodes.cp-1.vmId": 99 } },
      { name: "a gate without time", at: "gates.flux", set: { "gates.flux": 0 } },
    ],
    accepted: [
      {
        name: "the bounds",
        set: {
          "network.vlan": 4094,
          "network.mtu": 1280,
          "nodes.cp-1.vmId": 100,
          "gates.flux": 1,
          "network.dnsServers": ["9.9.9.9", "1.1.1.1", "8.8.8.8"],
        },
      },
    ],
  },
  {
    rule: "shape.choice",
    refused: [
      { name: "a role that is none", at: "nodes.worker-2.role", set: { "nodes.worker-2.role": "control-plane" } },
      { name: "an effect that is none", at: "nodes.worker-1.taints[0].effect", set: { "nodes.worker-1.taints[0].effect": "noSchedule" } },
      { name: "an announcement that is none", at: "network.announce.mode", set: { "network.announce.mode": "arp" } },
    ],
    accepted: [{ name: "another effect", set: { "nodes.worker-1.taints[0].effect": "NoExecute" } }],
  },
  {
    rule: "secrets.in-clear",
    refused: [
      { name: "a token in clear", at: "cloudflare.token", set: { "cloudflare.token": "hunter2-canary" } },
      { name: "an age key in clear", at: "secrets.sops-age", set: { "secrets.sops-age": "AGE-SECRET-KEY-canary" } },
      { name: "a secret that is a map", at: "proxmox.home.token", set: { "proxmox.home.token": { id: "a", secret: "canary" } } },
    ],
    accepted: [{ name: "the same, encrypted", set: { "cloudflare.token": { secure: "v1:x" } } }],
  },
  {
    rule: "secrets.misplaced",
    refused: [
      { name: "an encrypted name", at: "cluster.name", set: { "cluster.name": { secure: "v1:x" } } },
      { name: "an encrypted option", at: "platform.echo.replicas", set: { "platform.echo.replicas": { secure: "v1:x" } } },
      { name: "all secrets in one", at: "secrets", set: { secrets: { secure: "v1:x" } } },
    ],
    accepted: [{ name: "a further secret by name", set: { "secrets.registry": { secure: "v1:x" } } }],
  },
  {
    rule: "secrets.required",
    refused: [
      {
        name: "no token for Proxmox",
        at: "proxmox.attic.token",
        set: { "proxmox.attic.token": undefined },
        options: { secrets: "required" },
      },
      { name: "no token for Cloudflare", at: "cloudflare.token", set: { "cloudflare.token": undefined }, options: { secrets: "required" } },
      {
        name: "no token for Git",
        at: "git.credentials.token",
        set: { "git.credentials.token": undefined },
        options: { secrets: "required" },
      },
    ],
    accepted: [
      { name: "no secret where none is needed", set: { secrets: undefined, cloudflare: undefined }, options: { secrets: "required" } },
      { name: "no token at all when only rendering", set: { "cloudflare.token": undefined, "git.credentials.token": undefined } },
    ],
  },
  {
    rule: "secrets.usable",
    refused: [
      { name: "a blank token", at: "cloudflare.token", secrets: { "cloudflare.token": "  " } },
      { name: "half of a Proxmox token", at: "proxmox.home.token", secrets: { "proxmox.home.token": "root@pam!hearth" } },
    ],
    accepted: [
      {
        name: "tokens in their form",
        secrets: { "proxmox.home.token": "root@pam!hearth=01234567-89ab-cdef-0123-456789abcdef", "cloudflare.token": "x" },
      },
    ],
  },
];
