import type { Patch } from "./document";

/** Kernel settings, each for one reason. */
const SYSCTLS = {
  // Controllers and log collectors watch more files than a desktop does.
  "fs.inotify.max_user_watches": "1048576",
  "fs.inotify.max_user_instances": "8192",
  // QUIC, which cloudflared speaks, asks for large socket buffers.
  "net.core.rmem_max": "7500000",
  "net.core.wmem_max": "7500000",
  // Each pod is a neighbour: the default table overflows.
  "net.ipv4.neigh.default.gc_thresh1": "4096",
  "net.ipv4.neigh.default.gc_thresh2": "8192",
  "net.ipv4.neigh.default.gc_thresh3": "16384",
  // Long-lived connections inside the cluster keep their window.
  "net.ipv4.tcp_slow_start_after_idle": "0",
  // User namespaces for pods that ask for one.
  "user.max_user_namespaces": "11255",
} as const;

/** The kernel settings that a busy node needs. */
export const sysctls: Patch = () => [{ machine: { sysctls: SYSCTLS } }];

/** Kernel modules of the node, with their parameters; a driver from an extension is loaded by name only here. */
export const kernelModules: Patch = (_settings, node) =>
  node.kernelModules.length === 0
    ? []
    : [
        {
          machine: {
            kernel: {
              modules: node.kernelModules.map(({ name, parameters }) =>
                parameters.length === 0 ? { name } : { name, parameters: [...parameters] },
              ),
            },
          },
        },
      ];

/**
 * Containerd keeps image layers packed, because Spegel serves them to other nodes, and hands block devices to pods that
 * do not run as root.
 */
const CONTAINERD = `[plugins."io.containerd.cri.v1.images"]
  discard_unpacked_layers = false
[plugins."io.containerd.cri.v1.runtime"]
  device_ownership_from_security_context = true
`;

/** Containerd's settings, in the one drop-in that Talos reads. */
export const containerd: Patch = () => [
  { machine: { files: [{ path: "/etc/cri/conf.d/20-customization.part", op: "create", permissions: 0o644, content: CONTAINERD }] } },
];
