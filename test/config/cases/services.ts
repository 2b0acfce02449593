import type { RuleCases } from "./case";

const DEPLOY_KEY = { kind: "deployKey", deployKey: { secure: "v1:x" }, knownHosts: "git.example.com ssh-ed25519 AAAA" } as const;

export const SERVICE_CASES: readonly RuleCases[] = [
  {
    rule: "proxmox.tls-one",
    refused: [
      { name: "a CA and insecure", at: "proxmox.home.tls", set: { "proxmox.home.tls.insecure": "for now" } },
      { name: "nothing at all", at: "proxmox.attic.tls", set: { "proxmox.attic.tls": {} } },
    ],
    accepted: [{ name: "the system's roots", set: { "proxmox.home.tls": undefined } }],
  },
  {
    rule: "proxmox.anti-affinity",
    refused: [
      { name: "a rule on one host", at: "proxmox.attic.antiAffinityRule", set: { "proxmox.attic.antiAffinityRule": true } },
      {
        name: "a rule on what is left of a cluster",
        at: "proxmox.home.antiAffinityRule",
        set: {
          "proxmox.home.hosts.pve2": undefined,
          "proxmox.home.hosts.pve3": undefined,
          "nodes.cp-2.host": "pve1",
          "nodes.cp-3.host": "pve1",
        },
      },
    ],
    accepted: [{ name: "a rule on two hosts", set: { "proxmox.home.hosts.pve3": undefined, "nodes.cp-3.host": "pve2" } }],
  },
  {
    rule: "cloudflare.zones",
    refused: [
      { name: "a domain without a zone", at: 'cloudflare.zones["example.org"]', set: { 'cloudflare.zones["example.org"]': undefined } },
      {
        name: "a zone without a domain",
        at: 'cloudflare.zones["example.net"]',
        set: { 'cloudflare.zones["example.net"]': "a".repeat(32) },
      },
    ],
    accepted: [{ name: "one of each", set: { "cluster.domains": ["example.com"], 'cloudflare.zones["example.org"]': undefined } }],
  },
  {
    rule: "git.credentials",
    refused: [
      { name: "a token over ssh", at: "git.credentials.kind", set: { "git.url": "ssh://git@git.example.com/home.git" } },
      { name: "a deploy key over https", at: "git.credentials.kind", set: { "git.credentials": DEPLOY_KEY } },
      {
        name: "nothing over ssh",
        at: "git.credentials.kind",
        set: { "git.url": "ssh://git@git.example.com/home.git", "git.credentials": undefined },
      },
      {
        name: "a deploy key without known hosts",
        at: "git.credentials.knownHosts",
        set: { "git.url": "ssh://git@git.example.com/home.git", "git.credentials": { ...DEPLOY_KEY, knownHosts: undefined } },
      },
      {
        name: "a token on a public repository",
        at: "git.credentials.token",
        set: { "git.credentials": { kind: "public", token: { secure: "v1:x" } } },
      },
    ],
    accepted: [
      { name: "a deploy key over ssh", set: { "git.url": "ssh://git@git.example.com/home.git", "git.credentials": DEPLOY_KEY } },
      { name: "a public repository", set: { "git.credentials": undefined } },
    ],
  },
  {
    rule: "charts.plain-http",
    refused: [
      { name: "plain http over a network", at: "charts.plainHttp", set: { "charts.plainHttp": true } },
      { name: "plain http to nowhere", at: "charts.plainHttp", set: { charts: { plainHttp: true } } },
    ],
    accepted: [{ name: "plain http on this machine", set: { charts: { mirror: "oci://127.0.0.1:5000/charts", plainHttp: true } } }],
  },
  {
    rule: "platform.app-known",
    refused: [
      { name: "a misspelt app", at: "platform.ecko", set: { "platform.ecko": {} } },
      { name: "an app that there is not", at: "platform.minecraft", set: { "platform.minecraft": {} } },
    ],
    accepted: [{ name: "another app", set: { "platform.crds": {} } }],
  },
  {
    rule: "platform.options",
    refused: [
      { name: "a misspelt option", at: "platform.echo.replica", set: { "platform.echo": { replica: 2 } } },
      { name: "an option of another app", at: "platform.echo.token", set: { "platform.echo": { token: "x" } } },
    ],
    accepted: [{ name: "an option", set: { "platform.echo": { replicas: 2 } } }],
  },
];
