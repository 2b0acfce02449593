import type { Resource } from "../resource";
import { defineRule } from "../rule";
import { patchesOf } from "../talos";
import { isObjectPatch, NAMESPACES, TALOS_APPLY } from "../types";
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
    const namespaces = resources.filter(({ type }) => NAMESPACES.includes(type) && !isObjectPatch(type));
    const bare = namespaces.filter(({ props }) => textAt(props, "metadata", "labels", ENFORCE) === "");
    if (bare.length === 0 && namespaces.length > 0) return [];
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
    const apiServer = at(patch, "cluster", "apiServer");
    const plugins = listAt(apiServer, "admissionControl").filter((plugin) => (textAt(plugin, "name") || "PodSecurity") === "PodSecurity");
    return (
      at(apiServer, "disablePodSecurityPolicy") === false ||
      at(apiServer, "$patch") === "delete" ||
      at(apiServer, "admissionControl", "$patch") === "delete" ||
      plugins.some((plugin) => at(plugin, "$patch") === "delete" || isLoose(at(plugin, "configuration"))) ||
      argument(apiServer, "disable-admission-plugins").includes("PodSecurity") ||
      argument(apiServer, "admission-control-config-file").length > 0
    );
  });
}

/** Values of a flag of kube-apiserver: Talos takes a text with commas, or a list. */
function argument(apiServer: unknown, flag: string): readonly string[] {
  return [at(apiServer, "extraArgs", flag)]
    .flat()
    .flatMap((value) => (typeof value === "string" ? value.split(",").map((each) => each.trim()) : []));
}

function isLoose(configuration: unknown): boolean {
  const exempt = textsAt(configuration, "exemptions", "namespaces").filter((name) => !EXEMPT.includes(name));
  return textAt(configuration, "defaults", "enforce") === "privileged" || exempt.length > 0;
}
