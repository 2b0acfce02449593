import type { RuleCases } from "./case";

const ONE_NODE = { "nodes.cp-2": undefined, "nodes.cp-3": undefined, "network.vip": undefined } as const;

export const CLUSTER_CASES: readonly RuleCases[] = [
  {
    rule: "cluster.domains-unique",
    refused: [
      {
        name: "a domain twice",
        at: "cluster.domains[1]",
        set: { "cluster.domains": ["example.com", "example.com"], cloudflare: undefined },
      },
      {
        name: "the last as the first",
        at: "cluster.domains[2]",
        set: { "cluster.domains": ["example.com", "example.org", "example.com"] },
      },
    ],
    accepted: [
      { name: "a domain and one below it", set: { "cluster.domains": ["example.com", "home.example.com"], cloudflare: undefined } },
    ],
  },
  {
    rule: "cluster.endpoint",
    refused: [
      { name: "an address that is nobody's", at: "cluster.endpoint", set: { "cluster.endpoint": "192.168.10.99" } },
      { name: "one of three nodes' addresses", at: "cluster.endpoint", set: { "cluster.endpoint": "192.168.10.11" } },
      { name: "no endpoint and no VIP", at: "cluster.endpoint", set: { "cluster.endpoint": undefined, "network.vip": undefined } },
      { name: "a bare name", at: "cluster.endpoint", set: { "cluster.endpoint": "kubernetes" } },
    ],
    accepted: [
      { name: "a DNS name without a VIP", set: { "cluster.endpoint": "kube.example.com", "network.vip": undefined } },
      { name: "the only control plane's address", set: { ...ONE_NODE, "cluster.endpoint": "192.168.10.11" } },
      { name: "nothing, with one control plane", set: { ...ONE_NODE, "cluster.endpoint": undefined } },
    ],
  },
  {
    rule: "cluster.schedulable",
    refused: [
      {
        name: "three control planes that run nothing",
        at: "cluster.scheduleOnControlPlanes",
        set: { "cluster.scheduleOnControlPlanes": false, "nodes.worker-1": undefined, "nodes.worker-2": undefined },
      },
      {
        name: "one node that runs nothing",
        at: "cluster.scheduleOnControlPlanes",
        set: {
          ...ONE_NODE,
          "cluster.endpoint": undefined,
          "cluster.scheduleOnControlPlanes": false,
          "nodes.worker-1": undefined,
          "nodes.worker-2": undefined,
        },
      },
    ],
    accepted: [{ name: "workers that run everything", set: { "cluster.scheduleOnControlPlanes": false } }],
  },
  {
    rule: "versions.talos-known",
    refused: [
      { name: "a Talos to come", at: "cluster.versions.talos", set: { "cluster.versions.talos": "1.15.0" } },
      {
        name: "a Talos long gone",
        at: "cluster.installed.talos",
        set: { "cluster.installed.talos": "1.9.0" },
        also: ["versions.contract"],
      },
    ],
    accepted: [{ name: "the newest that is known", set: { "cluster.versions.talos": "1.14.2" } }],
  },
  {
    rule: "versions.kubernetes-for-talos",
    refused: [
      {
        name: "a Kubernetes too new for Talos",
        at: "cluster.versions.kubernetes",
        set: {
          "cluster.versions": { talos: "1.12.4", kubernetes: "1.36.3" },
          "cluster.installed": { talos: "1.12.4", kubernetes: "1.35.2" },
          "cluster.contract": "v1.12",
        },
      },
      {
        name: "a Kubernetes too new for the installed Talos",
        at: "cluster.installed.kubernetes",
        set: { "cluster.installed": { talos: "1.12.4", kubernetes: "1.36.0" }, "cluster.contract": "v1.12" },
      },
      {
        name: "a Kubernetes too old for Talos",
        at: "cluster.installed.kubernetes",
        set: { "cluster.installed.kubernetes": "1.30.9" },
        also: ["versions.kubernetes-for-cilium"],
      },
    ],
    accepted: [
      {
        name: "the newest that goes with the older Talos",
        set: { "cluster.versions": { talos: "1.12.4", kubernetes: "1.35.2" }, "cluster.installed": undefined, "cluster.contract": "v1.12" },
      },
    ],
  },
  {
    rule: "versions.kubernetes-for-cilium",
    refused: [
      {
        name: "a Kubernetes that Cilium left behind",
        at: "cluster.installed.kubernetes",
        set: { "cluster.installed.kubernetes": "1.32.9" },
      },
      {
        name: "a Kubernetes that Cilium does not know",
        at: "cluster.versions.kubernetes",
        set: { "cluster.versions": { talos: "1.14.2", kubernetes: "1.37.0" } },
      },
    ],
    accepted: [{ name: "the oldest that Cilium is tested with", set: { "cluster.installed.kubernetes": "1.33.0" } }],
  },
  {
    rule: "versions.installed-first",
    refused: [
      { name: "a Talos newer than wanted", at: "cluster.installed.talos", set: { "cluster.installed.talos": "1.13.8" } },
      { name: "a Kubernetes newer than wanted", at: "cluster.installed.kubernetes", set: { "cluster.installed.kubernetes": "1.36.4" } },
    ],
    accepted: [{ name: "the same", set: { "cluster.installed": { talos: "1.13.7", kubernetes: "1.36.3" } } }],
  },
  {
    rule: "versions.contract",
    refused: [
      { name: "a contract newer than Talos", at: "cluster.contract", set: { "cluster.contract": "v1.14" } },
      { name: "a contract newer than the installed Talos", at: "cluster.contract", set: { "cluster.installed.talos": "1.12.9" } },
      { name: "a contract that Hearth does not write", at: "cluster.contract", set: { "cluster.contract": "v1.11" } },
    ],
    accepted: [{ name: "an older contract", set: { "cluster.contract": "v1.12" } }],
  },
];
