import type { Resource } from "../resource";
import { defineRule } from "../rule";
import { patchesOf } from "../talos";
import { NAMESPACE, TALOS_APPLY } from "../types";
import { at, listAt, textAt, textsAt } from "../values";

const ENFORCE = "pod-security.kubernetes.io/enforce";
/** Talos' own exemption. */
const EXEMPT = ["kube-system"];

/** Admission that Talos turns on is turned off by one line of a patch. */
export const talosPodSecurityKept = defineRule({
  id: "talos-pod-security-kept",
  says: "No patch takes Pod Security admission away unless every namespace of the stack carries a level of its own.",
  reason:
    "Talos enforces `baseline` on namespaces without a label; without the plugin, and without labels, any pod may be root on its node.",
  level: "mandatory",
  stack: (resources) => {
    const bare = resources.filter((each) => each.type === NAMESPACE && textAt(each.props, "metadata", "labels", ENFORCE) === "");
    if (bare.length === 0 && resources.some(({ type }) => type === NAMESPACE)) return [];
    const names = bare.map(({ props }) => textAt(props, "metadata", "name"));
    return resources
      .filter(({ type }) => type === TALOS_APPLY)
      .filter(takesItAway)
      .map(({ name, urn }) => ({
        message: `${name} takes Pod Security admission away, and ${names.length === 0 ? "no namespace carries a level" : `${names.join(", ")} carry no level`}`,
        urn,
      }));
  },
});

function takesItAway(resource: Resource): boolean {
  return patchesOf(resource).some((patch) => {
    const admission = at(patch, "cluster", "apiServer", "admissionControl");
    const plugins = listAt(patch, "cluster", "apiServer", "admissionControl").filter((plugin) => at(plugin, "name") === "PodSecurity");
    return (
      at(patch, "cluster", "apiServer", "disablePodSecurityPolicy") === false ||
      at(admission, "$patch") === "delete" ||
      plugins.some((plugin) => at(plugin, "$patch") === "delete" || isLoose(at(plugin, "configuration")))
    );
  });
}

function isLoose(configuration: unknown): boolean {
  const exempt = textsAt(configuration, "exemptions", "namespaces").filter((name) => !EXEMPT.includes(name));
  return textAt(configuration, "defaults", "enforce") === "privileged" || exempt.length > 0;
}
