import { identityOf, objectOf } from "../kubernetes";
import { defineRule } from "../rule";
import { HELM_RELEASE } from "../types";
import { repeated, textAt } from "../values";

/** Something with its owner. */
interface Owned {
  readonly what: string;
  readonly owner: string;
  readonly urn?: string;
}

/** Two owners of one object undo each other for ever. */
export const oneOwner = defineRule({
  id: "one-owner",
  says: "Nothing is both in Pulumi's state and in the rendered tree, and no two resources make one object or release.",
  reason: "Flux puts back what Pulumi changed, every hour; and whoever deletes first takes it from the other.",
  level: "mandatory",
  stack: (resources, { tree }) => {
    const ours = resources.flatMap((resource): readonly Owned[] => {
      const { type, props, name, urn } = resource;
      if (type === HELM_RELEASE && textAt(props, "name") !== "")
        return [{ what: releaseOf(textAt(props, "namespace"), textAt(props, "name")), owner: name, urn }];
      const object = objectOf(resource);
      return object === undefined || textAt(object, "metadata", "name") === "" ? [] : [{ what: identityOf(object), owner: name, urn }];
    });
    const theirs = tree().flatMap((object): readonly Owned[] => {
      const release = releaseOf(
        textAt(object, "spec", "targetNamespace") || textAt(object, "metadata", "namespace"),
        textAt(object, "spec", "releaseName") || textAt(object, "metadata", "name"),
      );
      return [
        { what: identityOf(object), owner: "the tree" },
        ...(object.kind === "HelmRelease" ? [{ what: release, owner: "the tree" }] : []),
      ];
    });
    return [...repeated([...ours, ...theirs], ({ what }) => what)].map(([what, owners]) => ({
      message: `${what} belongs to ${owners.map(({ owner }) => owner).join(" and ")}`,
      urn: owners.find(({ urn }) => urn !== undefined)?.urn,
    }));
  },
});

function releaseOf(namespace: string, name: string): string {
  return `Helm release ${namespace}/${name}`;
}
