import { isSecretAt } from "../resource";
import { defineRule } from "../rule";
import { SECRET, SECRETS } from "../types";

/** What is a secret in the cluster is one in the state. */
export const secretIsSecret = defineRule({
  id: "secret-is-secret",
  says: "The data of a Secret is a Pulumi secret, whole, and written as `data`.",
  reason:
    "A plain value stands in clear in the state, in every preview and in its log; `stringData` is never read back and shows a change in every run (pulumi/pulumi-kubernetes#2291).",
  level: "mandatory",
  knownLater: [{ value: `${SECRET} data`, instead: "the mark of a secret, which is there before the value" }],
  types: SECRETS,
  resource: (resource) => [
    ...(resource.props["data"] === undefined ||
    isSecretAt(resource, "data") ||
    isWhollySecret(resource.props["data"], (key) => isSecretAt(resource, "data", key))
      ? []
      : ["a value of data is no Pulumi secret"]),
    ...(resource.props["stringData"] === undefined ? [] : ["it has stringData: write data"]),
  ],
});

function isWhollySecret(data: unknown, isSecret: (key: string) => boolean): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).every(isSecret);
}
