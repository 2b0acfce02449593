import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's SDK writes before the values that it sent or was sent. */
const VALUES = /\b(resp: |obj=|props=)[\s\S]*$/;

/** The message without the values of a resource or a function. */
export function withoutValues(message: string): string {
  return message.replace(VALUES, "$1[left out, as it may hold secrets]");
}

const guarded = new WeakSet<typeof pulumi.log>();

/**
 * Keeps secrets out of the engine's event log and of `--debug`: the SDK logs the whole answer of every call, with
 * secrets in clear (`runtime/resource.js`, `runtime/invoke.js`), and the engine hands on what was logged.
 */
export function keepValuesOutOfDebugLog(): void {
  if (guarded.has(pulumi.log)) return;
  guarded.add(pulumi.log);
  const { debug } = pulumi.log;
  const guard: typeof debug = (message, ...rest) => debug(withoutValues(message), ...rest);
  Object.assign(pulumi.log, { debug: guard });
}
