import type { HaresourceArgs, HaruleArgs } from "@muhlba91/pulumi-proxmoxve";
import type { NodeSettings, ProxmoxSettings, Settings } from "../../config/settings";
import { imageOf } from "../talos/images";
import { ignoredAfterCreation, vmArgs } from "./vm-args";
import type { VmArgs } from "./vm-shape";

/** One virtual machine that will exist. */
export interface MachinePlan {
  readonly node: NodeSettings;
  /** Key of the image that its disk is imported from. */
  readonly image: string;
  /** Node whose machine is made before, on the same host: two imports at once fight for the storage's lock. */
  readonly after?: string;
  readonly args: VmArgs;
  readonly ignoreChanges: readonly string[];
}

/** Every machine in the order in which they are made: control planes first, then by name. They are destroyed in reverse. */
export function machinePlan(settings: Settings): readonly MachinePlan[] {
  const lastOnHost = new Map<string, string>();
  return inOrder(settings.nodes).map((node) => {
    const place = `${node.proxmox}/${node.host}`;
    const after = lastOnHost.get(place);
    lastOnHost.set(place, node.name);
    return {
      node,
      image: imageOf(settings, node).key,
      ...(after !== undefined && { after }),
      args: vmArgs(settings, node),
      ignoreChanges: ignoredAfterCreation(settings, node),
    };
  });
}

/** What keeps the control planes of one Proxmox cluster on different hosts. */
export interface HaPlan {
  /** Key of the Proxmox cluster. */
  readonly proxmox: string;
  /** By node name: the rule only binds machines that high availability manages. */
  readonly resources: Readonly<Record<string, HaresourceArgs & { readonly resourceId: string }>>;
  readonly rule: HaruleArgs & { readonly resources: string[] };
}

/** A rule per Proxmox cluster that asks for one and has at least two control planes. */
export function haPlans(settings: Settings): readonly HaPlan[] {
  return settings.proxmox.flatMap((proxmox) => {
    const members = controlPlanesOn(settings, proxmox);
    if (!proxmox.antiAffinityRule || members.length < 2) return [];
    const id = ({ vmId }: NodeSettings): string => `vm:${vmId}`;
    const comment = `control planes of ${settings.cluster.name} on different hosts`;
    return [
      {
        proxmox: proxmox.name,
        resources: Object.fromEntries(members.map((node) => [node.name, { resourceId: id(node), state: "started", comment }])),
        rule: {
          rule: `${settings.cluster.name}-control-planes`,
          type: "resource-affinity",
          affinity: "negative",
          resources: members.map(id).sort(),
          comment,
        },
      },
    ];
  });
}

/** One way in which the loss of a single host stops the cluster. */
export interface SpreadProblem {
  /** `<proxmox>/<host>`. */
  readonly host: string;
  /** Names of the control planes there. */
  readonly nodes: readonly string[];
  readonly message: string;
}

/**
 * Hosts whose loss takes the etcd majority with it although the control planes could be spread better. A cluster on one
 * host, or with one control plane, cannot be better and has no problem.
 */
export function spreadProblems(settings: Settings): readonly SpreadProblem[] {
  const hosts = settings.proxmox.flatMap(({ name, hosts }) => hosts.map((host) => `${name}/${host.name}`));
  const members = settings.nodes.filter(({ role }) => role === "controlplane");
  const tolerated = Math.floor((members.length - 1) / 2);
  const best = Math.ceil(members.length / hosts.length);
  return hosts.flatMap((host) => {
    const nodes = members.filter((node) => `${node.proxmox}/${node.host}` === host).map(({ name }) => name);
    if (nodes.length <= Math.max(tolerated, best)) return [];
    const message = `host ${host} holds ${nodes.length} of ${members.length} control planes (${nodes.join(", ")}): without it etcd has no majority`;
    return [{ host, nodes, message }];
  });
}

function controlPlanesOn(settings: Settings, proxmox: ProxmoxSettings): readonly NodeSettings[] {
  return inOrder(settings.nodes).filter((node) => node.role === "controlplane" && node.proxmox === proxmox.name);
}

function inOrder(nodes: readonly NodeSettings[]): readonly NodeSettings[] {
  const rank = { controlplane: 0, worker: 1 } as const;
  return [...nodes].sort((a, b) => rank[a.role] - rank[b.role] || (a.name < b.name ? -1 : 1));
}
