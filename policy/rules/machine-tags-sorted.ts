import { defineRule } from "../rule";
import { MACHINE } from "../types";
import { textsAt } from "../values";

/** Proxmox' own order: lower case, sorted, each once. */
function inOrder(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.toLowerCase()))].sort();
}

/** What comes back from Proxmox must be what was sent. */
export const machineTagsSorted = defineRule({
  id: "machine-tags-sorted",
  says: "A machine's tags are lower case, sorted and each there once.",
  reason: "Proxmox sorts them, and every later run would show a change (documentation of the provider).",
  level: "remediate",
  types: [MACHINE],
  resource: ({ props }) => {
    const tags = textsAt(props, "tags");
    return tags.join() === inOrder(tags).join()
      ? []
      : [`tags are ${tags.join(", ")}, and Proxmox makes ${inOrder(tags).join(", ")} of them`];
  },
  remedy: (props) => [{ path: ["tags"], value: inOrder(textsAt(props, "tags")) }],
});
