import { z } from "zod";
import { DEFAULTS } from "../defaults";
import { text } from "../formats";
import { list, optional, required } from "./fields";

const talos = "Talos version, three numbers without a v.";
const kubernetes = "Kubernetes version, three numbers without a v.";

/** `hearth:cluster`. */
export const clusterSchema = z
  .strictObject({
    name: required(
      text("clusterName"),
      "Name of the cluster. It names the Talos cluster, the tunnel and a tag on every machine, and seeds computed MAC addresses: never change it.",
    ),
    domains: required(list("domain").min(1), "Domains that the cluster serves; the first is the primary."),
    endpoint: optional(
      text("host"),
      "Where the Kubernetes API is reached: the VIP, a DNS name that you point at the control planes or, for one control plane, its address.",
      {
        shown: "`network.vip`, else the address of the only control plane",
      },
    ),
    certificateSans: optional(
      list("host"),
      "Further names and addresses for the API server's certificate. Loopback, VIP, endpoint and node addresses are always in it.",
      { value: [] },
    ),
    versions: required(
      z.strictObject({ talos: required(text("version"), talos), kubernetes: required(text("version"), kubernetes) }),
      "The versions that are wanted. They are rendered for the upgrade controller, which rolls the nodes one at a time; no machine changes by it here.",
    ),
    installed: optional(
      z.strictObject({ talos: required(text("version"), talos), kubernetes: required(text("version"), kubernetes) }),
      "The versions that machine configs, images and new nodes use. Write it down before you raise `versions` for the first time, and raise it after an upgrade went through.",
      { shown: "`versions`" },
    ),
    contract: required(
      text("contract"),
      "Talos version contract that machine configs are generated for, the minor that the cluster was born with. Never change it: it decides what is generated.",
    ),
    scheduleOnControlPlanes: optional(z.boolean(), "Whether workloads may run on control planes.", {
      shown: "true when there are no workers",
    }),
    deletionProtection: optional(z.boolean(), "Refuses to destroy the cluster, in Pulumi and in Proxmox.", {
      value: DEFAULTS.deletionProtection,
    }),
  })
  .meta({ description: "The cluster itself: its name, domains, endpoint and versions." });
