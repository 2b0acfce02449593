/** What every Cloudflare adapter does around a request: credentials in, errors out in the real provider's words. */
import type { CloudflareClient } from "../world/cloudflare";
import { WorldError } from "../world/errors";
import { AdapterError, type CallContext, type Inputs } from "./adapter";

/** The client that this provider instance is configured as. */
export function clientOf({ config, signal }: CallContext): CloudflareClient {
  return { apiToken: String(config["apiToken"] ?? ""), signal };
}

/** A refusal by the account becomes an error for the user; anything else passes. */
export async function request<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof WorldError ? new AdapterError(`failed to make http request: ${error.message}`) : error;
  }
}

/** Undefined when the account says that it does not exist. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WorldError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** A text among checked inputs. */
export const textOf = (inputs: Inputs, name: string): string => String(inputs[name]);

/** A text that may be absent. */
export const optionalText = (inputs: Inputs, name: string): string | undefined =>
  inputs[name] === undefined ? undefined : String(inputs[name]);

/** The two halves of an import id such as `<account_id>/<tunnel_id>`. */
export function importId(id: string, form: string): readonly [string, string] {
  const [parent, child, ...rest] = id.split("/");
  if (parent === undefined || child === undefined || rest.length > 0) throw new AdapterError(`the import id must be ${form}`);
  return [parent, child];
}
