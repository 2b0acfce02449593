import type { NodeSettings, Settings } from "../config/settings";
import type { PolicyFinding } from "./finding";

/** What a change of the nodes leads to that neither side shows by itself. */
export function nodeFindings(before: Settings, after: Settings): readonly PolicyFinding[] {
  return [...takeovers(before, after), ...quorum(before, after)];
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
