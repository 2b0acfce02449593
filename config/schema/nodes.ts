import { z } from "zod";
import { DEFAULTS } from "../defaults";
import { text } from "../formats";
import { list, optional, required, whole } from "./fields";

const datastore = optional(text("proxmoxId"), "Datastore of the disk.", { shown: "`diskDatastore` of the host" });
const nodeAddress = z.union([
  text("address", "ipv4"),
  z.strictObject({
    ipv4: required(text("address", "ipv4"), "The IPv4 address."),
    ipv6: optional(text("address", "ipv6"), "The IPv6 address; only in a dual-stack cluster.", {
      shown: "as far into the IPv6 network as the IPv4 address is into its own",
    }),
  }),
]);

const { controlplane, worker } = DEFAULTS.node;
const perRole = (a: number, b: number): { readonly shown: string } => ({ shown: `${a} for control planes, ${b} for workers` });

/** What a node and the defaults of its role may both say. */
const traits = {
  cores: optional(whole(1, 512), "Virtual processors.", perRole(controlplane.cores, worker.cores)),
  memoryMiB: optional(whole(512, 4194304), "Memory in MiB.", perRole(controlplane.memoryMiB, worker.memoryMiB)),
  systemDisk: optional(
    z.strictObject({
      sizeGiB: optional(whole(1, 65536), "Size in GiB.", perRole(controlplane.systemDiskGiB, worker.systemDiskGiB)),
      datastore,
    }),
    "The disk that Talos is on.",
    { value: {} },
  ),
  dataDisks: optional(
    z.record(text("name"), z.strictObject({ sizeGiB: required(whole(1, 65536), "Size in GiB."), datastore })),
    "Further disks, by name.",
    { value: {} },
  ),
  extensions: optional(
    z.record(
      text("extension"),
      z.strictObject({
        files: optional(z.record(text("absolutePath"), z.string()), "Configuration files: path -> content.", { value: {} }),
        environment: optional(
          list("environment"),
          "Environment entries, NAME=value. They are part of the machine config, in clear in the stack file.",
          { value: [] },
        ),
      }),
    ),
    "System extensions, by the name in the Image Factory. The guest agent is always there.",
    { value: {} },
  ),
  kernelArgs: optional(list("kernelWord"), "Kernel arguments, baked into the image.", { value: [] }),
  kernelModules: optional(
    z.record(text("kernelWord"), z.strictObject({ parameters: optional(list("kernelWord"), "Parameters of the module.", { value: [] }) })),
    "Kernel modules to load, by name.",
    { value: {} },
  ),
  labels: optional(z.record(text("labelKey"), text("labelValue")), "Labels of the Node object, set by the node itself.", { value: {} }),
  taints: optional(
    z.array(
      z.strictObject({
        key: required(text("labelKey"), "Key."),
        value: optional(text("labelValue"), "Value.", { value: "" }),
        effect: required(z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]), "What it does to pods that do not tolerate it."),
      }),
    ),
    "Taints that the kubelet registers the node with; they cannot be added later.",
    { value: [] },
  ),
  secureBoot: optional(z.boolean(), "Boot only what Talos signed.", { value: false }),
  tpm: optional(z.boolean(), "Give the machine a virtual TPM 2.0.", { shown: "true with `diskEncryption: tpm`" }),
  diskEncryption: optional(
    z.enum(["none", "node-id", "tpm"]),
    "Encrypt Talos' partitions: with a key made of the machine's id (keeps a thrown-away disk unreadable, no more), or sealed in the TPM (needs secure boot).",
    {
      value: DEFAULTS.diskEncryption,
    },
  ),
  registryMirrors: optional(
    z.record(text("registry"), list("url").min(1)),
    "Mirrors asked before a registry, in order: registry host -> URLs.",
    { value: {} },
  ),
};

const node = z.strictObject({
  role: required(z.enum(["controlplane", "worker"]), "What the node does."),
  proxmox: optional(text("name"), "Which of `proxmox` its host belongs to.", { shown: "the only one" }),
  host: required(text("name"), "The Proxmox host that it runs on."),
  address: required(nodeAddress, "Its address in the node network."),
  vmId: optional(whole(100, 999999999), "Proxmox VM id.", { shown: "10000 + 1000 × the third part of the IPv4 address + the fourth" }),
  mac: optional(text("mac"), "MAC address.", { shown: "02 and a hash of the cluster's and the node's names" }),
  ...traits,
  pci: optional(
    z.array(z.strictObject({ mapping: required(text("mapping"), "Name of the resource mapping.") })),
    "Devices passed through, by Proxmox resource mapping, in order.",
    { value: [] },
  ),
});

/** `hearth:nodes`. */
export const nodesSchema = z
  .record(text("name"), required(node, "One node."))
  .meta({ description: "The nodes, by host name. What is left out comes from `nodeDefaults` of its role, then from Hearth." });

/** `hearth:nodeDefaults`. */
export const nodeDefaultsSchema = z
  .strictObject({
    controlplane: optional(z.strictObject(traits), "For control planes.", { value: {} }),
    worker: optional(z.strictObject(traits), "For workers.", { value: {} }),
  })
  .meta({
    description:
      "What nodes of a role have unless they say otherwise. Maps (labels, extensions, modules, disks, mirrors) are merged by key, anything else is replaced.",
  });
