/** Every default that is a plain value. Defaults that depend on other settings are computed in `candidate/`. */
export const DEFAULTS = {
  branch: "main",
  bridge: "vmbr0",
  deletionProtection: true,
  diskDatastore: "local-lvm",
  diskEncryption: "none",
  /** Cloudflare's resolvers: what a home without one of its own can rely on. */
  dnsServers: ["1.1.1.1", "1.0.0.1"],
  /** time.cloudflare.com by address, so that the clock does not wait for DNS. */
  ntpServers: ["162.159.200.1", "162.159.200.123"],
  gitUsername: "git",
  imageDatastore: "local",
  imageFactory: "https://factory.talos.dev",
  mtu: 1500,
  pods: "10.244.0.0/16",
  services: "10.96.0.0/12",
  /** MiB of a host's memory that no machine gets. */
  reservedMemoryMiB: 2048,
  /** Seconds. */
  gates: { talosApi: 900, kubernetesApi: 600, nodes: 900, tree: 60, flux: 1200, settle: 20 },
  /** Seconds. */
  bgpTimers: { holdTime: 90, keepAlive: 30, gracefulRestart: 120 },
  node: {
    controlplane: { cores: 4, memoryMiB: 8192, systemDiskGiB: 64 },
    worker: { cores: 8, memoryMiB: 16384, systemDiskGiB: 256 },
  },
} as const;

/** In every image: the agent that lets Proxmox shut a machine down in order. */
export const ALWAYS_EXTENSION = "siderolabs/qemu-guest-agent";
