import { type ClusterObject, objectOf, titleOf } from "../kubernetes";
import { holdsSecretAt } from "../resource";
import { defineRule } from "../rule";
import { at, texts } from "../values";

/** Text that is a secret wherever it stands. */
const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-1|client-key-data:/;
const OPEN_FIELDS = [
  ["metadata", "annotations"],
  ["metadata", "labels"],
] as const;

/** What everybody who may look into a namespace may read. */
export const noSecretInClear = defineRule({
  id: "no-secret-in-clear",
  says: "No ConfigMap, label or annotation carries a secret.",
  reason: "They are read by every account with the role `view`, shown by dashboards and kept in clear in etcd backups.",
  level: "mandatory",
  resource: (resource) => {
    const object = objectOf(resource);
    if (object === undefined) return [];
    const fields = [...OPEN_FIELDS, ...(object["kind"] === "ConfigMap" ? ([["data"], ["binaryData"]] as const) : [])];
    return fields
      .filter((path) => holdsSecretAt(resource, ...path) || looksSecret(at(object, ...path)))
      .map((path) => `${path.join(".")} carries a secret`);
  },
  stack: (_resources, { tree }) =>
    tree()
      .filter((object) => openFields(object).some(looksSecret))
      .map((object) => ({ message: `${titleOf(object)} of the rendered tree carries a secret` })),
});

function openFields(object: ClusterObject): readonly unknown[] {
  return [...OPEN_FIELDS.map((path) => at(object, ...path)), ...(object["kind"] === "ConfigMap" ? [object["data"]] : [])];
}

function looksSecret(value: unknown): boolean {
  return [...texts(value)].some(({ text }) => PRIVATE.test(text));
}
