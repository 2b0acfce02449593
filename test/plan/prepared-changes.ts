import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plan, type Plan } from "../../plan";
import { patched, type Patch } from "../config/stack-text";

const PROJECT = join(__dirname, "../..");

/** A secret as the engine writes it into a stack file. */
function encrypted(text: string): { readonly secure: string } {
  return {
    secure: `v1:${Buffer.from(text.padEnd(12).slice(0, 12)).toString("base64")}:${Buffer.from(`${text} encrypted`).toString("base64")}`,
  };
}

/** The lab's stack file with what a home has besides: secrets, a worker, and network policies that refuse. */
export const BASE = patched(readFileSync(join(PROJECT, "Pulumi.lab.yaml"), "utf8"), {
  set: {
    "proxmox.home.token": encrypted("proxmox"),
    "cloudflare.token": encrypted("cloudflare"),
    "git.credentials.token": encrypted("git"),
    "secrets.sops-age": encrypted("age"),
    "nodes.worker-1": { role: "worker", host: "pve1", address: "127.10.0.21", memoryMiB: 8192 },
    "platform.network-policies": { mode: "enforce" },
  },
});

/** A change of the lab's stack, prepared to be planned. */
export interface PreparedChange {
  readonly title: string;
  readonly patch: Patch;
}

/** Fixture name -> change. */
export const CHANGES: Readonly<Record<string, PreparedChange>> = {
  "add-a-node": {
    title: "a worker is added",
    patch: { set: { "nodes.worker-2": { role: "worker", host: "pve2", address: "127.10.0.22", memoryMiB: 8192 } } },
  },
  "change-a-label": {
    title: "a label of every control plane changes",
    patch: { set: { 'nodeDefaults.controlplane.labels["example.com/site"]': "cellar" } },
  },
  "raise-a-version": {
    title: "Talos goes up by a minor",
    patch: { set: { "cluster.versions.talos": "1.14.0" } },
  },
  "raise-it-too-far": {
    title: "Kubernetes skips a minor",
    patch: { set: { "cluster.versions.kubernetes": "1.38.0" } },
  },
  "remove-an-app": {
    title: "an app goes",
    patch: { set: { "platform.echo": undefined } },
  },
  "rename-a-host": {
    title: "a Proxmox host gets another name",
    patch: {
      set: {
        "proxmox.home.hosts.pve3": undefined,
        "proxmox.home.hosts.attic": { cores: 8, memoryMiB: 32768 },
        "nodes.cp-3.host": "attic",
      },
    },
  },
  "loosen-a-policy": {
    title: "network policies refuse nothing any more",
    patch: { set: { "platform.network-policies.mode": "audit" } },
  },
  "change-a-secret": {
    title: "the Cloudflare token is rotated",
    patch: { set: { "cloudflare.token": encrypted("cloudflare rotated") } },
  },
};

/** The plan of a changed text of the lab's stack, against the base. */
export function planned(after: string, before: string = BASE): Plan {
  return plan({ stack: "lab", base: "main (1a2b3c4)", before: { text: before }, after: { text: after } });
}

/** The plan of a patch on the base. */
export function plannedPatch(patch: Patch): Plan {
  return planned(patched(BASE, patch));
}

/** Where the expected Markdown of a change is. */
export function fixturePath(name: string): string {
  return join(__dirname, "fixtures", `${name}.md`);
}
