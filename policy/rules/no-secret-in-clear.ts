import { type ClusterObject, isCore, objectOf, titleOf } from "../kubernetes";
import { holdsSecretAt } from "../resource";
import { defineRule } from "../rule";
import { at, findings, texts } from "../values";

/** Text that is a secret wherever it stands. */
const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-1|client-key-data:/;
const OPEN_FIELDS = [
  ["metadata", "annotations"],
  ["metadata", "labels"],
] as const;
const CONFIG_MAP_FIELDS = [["data"], ["binaryData"]] as const;

/** What everybody who may look into a namespace may read. */
export const noSecretInClear = defineRule({
  id: "no-secret-in-clear",
  says: "No ConfigMap, label or annotation carries a secret, and the rendered tree has no Secret with values.",
  reason:
    "They are read by every account with the role `view` or of the repository, shown by dashboards and kept in clear in etcd backups.",
  level: "mandatory",
  resource: (resource) => {
    const object = objectOf(resource);
    return object === undefined
      ? []
      : openFields(object)
          .filter((path) => holdsSecretAt(resource, ...path) || looksSecret(object, path))
          .map((path) => `${path.join(".")} carries a secret`);
  },
  stack: (_resources, { tree }) =>
    tree().flatMap((object) =>
      findings(
        [openFields(object).some((path) => looksSecret(object, path)), "carries a secret"],
        [isCore(object, "Secret") && hasValues(object), "has its values in clear: declare it among the app's secrets"],
      ).map((message) => ({ message: `${titleOf(object)} of the rendered tree ${message}` })),
    ),
});

function openFields(object: ClusterObject): readonly (readonly string[])[] {
  return isCore(object, "ConfigMap") ? [...OPEN_FIELDS, ...CONFIG_MAP_FIELDS] : OPEN_FIELDS;
}

function looksSecret(object: ClusterObject, path: readonly string[]): boolean {
  const isEncoded = path.includes("binaryData");
  return [...texts(at(object, ...path))].some(({ text }) =>
    PRIVATE.test(isEncoded ? Buffer.from(text, "base64").toString("latin1") : text),
  );
}

function hasValues(secret: ClusterObject): boolean {
  return ["data", "stringData"].some((field) => [...texts(secret[field])].some(({ text }) => text !== ""));
}
