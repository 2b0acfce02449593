import { z } from "zod";
import { isRecord } from "../../config/path";
import { isSecretAt, UNKNOWN } from "../resource";
import { defineRule } from "../rule";
import { STACK } from "../types";
import { texts } from "../values";

const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-1|client-key-data:|(^|\n)\s*key: [A-Za-z0-9+/=]{40}/;

/** What opens the cluster leaves the stack as a secret. */
export const secretOutputs = defineRule({
  id: "secret-outputs",
  says: "Outputs that open something are Pulumi secrets.",
  reason: "A plain output is printed after every run, kept in clear in the state and handed in clear to every stack that reads it.",
  level: "mandatory",
  knownLater: ["kubeconfig", "talosconfig", "identityClientSecret", "tunnel", "expiry"].map((name) => ({
    value: `${STACK} ${name}`,
    instead: "whether it is marked as a secret; one that is not must be on the list `plain`",
  })),
  config: z.strictObject({
    names: z
      .array(z.string())
      .default(["kubeconfig", "talosconfig", "fluxWebhookPath", "identityClientSecret"])
      .describe("Outputs that must be secret."),
    plain: z.array(z.string()).default(["expiry", "tunnel"]).describe("Outputs that are known only after an `up` and are no secret."),
  }),
  stack: (resources, _context, { names, plain }) =>
    resources
      .filter(({ type }) => type === STACK)
      .flatMap((stack) =>
        Object.entries(stack.props)
          .filter(([name]) => !isSecretAt(stack, name))
          .filter(([name, value]) => names.includes(name) || opensSomething(value) || (isUnknown(value) && !plain.includes(name)))
          .map(([name]) => ({ message: `the output ${name} is no secret`, urn: stack.urn })),
      ),
});

function opensSomething(value: unknown): boolean {
  return [...texts(value)].some(({ text }) => PRIVATE.test(text));
}

function isUnknown(value: unknown): boolean {
  return value === UNKNOWN || (Array.isArray(value) ? value.some(isUnknown) : isRecord(value) && Object.values(value).some(isUnknown));
}
