import { defineRule } from "../rule";
import { TALOS_APPLY, TALOS_BOOTSTRAP, TALOS_KUBECONFIG } from "../types";

/** The shared address is dead until etcd runs, and when etcd is sick. */
export const talosEndpointNode = defineRule({
  id: "talos-endpoint-node",
  says: "Talos is talked to at the address of a node, never at the VIP or another name.",
  reason: "The VIP needs etcd, so it is dead exactly when a node must be reached (siderolabs/talos, Virtual IP).",
  level: "mandatory",
  types: [TALOS_APPLY, TALOS_BOOTSTRAP, TALOS_KUBECONFIG],
  resource: ({ props }, { settings }) => {
    if (settings === undefined) return [];
    const own = settings.nodes.flatMap(({ address }) => [address.ipv4, address.ipv6]);
    return ["node", "endpoint"]
      .map((field) => ({ field, value: props[field] }))
      .filter(({ value }) => value !== undefined && !own.some((address) => address === value))
      .map(({ field, value }) => `${field} is ${value === settings.network.vip ? "the VIP" : String(value)}, and no node's address`);
  },
});
