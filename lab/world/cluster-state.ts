import type { Machine } from "./machine";
import { clusterKeyOf } from "./machine";

/** One Talos cluster as etcd and Kubernetes see it. Plain data: a snapshot is its JSON. */
export interface ClusterState {
  /** Its Talos CA, which every config of it carries. */
  readonly key: string;
  readonly name: string;
  bootstrap: "no" | "asked" | "done";
  /** Machine whose API was asked to bootstrap. */
  firstMember?: string;
  /** Keys of the machines in etcd's member list, the dead ones included. */
  members: string[];
  quorum: "up" | "down";
  /** Machine that holds the VIP. */
  vipHolder?: string;
  kubernetes: "stopped" | "up";
  /** Keys of the machines whose kubelet registered since it came up. */
  registered: string[];
}

/** A cluster of which nothing but configs exists. */
export const newCluster = (key: string, name: string): ClusterState => ({
  key,
  name,
  bootstrap: "no",
  members: [],
  quorum: "down",
  kubernetes: "stopped",
  registered: [],
});

/** Machines whose disk carries a config of that cluster. */
export const nodesOf = (key: string, machines: readonly Machine[]): Machine[] =>
  machines.filter(({ node }) => node.facts !== undefined && clusterKeyOf(node.facts) === key);

/** A node that runs and can be reached. */
export const isUp = ({ node }: Machine): boolean => node.phase === "running" && node.address !== undefined;

/** Whether a node's config makes it a control plane. */
export const isControlPlane = ({ node }: Machine): boolean => node.facts?.machineType === "controlplane";

/** More than half of the members answer. */
export const hasQuorum = (state: ClusterState, alive: number): boolean => state.members.length > 0 && alive * 2 > state.members.length;
