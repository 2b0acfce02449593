import { defineRule } from "../rule";
import { patchesOf } from "../talos";
import { TALOS_APPLY } from "../types";
import { at, listAt } from "../values";

/** Where a machine config names manifests. */
const MANIFESTS = [
  ["cluster", "inlineManifests"],
  ["cluster", "extraManifests"],
  ["cluster", "externalCloudProvider", "manifests"],
  ["machine", "pods"],
] as const;

/** Talos only ever makes what is missing; it is nobody's owner. */
export const talosNoManifests = defineRule({
  id: "talos-no-manifests",
  says: "Machine configs bring no manifests, no static pods, no CNI and no kube-proxy: Cilium is Pulumi's, the rest is Flux'.",
  reason:
    "Talos never updates them, except on an upgrade of Kubernetes, which pushes the old ones over what Flux runs (siderolabs/talos#4542, #5640).",
  level: "mandatory",
  types: [TALOS_APPLY],
  resource: (resource) => {
    const patches = patchesOf(resource);
    const cni = patches
      .map((patch) => at(patch, "cluster", "network", "cni", "name"))
      .find((name) => name !== undefined && name !== "none");
    return [
      ...MANIFESTS.filter((path) => patches.some((patch) => listAt(patch, ...path).length > 0)).map(
        (path) => `${path.join(".")} is set: an app of the platform brings manifests`,
      ),
      ...(cni === undefined ? [] : [`Talos would install the CNI ${String(cni)}, beside Cilium`]),
      ...(patches.some((patch) => at(patch, "cluster", "proxy", "disabled") === false)
        ? ["Talos would install kube-proxy, which Cilium replaces"]
        : []),
    ];
  },
});
