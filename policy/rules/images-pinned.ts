import { containersOf, objectOf, podSpecs, titleOf, type ClusterObject } from "../kubernetes";
import { defineRule } from "../rule";
import { HELM_RELEASE } from "../types";
import { textAt } from "../values";

const FLOATING = /^(latest|stable|main|master|edge|nightly|dev|rolling)$/;

/** What runs today runs tomorrow. */
export const imagesPinned = defineRule({
  id: "images-pinned",
  says: "Images carry a tag that does not move, or a digest; a distribution or chart carries a version.",
  reason: "A moving tag gives two nodes two programs, and nobody reviewed the second.",
  level: "mandatory",
  resource: (resource) => {
    const object = objectOf(resource);
    const version = textAt(resource.props, "version");
    if (resource.type === HELM_RELEASE) return version === "" || isVersion(version) ? [] : [`the chart's version is ${version}`];
    return object === undefined ? [] : problemsOf(object);
  },
  stack: (_resources, { tree }) =>
    tree().flatMap((object) => problemsOf(object).map((message) => ({ message: `${titleOf(object)} of the rendered tree: ${message}` }))),
});

function problemsOf(object: ClusterObject): readonly string[] {
  const images = podSpecs(object)
    .flatMap(containersOf)
    .map((container) => textAt(container, "image"));
  const distribution = textAt(object, "spec", "distribution", "version");
  return [
    ...images.filter((image) => !isPinned(image)).map((image) => `the image ${image === "" ? "of a container" : image} is not pinned`),
    ...(object["kind"] === "FluxInstance" && !isVersion(distribution)
      ? [`the distribution's version is ${distribution || "not set"}`]
      : []),
  ];
}

function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];
  return tag !== undefined && !FLOATING.test(tag);
}

/** A version of three numbers. */
function isVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(text);
}
