import * as pulumi from "@pulumi/pulumi";

/**
 * Every gate by name, of the program and of the stacks that build on it, with what it holds back and until when. A gate is a hook on the resource that it
 * protects, runs in no preview, and can only be made with a name of this table.
 */
export const GATES = {
  "schematic-agrees": "a download, until the Image Factory gave the schematic the id that the download's URL was computed with",
  "control-planes-installed": "bootstrap, until every control plane answers behind the cluster's own CA",
  "etcd-bootstrapped": "the record of the bootstrap, until etcd was started on the first control plane",
  "kubernetes-api": "the kubeconfig, until kube-apiserver answers on the first control plane, then on the endpoint",
  "others-healthy": "a changed config of a control plane, until every other one is healthy",
  "version-holds": "a changed config of any node, until the node runs the Kubernetes that the config names",
  "nodes-registered": "Cilium, until workers are out of maintenance and every node is registered",
  "nodes-ready": "whatever runs in pods, until every node is Ready",
  "tree-pushed": "FluxInstance, until the remote carries the tree of these settings",
  "first-sync": "the end of `up`, until Flux' first sync is Ready",
  "namespace-is-free": "a tenant's namespace, while one of that name is there already",
} as const;
export type GateName = keyof typeof GATES;

/** The hook of a gate; `of` tells several hooks of one gate apart. It holds its resource back for as long as `passes` takes. */
export function gate(name: GateName, passes: () => Promise<void>, of?: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(of === undefined ? name : `${name}-${of}`, passes);
}
