import type { NodeSettings, Settings } from "../config/settings";
import { machinePlan } from "../components/machines/plan";
import { differences } from "./differences";
import type { PolicyFinding } from "./finding";

/** What a change of the nodes leads to that neither side shows by itself. */
export function nodeFindings(before: Settings, after: Settings): readonly PolicyFinding[] {
  return [...takeovers(before, after), ...quorum(before, after), ...fixed(before, after), ...leftAsTheyAre(before, after)];
}

/** The engine makes what is new before it deletes what is gone: a new machine finds the id of the old one taken. */
function takeovers(before: Settings, after: Settings): readonly PolicyFinding[] {
  const gone = before.nodes.filter(({ name }) => !after.nodes.some((node) => node.name === name));
  return after.nodes.flatMap((node) => {
    if (before.nodes.some(({ name }) => name === node.name)) return [];
    const old = gone.find((each) => each.proxmox === node.proxmox && each.vmId === node.vmId);
    if (old === undefined) return [];
    return [
      {
        rule: "nodes.id-is-free",
        level: "mandatory",
        subject: `nodes.${node.name}`,
        message: `has VM id ${node.vmId}, which ${old.name} still has when the new machine is made`,
        fix: `take ${old.name} out in a change of its own first, or give ${node.name} another vmId`,
      },
    ];
  });
}

/** A control plane that is deleted does not leave etcd: those that stay must be a majority of those that were. */
function quorum(before: Settings, after: Settings): readonly PolicyFinding[] {
  const members = before.nodes.filter(({ role }) => role === "controlplane");
  const stays = ({ name, vmId }: NodeSettings): boolean => after.nodes.some((node) => node.name === name && node.vmId === vmId && node.role === "controlplane"); // prettier-ignore
  const lost = members.filter((member) => !stays(member)).map(({ name }) => name);
  if (lost.length === 0 || members.length - lost.length > members.length / 2) return [];
  return [
    {
      rule: "nodes.quorum",
      level: "mandatory",
      subject: "nodes",
      message: `${lost.join(" and ")} go at once: etcd, of ${members.length} members, has no majority without them`,
      fix: "take out one control plane at a time, each after the others are healthy",
    },
  ];
}

/** A setting that a machine which is there cannot take on. */
interface FixedSetting {
  readonly rule: string;
  /** Its path below the node. */
  readonly path: string;
  readonly valueOf: (node: NodeSettings) => string;
  /** What becomes of a machine that is told to. */
  readonly message: string;
}

const FIXED: readonly FixedSetting[] = [
  {
    // Talos v1.13.7, block/internal/volumes: encrypt.go refuses a volume with a filesystem ("block dev type mismatch"), format.go
    // one that is encrypted and has no such config; internal/pkg/encryption opens with a key of the config only, and ours has one.
    rule: "nodes.encryption-stays",
    path: "diskEncryption",
    valueOf: ({ diskEncryption }) => diskEncryption,
    message: "Talos encrypts a volume only as it makes it, and the node does not come up after its next restart",
  },
  {
    // The config is sent to the address of the settings (components/talos-cluster.ts), and it is the config that brings the address.
    rule: "nodes.address-stays",
    path: "address",
    valueOf: ({ address }) => address.ipv4,
    message: "its config is sent to the new address, which the node has not got, and `up` tries until its deadline, every time",
  },
  {
    // `machine.type` is not among the fields that Talos takes over while it runs (plan/restart-table.ts), and mode `auto` restarts the node for it.
    rule: "nodes.role-stays",
    path: "role",
    valueOf: ({ role }) => role,
    message:
      "it restarts into the other role without having left the old one, and etcd goes on counting a control plane that became a worker",
  },
];

/** What a node's settings say anew of a machine that is there, and that only a new one can be. */
function fixed(before: Settings, after: Settings): readonly PolicyFinding[] {
  return after.nodes.flatMap((node) => {
    const old = before.nodes.find((each) => each.name === node.name && each.proxmox === node.proxmox && each.vmId === node.vmId);
    if (old === undefined) return [];
    return FIXED.filter(({ valueOf }) => valueOf(old) !== valueOf(node)).map(({ rule, path, valueOf, message }) => ({
      rule,
      level: "mandatory",
      subject: `nodes.${node.name}`,
      message: `${path} ${valueOf(old)} → ${valueOf(node)}, and its machine stays: ${message}`,
      fix: `leave it at ${valueOf(old)}, or put a node of another name and VM id in the place of ${node.name}`,
    }));
  });
}

/** Inputs of a machine that is there which an `up` may have to leave alone, and who else brings them about. */
const LEFT_ALONE = {
  disks: {
    rule: "nodes.disks-stay",
    message:
      "has other disks in the settings, and its machine keeps those that it has: with proxmox-csi on, a change of the list would unplug volumes of pods",
    fix: "grow, add or take out the disk in Proxmox by hand; a machine that is made anew has what the settings say",
  },
  nodeName: {
    rule: "nodes.host-stays",
    message: "has another host in the settings, and its machine stays where it is: high availability moves machines, so `up` does not",
    fix: "migrate it in Proxmox by hand",
  },
} as const;

/** What a node's settings say anew of a machine that stays as it is. */
function leftAsTheyAre(before: Settings, after: Settings): readonly PolicyFinding[] {
  const old = new Map(machinePlan(before).map((plan) => [plan.node.name, plan.args]));
  return machinePlan(after).flatMap(({ node, args, ignoreChanges }) => {
    const was = old.get(node.name);
    if (was === undefined || was.vmId !== args.vmId) return [];
    // The image that a disk was made from is left alone always, and on purpose.
    const changed = new Set(differences(was, args).flatMap(({ path }) => (path.at(-1) === "importFrom" ? [] : [path[0]])));
    return (["disks", "nodeName"] as const)
      .filter((input) => changed.has(input) && ignoreChanges.includes(input))
      .map((input) => ({ level: "advisory", subject: `nodes.${node.name}`, ...LEFT_ALONE[input] }));
  });
}
