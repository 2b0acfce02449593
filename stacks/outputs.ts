import type * as pulumi from "@pulumi/pulumi";
import type { MadeFrom } from "../components/talos/kept-images";
import type { AddressName, Role, VersionPair } from "../config/settings";

/** Version of this contract: raised when an output changes its meaning or goes. */
export const CONTRACT_VERSION = 1;

/** One node as other stacks see it. */
export interface NodeOutput {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly addressIpv6?: string;
  readonly vmId: number;
  /** Proxmox host. */
  readonly host: string;
}

/** What a cluster stack hands out. Secret ones stay secret in every stack that reads them. */
export interface ClusterOutputs {
  /** Tells a cluster stack from any other. */
  readonly kind: "hearth.cluster";
  readonly contract: number;
  readonly name: string;
  /** `https://…:6443`. */
  readonly endpoint: string;
  /** Secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Secret. */
  readonly talosconfig: pulumi.Input<string>;
  readonly nodes: readonly NodeOutput[];
  readonly addresses: Readonly<Record<AddressName, string>>;
  readonly domains: readonly string[];
  /** Absent without an edge. */
  readonly tunnel?: { readonly id: pulumi.Input<string>; readonly name: string };
  /** Path below the webhook's host; secret, since who knows it can make Flux reconcile. Absent without the app `flux-webhook`. */
  readonly fluxWebhookPath?: pulumi.Input<string>;
  readonly versions: { readonly wanted: VersionPair; readonly installed: VersionPair };
  /** The image that each node's machine was made from: the next run keeps it. */
  readonly madeFrom: MadeFrom;
  /** When the client certificates end, RFC 3339. */
  readonly expiry: { readonly kubeconfig: pulumi.Input<string>; readonly talosconfig: pulumi.Input<string> };
}
