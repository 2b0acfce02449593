import fc from "fast-check";
import { SecretValue } from "../../config/secret-value";
import type { BgpSettings, NodeSettings, Settings } from "../../config/settings";

/** A node with what does not matter here filled in. */
export function node(name: string, role: NodeSettings["role"], last: number, ipv6?: string): NodeSettings {
  return {
    name,
    role,
    proxmox: "home",
    host: "pve1",
    address: { ipv4: `192.168.10.${last}`, ipv6 },
    vmId: 100 + last,
    mac: "BC:24:11:00:00:01",
    cores: 4,
    memoryMiB: 8192,
    systemDisk: { sizeGiB: 64, datastore: "local-lvm" },
    dataDisks: [],
    extensions: [],
    kernelArgs: [],
    kernelModules: [],
    labels: {},
    taints: [],
    pci: [],
    secureBoot: false,
    tpm: false,
    diskEncryption: "none",
    registryMirrors: {},
  };
}

/** BGP with a password unless told otherwise. */
export function bgp(overrides: Partial<BgpSettings> = {}): BgpSettings {
  return {
    mode: "bgp",
    routerAddress: "192.168.10.1",
    routerAsn: 64513,
    nodeAsn: 64512,
    password: SecretValue.of("correct horse"),
    holdTime: 30,
    keepAlive: 10,
    gracefulRestart: 120,
    ...overrides,
  };
}

/** Settings of a small cluster; every secret field is set. */
export function settings(overrides: Partial<Settings> = {}): Settings {
  return {
    stack: "test",
    cluster: {
      name: "test",
      domains: ["example.com"],
      endpoint: "192.168.10.10",
      endpointUrl: "https://192.168.10.10:6443",
      certificateSans: ["127.0.0.1", "192.168.10.10"],
      versions: { talos: "1.13.7", kubernetes: "1.36.3" },
      installed: { talos: "1.13.7", kubernetes: "1.36.3" },
      contract: "v1.13",
      scheduleOnControlPlanes: false,
      deletionProtection: false,
    },
    network: network(),
    proxmox: [],
    nodes: [node("cp-1", "controlplane", 11), node("worker-1", "worker", 21)],
    cloudflare: { accountId: "a", zones: { "example.com": "z" }, token: SecretValue.of("cf-token"), tunnelName: "test" },
    git: {
      url: "https://git.example.com/home.git",
      branch: "main",
      path: "kubernetes/test",
      credentials: { kind: "token", username: "flux", token: SecretValue.of("git-token") },
    },
    platform: { echo: {} },
    charts: { plainHttp: false },
    secrets: {},
    gates: { talosApi: 900, kubernetesApi: 600, nodes: 900, tree: 60, flux: 1200, settle: 20 },
    endpoints: { imageFactory: "https://factory.talos.dev" },
    ...overrides,
  };
}

/** The network of `settings()`. */
export function network(overrides: Partial<Settings["network"]> = {}): Settings["network"] {
  const last = { external: 193, internal: 194, auth: 195, ai: 196, mcp: 197, dns: 198 };
  return {
    nodes: { ipv4: "192.168.10.0/24" },
    gateway: { ipv4: "192.168.10.1" },
    dnsServers: ["192.168.10.1"],
    ntpServers: ["192.168.10.1"],
    vip: "192.168.10.10",
    pods: { ipv4: "10.244.0.0/16" },
    services: { ipv4: "10.96.0.0/12" },
    dualStack: false,
    mtu: 1500,
    loadBalancerPool: { ipv4: "192.168.10.192/26" },
    addresses: {
      external: `192.168.10.${last.external}`,
      internal: `192.168.10.${last.internal}`,
      auth: `192.168.10.${last.auth}`,
      ai: `192.168.10.${last.ai}`,
      mcp: `192.168.10.${last.mcp}`,
      dns: `192.168.10.${last.dns}`,
    },
    announce: { mode: "l2" },
    ...overrides,
  };
}

const credentials: fc.Arbitrary<Settings["git"]["credentials"]> = fc.oneof(
  fc.constant({ kind: "public" as const }),
  fc.constant({ kind: "token" as const, username: "flux", token: SecretValue.of("git-token") }),
  fc.constant({ kind: "deployKey" as const, privateKey: SecretValue.encrypted(), knownHosts: "git.example.com ssh-ed25519 AAAA" }),
);

const announce: fc.Arbitrary<Settings["network"]["announce"]> = fc.oneof(
  fc.constant({ mode: "l2" as const }),
  fc
    .record({
      routerAsn: fc.integer({ min: 1, max: 4294967295 }),
      nodeAsn: fc.integer({ min: 1, max: 4294967295 }),
      password: fc.option(fc.constant(SecretValue.of("pw")), { nil: undefined }),
      gracefulRestart: fc.constantFrom(0, 30, 600),
    })
    .map(bgp),
);

const echoOptions = fc.record({ replicas: fc.integer({ min: 1, max: 10 }) }, { requiredKeys: [] });

/** Settings that hold every rule, over everything that the renderer looks at. */
export const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    stack: fc.constantFrom("home", "lab", "on", "1e3"),
    announce,
    dualStack: fc.boolean(),
    credentials,
    echo: fc.option(echoOptions, { nil: undefined }),
    webhook: fc.constantFrom("github", "gitlab", "generic-hmac", undefined),
    token: fc.boolean(),
    edge: fc.boolean(),
    workers: fc.integer({ min: 0, max: 5 }),
    mirror: fc.constantFrom(undefined, "oci://harbor.home.arpa/charts"),
  })
  .map((seed) => {
    const base = settings();
    const v6 = (text: string) => (seed.dualStack ? text : undefined);
    return settings({
      stack: seed.stack,
      network: network({
        dualStack: seed.dualStack,
        loadBalancerPool: { ipv4: "192.168.10.192/26", ipv6: v6("fd00:10::/112") },
        announce: seed.announce,
      }),
      nodes: [
        node("cp-1", "controlplane", 11, v6("fd00:1::11")),
        ...Array.from({ length: seed.workers }, (_, index) => node(`worker-${index}`, "worker", 21 + index, v6(`fd00:1::${21 + index}`))),
      ],
      cloudflare: seed.edge ? base.cloudflare : undefined,
      git: { ...base.git, path: `kubernetes/${seed.stack}`, credentials: seed.credentials },
      platform: {
        ...(seed.echo === undefined ? {} : { echo: seed.echo }),
        ...(seed.webhook === undefined ? {} : { "flux-webhook": { type: seed.webhook } }),
      },
      charts: { mirror: seed.mirror, plainHttp: false },
      secrets: seed.token ? { "flux-webhook-token": SecretValue.encrypted() } : {},
    });
  });
