import { controlPlanesOf } from "../machines";
import { defineRule } from "../rule";

/** Etcd needs a majority. */
export const controlPlanesOdd = defineRule({
  id: "control-planes-odd",
  says: "The number of control planes is odd.",
  reason: "A second or fourth etcd member adds a way to lose the majority and no member that may be lost.",
  level: "mandatory",
  stack: (resources) => {
    const names = controlPlanesOf(resources).map(({ name }) => name);
    return names.length === 0 || names.length % 2 === 1
      ? []
      : [{ message: `${names.length} control planes (${names.join(", ")}): have one more or one less` }];
  },
});
