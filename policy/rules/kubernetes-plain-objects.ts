import { defineRule } from "../rule";
import { HELM_RELEASE, isKubernetesObject } from "../types";
import { textAt } from "../values";

/** What asks the cluster or a registry in every preview. */
const RENDERED = /^kubernetes:(helm\.sh\/v[234]:Chart$|helm\.sh\/v4:|(yaml|kustomize)(\/v2)?:)/;

/** A preview works while nothing exists. */
export const kubernetesPlainObjects = defineRule({
  id: "kubernetes-plain-objects",
  says: "In the cluster Pulumi makes single objects and Helm releases from fetched charts: no rendered charts, no YAML, no kustomize, no lists.",
  reason:
    "They are rendered against the cluster or a registry in every preview, which then fails while either is down (pulumi/pulumi-kubernetes#2985, #3027).",
  level: "mandatory",
  resource: ({ type, props }) => [
    ...(RENDERED.test(type) ? [`${type} is rendered in every preview`] : []),
    ...(isKubernetesObject(type) && type.endsWith("List") && "items" in props
      ? [`${type} is many objects in one, which no rule looks into`]
      : []),
    ...(type === HELM_RELEASE && !/^[./].*\.tgz$|^[^:]+\.tgz$/.test(textAt(props, "chart"))
      ? ["chart is no path to a fetched archive"]
      : []),
    ...(type === HELM_RELEASE && textAt(props, "name") === "" ? ["the release has no name of its own: Pulumi would make one up"] : []),
  ],
});
