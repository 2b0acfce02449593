/** What every resource and function of this SDK shares: where the plugin comes from, and how inputs are handed to the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Where an official CLI fetches the provider plugin, since the default place does not have it. */
export const pluginDownloadURL = "github://api.github.com/pulumiverse";

/** Options of a resource that exists already: read by id, or handed over by URN. */
export type ExistingResourceOptions = pulumi.CustomResourceOptions &
  ({ readonly id: pulumi.Input<pulumi.ID> } | { readonly urn: pulumi.URN });

/** Property names of one resource, as the schema lists them. */
export interface ResourceShape {
  /** Every input. */
  readonly inputs: readonly string[];
  /** Inputs without which a resource cannot be made. */
  readonly required: readonly string[];
  /** Every output. */
  readonly outputs: readonly string[];
  /** Inputs and outputs that hold a secret at any depth. */
  readonly secrets: readonly string[];
}

let version: string | undefined;

/** The version of this package, which is the version of the plugin. */
export function getVersion(): string {
  if (version === undefined) {
    const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("version" in manifest) || typeof manifest.version !== "string") {
      throw new Error("sdks/talos/package.json has no version");
    }
    version = manifest.version.replace(/^v/, "");
  }
  return version;
}

/** Options of a resource: the given ones, with version, plugin URL and secret outputs filled in. */
export function resourceOptions(
  options: pulumi.CustomResourceOptions | undefined,
  secretOutputs: readonly string[],
): pulumi.CustomResourceOptions {
  const defaults: pulumi.CustomResourceOptions = { version: getVersion(), pluginDownloadURL };
  const merged = pulumi.mergeOptions(defaults, options);
  return secretOutputs.length === 0 ? merged : pulumi.mergeOptions(merged, { additionalSecretOutputs: [...secretOutputs] });
}

/** Options of a function call: the given ones, with version and plugin URL filled in. */
export function invokeOptions(options: pulumi.InvokeOutputOptions | undefined): pulumi.InvokeOutputOptions {
  return { version: getVersion(), pluginDownloadURL, ...options };
}

/**
 * The property bag of a resource. New: its inputs, secret ones wrapped, and its outputs as still to come.
 * Existing (by id): the given state as it is.
 * @throws Error when a required input is missing.
 */
export function resourceInputs(
  values: object | undefined,
  options: pulumi.CustomResourceOptions | undefined,
  shape: ResourceShape,
): pulumi.Inputs {
  const given = new Map<string, unknown>(Object.entries(values ?? {}));
  const bag: pulumi.Inputs = {};
  for (const name of shape.outputs) bag[name] = undefined;
  if (options?.id) {
    for (const name of shape.outputs) bag[name] = given.get(name);
    return bag;
  }
  for (const name of shape.required) {
    if (given.get(name) === undefined && !options?.urn) throw new Error(`Missing required property '${name}'`);
  }
  for (const name of shape.inputs) {
    const value = given.get(name);
    bag[name] = value !== undefined && shape.secrets.includes(name) ? pulumi.secret(value) : value;
  }
  return bag;
}

/** The named arguments of a function call, and nothing else. */
export function invokeArguments(values: object, names: readonly string[]): pulumi.Inputs {
  const given = new Map<string, unknown>(Object.entries(values));
  return Object.fromEntries(names.map((name) => [name, given.get(name)]));
}
