import { nodeSubnets } from "./network";
import { isControlPlane, type Patch } from "./document";

/** The kubelet takes its address from the node network, never from a load-balancer address or another link. */
export const nodeIp: Patch = (settings) => [{ machine: { kubelet: { nodeIP: { validSubnets: nodeSubnets(settings) } } } }];

/**
 * Taints from the moment of registration: afterwards NodeRestriction forbids a kubelet to change them. On control planes
 * Talos also keeps them in step later, with credentials of its own.
 */
export const taints: Patch = (_settings, node) => {
  if (node.taints.length === 0) return [];
  const registerWithTaints = node.taints.map(({ key, value, effect }) => ({ key, value, effect }));
  const kubelet = { extraConfig: { registerWithTaints } };
  if (!isControlPlane(node)) return [{ machine: { kubelet } }];
  const nodeTaints = Object.fromEntries(node.taints.map(({ key, value, effect }) => [key, `${value}:${effect}`]));
  return [{ machine: { kubelet, nodeTaints } }];
};
