import { z } from "zod";
import { containersOf, objectOf, podSpecs, titleOf, type ClusterObject } from "../kubernetes";
import { defineRule } from "../rule";
import { PRIVILEGED_NAMESPACES } from "../reasons";
import { at, listAt, textAt } from "../values";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** What a pod may do to its node is written down. */
export const podsUnprivileged = defineRule({
  id: "pods-unprivileged",
  says: "Privileged pods, and namespaces that allow them, are from a list with reasons.",
  reason: "A privileged pod is root on its node, and from there on every pod and Secret of it.",
  level: "mandatory",
  config: z.strictObject({
    allowed: z.record(z.string(), z.string().min(10)).default({}).describe("Further namespaces -> why their pods need it."),
  }),
  resource: (resource, _context, { allowed }) => {
    const object = objectOf(resource);
    return object === undefined ? [] : problemsOf(object, allowed);
  },
  stack: (_resources, { tree }, { allowed }) =>
    tree().flatMap((object) =>
      problemsOf(object, allowed).map((message) => ({ message: `${titleOf(object)} of the rendered tree: ${message}` })),
    ),
});

function problemsOf(object: ClusterObject, allowed: Readonly<Record<string, string>>): readonly string[] {
  const isListed = (namespace: string): boolean => [PRIVILEGED_NAMESPACES, allowed].some((list) => Object.hasOwn(list, namespace));
  const name = textAt(object, "metadata", "name");
  if (object["kind"] === "Namespace")
    return textAt(object, "metadata", "labels", ENFORCE) !== "privileged" || isListed(name)
      ? []
      : [`namespace ${name} allows privileged pods without a reason`];
  const namespace = textAt(object, "metadata", "namespace") || "default";
  return isListed(namespace)
    ? []
    : podSpecs(object)
        .flatMap(rightsOf)
        .map((right) => `${right} in namespace ${namespace}, which is not on the list`);
}

/** What a pod asks for that makes it root on its node. */
function rightsOf(pod: Readonly<Record<string, unknown>>): readonly string[] {
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => pod[field] === true),
    ...(listAt(pod, "volumes").some((volume) => at(volume, "hostPath") !== undefined) ? ["a hostPath volume"] : []),
    ...(containersOf(pod).some((container) => at(container, "securityContext", "privileged") === true) ? ["a privileged container"] : []),
    ...(containersOf(pod).some((container) =>
      listAt(container, "securityContext", "capabilities", "add").some((each) => DANGEROUS.has(capabilityOf(each))),
    )
      ? ["a capability that is as good as root"]
      : []),
  ];
}

/** The runtime takes a capability in any case. */
function capabilityOf(value: unknown): string {
  return String(value).toUpperCase().replace(/^CAP_/, "");
}

const DANGEROUS: ReadonlySet<string> = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "NET_ADMIN", "BPF", "DAC_READ_SEARCH"]);
