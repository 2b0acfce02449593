import type { Settings } from "../../config/settings";
import type { ProxmoxUser, SecretSource, SecretSpec } from "../../platform/kit/secrets";
import { csiDatastore } from "../../platform/storage/proxmox-csi-options";

/** Privileges on one path of Proxmox' tree and on what is below it. */
export interface Grant {
  /** Ends the role's name. */
  readonly name: string;
  readonly path: string;
  readonly privileges: readonly string[];
}

/** A user of one Proxmox cluster, made for one app of one Kubernetes cluster. */
export interface AccessPlan {
  /** Key of the Proxmox cluster. */
  readonly proxmox: string;
  readonly user: ProxmoxUser;
  /** `hearth-home-csi@pve`: two Kubernetes clusters on one Proxmox do not share it. */
  readonly userId: string;
  readonly grants: readonly (Grant & { readonly roleId: string })[];
}

/** Name of every such user's one token. */
export const TOKEN_NAME = "hearth";

/** The users that Secrets ask tokens of, by Proxmox cluster and user; none that no app asks for. */
export function accessPlans(settings: Settings, secrets: readonly SecretSpec[]): readonly AccessPlan[] {
  const asked = secrets.flatMap((secret) => Object.values(secret.data)).flatMap(tokensIn);
  const keys = [...new Set(asked.map(({ proxmox, user }) => `${proxmox}/${user}`))].sort();
  return keys.flatMap((key) => {
    const found = asked.find(({ proxmox, user }) => `${proxmox}/${user}` === key);
    return found === undefined ? [] : [accessPlan(settings, found)];
  });
}

type TokenSource = Extract<SecretSource, { from: "proxmox-token" }>;

function tokensIn(source: SecretSource): readonly TokenSource[] {
  if (source.from === "joined") return source.parts.flatMap(tokensIn);
  return source.from === "proxmox-token" ? [source] : [];
}

function accessPlan(settings: Settings, { proxmox, user }: TokenSource): AccessPlan {
  const name = `hearth-${settings.cluster.name}-${user}`;
  const grants = GRANTS[user](settings).map((grant) => ({ ...grant, roleId: `${name}-${grant.name}` }));
  return { proxmox, user, userId: `${name}@pve`, grants };
}

/**
 * The least that each can work with: the roles of its own installation guide (proxmox-csi-plugin and
 * proxmox-cloud-controller-manager, docs/install.md), cut down from the whole tree to machines and one datastore.
 */
const GRANTS: Readonly<Record<ProxmoxUser, (settings: Settings) => readonly Grant[]>> = {
  ccm: () => [{ name: "machines", path: "/vms", privileges: ["VM.Audit"] }],
  csi: (settings) => [
    { name: "machines", path: "/vms", privileges: ["VM.Audit", "VM.Config.Disk"] },
    {
      name: "storage",
      path: `/storage/${csiDatastore(settings)}`,
      privileges: ["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.Audit"],
    },
  ],
};
