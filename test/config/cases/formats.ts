import type { RuleCases } from "./case";

/** Cases of a form: one path, texts that are refused and texts that are just valid there. */
function form(
  rule: string,
  path: string,
  refused: Readonly<Record<string, unknown>>,
  accepted: Readonly<Record<string, unknown>>,
): RuleCases {
  return {
    rule,
    refused: Object.entries(refused).map(([name, value]) => ({ name, at: path, set: { [path]: value } })),
    accepted: Object.entries(accepted).map(([name, value]) => ({ name, set: { [path]: value } })),
  };
}

export const FORMAT_CASES: readonly RuleCases[] = [
  {
    rule: "format.name",
    refused: [
      {
        name: "a node in capitals",
        at: "nodes.Worker-9",
        set: { "nodes.Worker-9": { role: "worker", proxmox: "home", host: "pve2", address: "192.168.10.29" } },
      },
      {
        name: "a disk with an underscore",
        at: "nodes.worker-1.dataDisks.my_data",
        set: { "nodes.worker-1.dataDisks.my_data": { sizeGiB: 10 } },
      },
      { name: "a tunnel that ends in a dash", at: "cloudflare.tunnelName", set: { "cloudflare.tunnelName": "home-" } },
    ],
    accepted: [{ name: "digits and dashes within", set: { "cloudflare.tunnelName": "9-home-9" } }],
  },
  form(
    "format.cluster-name",
    "cluster.name",
    { "a digit first": "1home", "too long": "a".repeat(33), capitals: "Home" },
    { "as long as it may be": "a".repeat(32) },
  ),
  {
    rule: "format.domain",
    refused: [
      { name: "a wildcard", at: "cluster.domains[0]", set: { "cluster.domains": ["*.example.com"], cloudflare: undefined } },
      { name: "one label", at: "cluster.domains[1]", set: { "cluster.domains": ["example.com", "home"], cloudflare: undefined } },
      { name: "a final dot", at: "cluster.domains[0]", set: { "cluster.domains": ["example.com."], cloudflare: undefined } },
      {
        name: "a zone in capitals",
        at: 'cloudflare.zones["Example.net"]',
        set: { 'cloudflare.zones["Example.net"]': "00112233445566778899aabbccddeeff" },
      },
    ],
    accepted: [{ name: "a domain of three labels", set: { "cluster.domains": ["home.example.com"], cloudflare: undefined } }],
  },
  {
    rule: "format.host",
    refused: [
      { name: "a SAN with a scheme", at: "cluster.certificateSans[0]", set: { "cluster.certificateSans": ["https://kube.example.com"] } },
      { name: "a time server with a port", at: "network.ntpServers[0]", set: { "network.ntpServers": ["ntp.example.com:123"] } },
      { name: "an endpoint that is almost an address", at: "cluster.endpoint", set: { "cluster.endpoint": "192.168.10" } },
    ],
    accepted: [{ name: "an IPv6 address and a bare name", set: { "cluster.certificateSans": ["fd00::1", "kube"] } }],
  },
  {
    rule: "format.address",
    refused: [
      { name: "a VIP with a prefix", at: "network.vip", set: { "network.vip": "192.168.10.10/24" } },
      { name: "a part past 255", at: "nodes.worker-2.address", set: { "nodes.worker-2.address": "192.168.10.256" } },
      { name: "leading zeros", at: "network.gateway", set: { "network.gateway": "192.168.010.001" } },
      { name: "a name for a resolver", at: "network.dnsServers[0]", set: { "network.dnsServers": ["dns.example.com"] } },
    ],
    accepted: [{ name: "a resolver by IPv6", set: { "network.dnsServers": ["2620:fe::fe"] } }],
  },
  {
    rule: "format.ipv4",
    refused: [
      { name: "an IPv6 VIP", at: "network.vip", set: { "network.vip": "fd00::10" } },
      { name: "an IPv6 network alone", at: "network.pods", set: { "network.pods": "fd00:244::/48" } },
    ],
    accepted: [{ name: "an IPv4 VIP", set: { "network.vip": "192.168.10.9", "cluster.endpoint": "192.168.10.9" } }],
  },
  {
    rule: "format.ipv6",
    refused: [
      { name: "IPv4 in both halves", at: "network.pods.ipv6", set: { "network.pods": { ipv4: "10.244.0.0/16", ipv6: "10.245.0.0/16" } } },
      {
        name: "a node with two IPv4 addresses",
        at: "nodes.worker-2.address.ipv6",
        set: { "nodes.worker-2.address": { ipv4: "192.168.10.22", ipv6: "192.168.10.23" } },
      },
    ],
    accepted: [{ name: "a pair with one address", set: { "nodes.worker-2.address": { ipv4: "192.168.10.22" } } }],
  },
  form(
    "format.cidr",
    "network.pods",
    { "host bits": "10.244.0.1/16", "no prefix": "10.244.0.0", "a prefix past the end": "10.244.0.0/33" },
    { "another network": "10.42.0.0/16" },
  ),
  form(
    "format.version",
    "cluster.versions.talos",
    { "a v": "v1.13.7", "two numbers": "1.13", "a pre-release": "1.13.0-beta.1" },
    { "a later patch": "1.13.9" },
  ),
  form("format.contract", "cluster.contract", { "no v": "1.13", "three numbers": "v1.13.0" }, { "an older one": "v1.12" }),
  form(
    "format.mac",
    "nodes.cp-1.mac",
    { dashes: "02-00-00-AA-00-01", "five pairs": "02:00:00:AA:00" },
    { "lower case": "02:00:00:aa:00:01" },
  ),
  {
    rule: "format.url",
    refused: [
      {
        name: "a mirror without a scheme",
        at: 'nodes.worker-1.registryMirrors["docker.io"][0]',
        set: { 'nodes.worker-1.registryMirrors["docker.io"]': ["mirror.example.com"] },
      },
      { name: "a factory by ftp", at: "endpoints.imageFactory", set: { "endpoints.imageFactory": "ftp://factory.example.com" } },
    ],
    accepted: [{ name: "plain http inside", set: { "endpoints.imageFactory": "http://127.0.0.1:8080" } }],
  },
  form(
    "proxmox.endpoint",
    "proxmox.home.endpoint",
    {
      "the API's path": "https://pve1.example.com:8006/api2/json",
      "plain http": "http://pve1.example.com:8006/",
      credentials: "https://root:canary@pve1.example.com:8006/",
    },
    { "no final slash": "https://192.168.10.2:8006" },
  ),
  form(
    "git.url",
    "git.url",
    {
      "scp's form": "git@github.com:home/cluster.git",
      credentials: "https://x:canary@git.example.com/home.git",
      "no repository": "https://git.example.com/",
      "a local folder": "/srv/git/home.git",
    },
    { "plain http": "http://127.0.0.1:3000/home.git" },
  ),
  form(
    "git.branch",
    "git.branch",
    { "the whole ref": "refs/heads/main", "a space": "my branch", "two dots": "a..b" },
    { "a slash": "clusters/home" },
  ),
  form(
    "git.path",
    "git.path",
    { absolute: "/kubernetes/home", "a way out": "kubernetes/../../etc", "a dot first": "./kubernetes" },
    { "one step": "cluster" },
  ),
  form(
    "format.cloudflare-id",
    "cloudflare.accountId",
    { "too short": "0123", capitals: "0123456789ABCDEF0123456789ABCDEF" },
    { "another one": "a".repeat(32) },
  ),
  form(
    "format.age-recipient",
    "escrow.recipient",
    { "a private key": "AGE-SECRET-KEY-1QQQ", "too short": "age1qqq" },
    { "another key": `age1${"z".repeat(58)}` },
  ),
  form(
    "format.pem",
    "proxmox.home.tls.ca",
    { "a path": "/etc/pve/pve-root-ca.pem", "a private key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----" },
    { "two certificates": "-----BEGIN CERTIFICATE-----\na\n-----END CERTIFICATE-----\n".repeat(2) },
  ),
  {
    rule: "format.label-key",
    refused: [
      { name: "two slashes", at: "nodes.worker-1.labels.a/b/c", set: { "nodes.worker-1.labels": { "a/b/c": "x" } } },
      { name: "a taint without a name", at: "nodes.worker-1.taints[0].key", set: { "nodes.worker-1.taints[0].key": "example.com/" } },
    ],
    accepted: [{ name: "a key without a domain", set: { "nodes.worker-1.labels": { disk: "fast" } } }],
  },
  {
    rule: "format.label-value",
    refused: [
      {
        name: "a space",
        at: 'nodes.worker-1.labels["example.com/disk"]',
        set: { 'nodes.worker-1.labels["example.com/disk"]': "very fast" },
      },
      { name: "too long", at: "nodes.worker-1.taints[0].value", set: { "nodes.worker-1.taints[0].value": "a".repeat(64) } },
    ],
    accepted: [
      {
        name: "nothing, and as long as it may be",
        set: { 'nodes.worker-1.labels["example.com/disk"]': "", "nodes.worker-1.taints[0].value": "a".repeat(63) },
      },
    ],
  },
  form(
    "charts.mirror",
    "charts.mirror",
    { https: "https://harbor.example.com/charts", "a final slash": "oci://harbor.example.com/charts/" },
    { "a port": "oci://127.0.0.1:5000/charts" },
  ),
  {
    rule: "format.extension",
    refused: [
      { name: "no publisher", at: "nodes.worker-1.extensions.iscsi-tools", set: { "nodes.worker-1.extensions": { "iscsi-tools": {} } } },
      {
        name: "an image",
        at: 'nodes.worker-1.extensions["ghcr.io/siderolabs/iscsi-tools:v0.1.6"]',
        set: { "nodes.worker-1.extensions": { "ghcr.io/siderolabs/iscsi-tools:v0.1.6": {} } },
      },
    ],
    accepted: [{ name: "another one", set: { "nodes.worker-1.extensions": { "siderolabs/i915": {} } } }],
  },
  {
    rule: "format.kernel-argument",
    refused: [
      { name: "two in one", at: "nodes.worker-1.kernelArgs[0]", set: { "nodes.worker-1.kernelArgs": ["quiet splash"] } },
      { name: "a module with a space", at: "nodes.worker-1.kernelModules.n bd", set: { "nodes.worker-1.kernelModules": { "n bd": {} } } },
    ],
    accepted: [{ name: "one with a value", set: { "nodes.worker-1.kernelArgs": ["console=ttyS0,115200"] } }],
  },
  {
    rule: "format.file-path",
    refused: [
      {
        name: "a relative path",
        at: 'nodes.worker-1.extensions.siderolabs/nut-client.files["upsmon.conf"]',
        set: { "nodes.worker-1.extensions.siderolabs/nut-client.files": { "upsmon.conf": "x" } },
      },
      {
        name: "a way out",
        at: 'nodes.worker-1.extensions.siderolabs/nut-client.files["/etc/../x"]',
        set: { "nodes.worker-1.extensions.siderolabs/nut-client.files": { "/etc/../x": "x" } },
      },
    ],
    accepted: [{ name: "a dot file", set: { "nodes.worker-1.extensions.siderolabs/nut-client.files": { "/etc/.nut": "x" } } }],
  },
  {
    rule: "format.environment",
    refused: [
      {
        name: "no value",
        at: "nodes.worker-1.extensions.siderolabs/nut-client.environment[0]",
        set: { "nodes.worker-1.extensions.siderolabs/nut-client.environment": ["MODE"] },
      },
      {
        name: "a dash in the name",
        at: "nodes.worker-1.extensions.siderolabs/nut-client.environment[0]",
        set: { "nodes.worker-1.extensions.siderolabs/nut-client.environment": ["UPS-MODE=x"] },
      },
    ],
    accepted: [{ name: "an empty value", set: { "nodes.worker-1.extensions.siderolabs/nut-client.environment": ["MODE="] } }],
  },
  form(
    "nodes.pci-mapping",
    "nodes.worker-1.pci[0].mapping",
    { "a raw id": "0000:01:00.0", "a short raw id": "01:00" },
    { "another mapping": "nic-2" },
  ),
  {
    rule: "format.tag",
    refused: [
      { name: "capitals", at: "proxmox.home.tags[0]", set: { "proxmox.home.tags": ["Production"] } },
      { name: "two in one", at: "proxmox.home.tags[0]", set: { "proxmox.home.tags": ["a;b"] } },
    ],
    accepted: [{ name: "dots and dashes", set: { "proxmox.home.tags": ["k8s-1.36"] } }],
  },
  {
    rule: "format.proxmox-id",
    refused: [
      { name: "a bridge with a slash", at: "proxmox.home.bridge", set: { "proxmox.home.bridge": "vmbr0/10" } },
      { name: "a volume for a datastore", at: "proxmox.home.sharedDatastores[0]", set: { "proxmox.home.sharedDatastores": ["nfs:iso"] } },
    ],
    accepted: [{ name: "another bridge", set: { "proxmox.home.bridge": "vmbr10" } }],
  },
  {
    rule: "format.registry",
    refused: [
      {
        name: "a URL",
        at: "nodes.worker-1.registryMirrors.https://docker_io",
        set: { "nodes.worker-1.registryMirrors": { "https://docker_io": ["https://mirror.example.com"] } },
      },
      {
        name: "a repository",
        at: 'nodes.worker-1.registryMirrors["ghcr.io/home"]',
        set: { "nodes.worker-1.registryMirrors": { "ghcr.io/home": ["https://mirror.example.com"] } },
      },
    ],
    accepted: [
      { name: "a port", set: { "nodes.worker-1.registryMirrors": { "registry.example.com:5000": ["https://mirror.example.com"] } } },
    ],
  },
  {
    rule: "format.text",
    refused: [
      { name: "no reason", at: "proxmox.attic.tls.insecure", set: { "proxmox.attic.tls.insecure": "" } },
      { name: "a user with a bell", at: "git.credentials.username", set: { "git.credentials.username": "gi\u0007t" } },
      { name: "a blank user", at: "git.credentials.username", set: { "git.credentials.username": "  " } },
    ],
    accepted: [{ name: "one letter", set: { "git.credentials.username": "x" } }],
  },
];
