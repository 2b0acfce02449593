import type { RuleCases } from "./case";

export const NODE_CASES: readonly RuleCases[] = [
  {
    rule: "nodes.control-planes-odd",
    refused: [
      { name: "two control planes", at: "nodes", set: { "nodes.cp-3": undefined } },
      { name: "four control planes", at: "nodes", set: { "nodes.worker-2.role": "controlplane" } },
      {
        name: "no control plane",
        at: "nodes",
        set: { "nodes.cp-1.role": "worker", "nodes.cp-2.role": "worker", "nodes.cp-3.role": "worker" },
      },
      { name: "no node", at: "nodes", set: { nodes: {} } },
    ],
    accepted: [{ name: "one control plane", set: { "nodes.cp-2": undefined, "nodes.cp-3": undefined } }],
  },
  {
    rule: "nodes.proxmox-declared",
    refused: [
      { name: "a misspelt cluster", at: "nodes.worker-2.proxmox", set: { "nodes.worker-2.proxmox": "atic" } },
      { name: "no cluster", at: "proxmox", set: { proxmox: {} } },
      { name: "two clusters and no choice", at: "nodes.worker-2.proxmox", set: { "nodes.worker-2.proxmox": undefined } },
    ],
    accepted: [
      {
        name: "one cluster and no choice",
        set: { "proxmox.attic": undefined, "nodes.worker-2": undefined, "nodes.cp-1.proxmox": undefined },
      },
    ],
  },
  {
    rule: "nodes.host-declared",
    refused: [
      { name: "a misspelt host", at: "nodes.cp-1.host", set: { "nodes.cp-1.host": "pve11" } },
      { name: "a host of the other cluster", at: "nodes.worker-2.host", set: { "nodes.worker-2.host": "pve1" } },
    ],
    accepted: [{ name: "another host of the cluster", set: { "nodes.cp-2.host": "pve3" } }],
  },
  {
    rule: "nodes.datastore-declared",
    refused: [
      {
        name: "another host's datastore",
        at: "nodes.worker-1.systemDisk.datastore",
        set: { "nodes.worker-1.systemDisk.datastore": "tank" },
      },
      {
        name: "a misspelt shared one",
        at: "nodes.worker-1.dataDisks.data.datastore",
        set: { "nodes.worker-1.dataDisks.data.datastore": "nsf" },
      },
      {
        name: "a default that one host lacks",
        at: "nodeDefaults.worker.systemDisk.datastore",
        set: { "nodeDefaults.worker.systemDisk.datastore": "fast" },
      },
    ],
    accepted: [{ name: "a shared one", set: { "nodes.worker-1.systemDisk.datastore": "nfs" } }],
  },
  {
    rule: "nodes.fits-host",
    refused: [
      { name: "more cores than the host", at: "nodes.worker-2.cores", set: { "nodes.worker-2.cores": 9 } },
      { name: "more memory than the host", at: "proxmox.attic.hosts.pve9.memoryMiB", set: { "nodes.worker-2.memoryMiB": 32769 } },
      { name: "two nodes that fit alone", at: "proxmox.home.hosts.pve1.memoryMiB", set: { "nodes.cp-1.memoryMiB": 49152 } },
      { name: "a default that is too much", at: "nodeDefaults.controlplane.cores", set: { "nodeDefaults.controlplane.cores": 17 } },
      { name: "no room for the reserve", at: "proxmox.home.hosts.pve2.memoryMiB", set: { "nodes.cp-2.memoryMiB": 61441 } },
    ],
    accepted: [
      {
        name: "a host filled to its reserve",
        set: { "nodes.worker-2.cores": 8, "nodes.worker-2.memoryMiB": 30720, "nodes.cp-2.memoryMiB": 61440 },
      },
    ],
  },
  {
    rule: "nodes.least",
    refused: [
      { name: "a control plane with one core", at: "nodes.cp-1.cores", set: { "nodes.cp-1.cores": 1 } },
      { name: "a worker without memory", at: "nodes.worker-2.memoryMiB", set: { "nodes.worker-2.memoryMiB": 1023 } },
      { name: "a disk too small for Talos", at: "nodes.worker-1.systemDisk.sizeGiB", set: { "nodes.worker-1.systemDisk.sizeGiB": 9 } },
    ],
    accepted: [
      {
        name: "the least",
        set: {
          "nodes.cp-1.cores": 2,
          "nodes.cp-1.memoryMiB": 2048,
          "nodes.worker-2.cores": 1,
          "nodes.worker-2.memoryMiB": 1024,
          "nodes.worker-1.systemDisk.sizeGiB": 10,
        },
      },
    ],
  },
  {
    rule: "nodes.vm-id-unique",
    refused: [
      { name: "two given ids", at: "nodes.cp-2.vmId", set: { "nodes.cp-2.vmId": 1001 } },
      { name: "an id that another one computes", at: "nodes.cp-1.vmId", set: { "nodes.cp-1.vmId": 20012 } },
    ],
    accepted: [{ name: "one id in two Proxmox clusters", set: { "nodes.worker-2.vmId": 1001 } }],
  },
  {
    rule: "nodes.mac-unique",
    refused: [
      { name: "two nodes with one MAC", at: "nodes.cp-2.mac", set: { "nodes.cp-2.mac": "02:00:00:AA:00:01" } },
      { name: "the same in other letters", at: "nodes.worker-2.mac", set: { "nodes.worker-2.mac": "02:00:00:aa:00:01" } },
    ],
    accepted: [{ name: "the next one", set: { "nodes.cp-2.mac": "02:00:00:AA:00:02" } }],
  },
  {
    rule: "nodes.mac-usable",
    refused: [
      { name: "a multicast MAC", at: "nodes.cp-1.mac", set: { "nodes.cp-1.mac": "01:00:5E:00:00:01" } },
      { name: "broadcast", at: "nodes.cp-1.mac", set: { "nodes.cp-1.mac": "FF:FF:FF:FF:FF:FF" } },
      { name: "zeros", at: "nodes.cp-1.mac", set: { "nodes.cp-1.mac": "00:00:00:00:00:00" } },
    ],
    accepted: [{ name: "a vendor's", set: { "nodes.cp-1.mac": "BC:24:11:00:00:01" } }],
  },
  {
    rule: "nodes.pci-once",
    refused: [
      { name: "one device for two nodes", at: "nodes.worker-1.pci[0].mapping", set: { "nodes.cp-1.pci": [{ mapping: "gpu" }] } },
      {
        name: "one device twice",
        at: "nodes.worker-1.pci[1].mapping",
        set: { "nodes.worker-1.pci": [{ mapping: "gpu" }, { mapping: "gpu" }] },
      },
    ],
    accepted: [{ name: "the mapping on another host", set: { "nodes.cp-2.pci": [{ mapping: "gpu" }] } }],
  },
  {
    rule: "nodes.label-allowed",
    refused: [
      {
        name: "a role",
        at: 'nodes.worker-1.labels["node-role.kubernetes.io/worker"]',
        set: { "nodes.worker-1.labels": { "node-role.kubernetes.io/worker": "" } },
      },
      {
        name: "a restricted one, by default",
        at: 'nodeDefaults.worker.labels["node-restriction.kubernetes.io/zone"]',
        set: { "nodeDefaults.worker.labels": { "node-restriction.kubernetes.io/zone": "a" } },
      },
      {
        name: "one of Kubernetes' own",
        at: 'nodes.worker-1.labels["kubernetes.io/fast"]',
        set: { "nodes.worker-1.labels": { "kubernetes.io/fast": "yes" } },
      },
      {
        name: "one that the kubelet sets itself, on any node",
        at: 'nodes.cp-2.labels["kubernetes.io/hostname"]',
        set: { "nodes.cp-2.labels": { "kubernetes.io/hostname": "cp-2" } },
      },
      {
        name: "a zone by a name that Kubernetes never had",
        at: 'nodes.worker-1.labels["failure-domain.kubernetes.io/zone"]',
        set: { "nodes.worker-1.labels": { "failure-domain.kubernetes.io/zone": "a" } },
      },
    ],
    accepted: [
      {
        name: "those that a kubelet may set",
        set: { "nodes.worker-1.labels": { "topology.kubernetes.io/zone": "pve1", "node.kubernetes.io/class": "big", "example.com/x": "" } },
      },
      {
        name: "a role of a control plane, which Talos labels as an administrator",
        set: { "nodes.cp-2.labels": { "node-role.kubernetes.io/storage": "" } },
      },
    ],
  },
  {
    rule: "nodes.taint-unique",
    refused: [
      {
        name: "one taint twice",
        at: "nodes.worker-1.taints[1]",
        set: {
          "nodes.worker-1.taints": [
            { key: "a", effect: "NoSchedule" },
            { key: "a", effect: "NoSchedule" },
          ],
        },
      },
      {
        name: "one key and effect with two values",
        at: "nodes.worker-1.taints[1]",
        set: {
          "nodes.worker-1.taints": [
            { key: "a", value: "x", effect: "NoExecute" },
            { key: "a", value: "y", effect: "NoExecute" },
          ],
        },
      },
    ],
    accepted: [
      {
        name: "one key with two effects",
        set: {
          "nodes.worker-1.taints": [
            { key: "a", effect: "NoSchedule" },
            { key: "a", effect: "NoExecute" },
          ],
        },
      },
    ],
  },
  {
    rule: "nodes.encryption-sealed",
    refused: [
      { name: "a TPM key without secure boot", at: "nodes.worker-1.diskEncryption", set: { "nodes.worker-1.secureBoot": false } },
      { name: "a TPM key without a TPM", at: "nodes.worker-1.diskEncryption", set: { "nodes.worker-1.tpm": false } },
      { name: "a TPM key by default", at: "nodeDefaults.worker.diskEncryption", set: { "nodeDefaults.worker.diskEncryption": "tpm" } },
    ],
    accepted: [
      {
        name: "a key of the machine's id without either",
        set: { "nodes.worker-1.diskEncryption": "node-id", "nodes.worker-1.secureBoot": undefined, "nodes.worker-1.tpm": undefined },
      },
    ],
  },
];
