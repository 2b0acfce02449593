import { containersOf, groupOf, objectOf, podSpecs, titleOf, type ClusterObject } from "../kubernetes";
import { defineRule } from "../rule";
import { HELM_RELEASE } from "../types";
import { at, findings, textAt } from "../values";

/** What runs today runs tomorrow. */
export const imagesPinned = defineRule({
  id: "images-pinned",
  says: "Images and artifacts carry a tag with a version of two numbers or a date, or a digest; a distribution or chart carries a version.",
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
  switch (`${groupOf(object)}/${textAt(object, "kind")}`) {
    case "fluxcd.controlplane.io/FluxInstance":
      return versionProblems("distribution", at(object, "spec", "distribution", "version"));
    case "source.toolkit.fluxcd.io/OCIRepository":
      return findings([!isPinnedReference(at(object, "spec", "ref")), "spec.ref names neither a version nor a digest"]);
    case "source.toolkit.fluxcd.io/HelmChart":
      return chartProblems(at(object, "spec"));
    case "helm.toolkit.fluxcd.io/HelmRelease":
      return chartProblems(at(object, "spec", "chart", "spec"));
    default:
      return podSpecs(object)
        .flatMap(containersOf)
        .map((container) => textAt(container, "image"))
        .filter((image) => !isPinned(image))
        .map((image) => `the image ${image === "" ? "of a container" : image} is not pinned`);
  }
}

/** A chart out of a repository of files is of that repository's version, whatever it says itself. */
function chartProblems(chart: unknown): readonly string[] {
  return chart === undefined || ["GitRepository", "Bucket"].includes(textAt(chart, "sourceRef", "kind"))
    ? []
    : versionProblems("chart", at(chart, "version"));
}

function versionProblems(what: string, version: unknown): readonly string[] {
  const text = typeof version === "string" ? version : "";
  return findings([!isVersion(text), `the ${what}'s version is ${text || "not set"}`]);
}

/** Flux looks at the digest first, then at the range, then at the tag, and takes `latest` without any. */
function isPinnedReference(reference: unknown): boolean {
  const [digest, range] = [textAt(reference, "digest"), textAt(reference, "semver")];
  return digest !== "" || (range === "" ? isPinnedTag(textAt(reference, "tag")) : isVersion(range));
}

function isPinned(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image) || isPinnedTag(/:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1] ?? "");
}

/** A version of at least two numbers in front, or a date or a commit anywhere. */
function isPinnedTag(tag: string): boolean {
  return /^v?\d+\.\d+|(^|[^\d])20\d\d-?[01]\d-?[0-3]\d([^\d]|$)|\b[0-9a-f]{40}\b/.test(tag);
}

/** A version of three numbers. */
function isVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(text);
}
