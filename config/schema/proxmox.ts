import { z } from "zod";
import { DEFAULTS } from "../defaults";
import { text } from "../formats";
import { list, optional, required, secret, whole } from "./fields";

const host = z.strictObject({
  cores: required(whole(1, 1024), "Threads that the host has."),
  memoryMiB: required(whole(1024, 67108864), "Memory that the host has, in MiB."),
  reservedMemoryMiB: optional(
    whole(0, 67108864),
    "Memory that no machine gets, in MiB: for Proxmox itself, ZFS and machines that Hearth does not know.",
    { value: DEFAULTS.reservedMemoryMiB },
  ),
  imageDatastore: optional(text("proxmoxId"), "Where images are imported to on this host; its content types must include `import`.", {
    shown: "that of the Proxmox cluster",
  }),
  diskDatastore: optional(text("proxmoxId"), "Where disks are made on this host.", { shown: "that of the Proxmox cluster" }),
  datastores: optional(list("proxmoxId"), "Further datastores of this host that a node's disk may name.", { value: [] }),
});

const cluster = z.strictObject({
  endpoint: required(text("proxmoxUrl"), "URL of the API, such as https://pve1.example.com:8006/."),
  token: secret("API token, `user@realm!name=uuid`."),
  tls: optional(
    z.strictObject({
      ca: optional(text("pem"), "The CA that signed the endpoint's certificate, in PEM.", { shown: "none" }),
      insecure: optional(text("text"), "Trust any certificate. Write why.", { shown: "none" }),
    }),
    "How the endpoint's certificate is trusted.",
    { shown: "the system's roots" },
  ),
  hosts: required(z.record(text("name"), host), "The hosts, by the name that Proxmox knows them by."),
  imageDatastore: optional(text("proxmoxId"), "Where images are imported to; its content types must include `import`.", {
    value: DEFAULTS.imageDatastore,
  }),
  diskDatastore: optional(text("proxmoxId"), "Where disks are made.", { value: DEFAULTS.diskDatastore }),
  sharedDatastores: optional(list("proxmoxId"), "Datastores that every host sees as one; an image there is downloaded once.", {
    value: [],
  }),
  bridge: optional(text("proxmoxId"), "Bridge that the machines are attached to.", { value: DEFAULTS.bridge }),
  pool: optional(text("proxmoxId"), "Resource pool that the machines are put into; it must exist.", { shown: "none" }),
  tags: optional(list("tag"), "Further tags for every machine.", { value: [] }),
  antiAffinityRule: optional(
    z.boolean(),
    "Make an HA rule that keeps control planes on different hosts. Needs Proxmox VE 9 and a cluster.",
    { value: false },
  ),
});

/** `hearth:proxmox`. */
export const proxmoxSchema = z
  .record(text("name"), required(cluster, "One Proxmox cluster or standalone host."))
  .meta({ description: "Proxmox clusters and standalone hosts, by a name of your choice." });
