/** What every Proxmox adapter does around a request: which cluster is meant, credentials in, errors out. */
import { status } from "@grpc/grpc-js";
import { WorldError } from "../world/errors";
import type { Proxmox } from "../world/proxmox";
import type { World } from "../world/world";
import { AdapterError, type CallContext, type Inputs } from "./adapter";
import { isObject } from "./values";

/** One request to the cluster that this provider instance is configured for. `operation` becomes the call's name, `proxmox.<operation>`. */
export async function request<T>(
  world: World,
  ctx: CallContext,
  what: { readonly operation: string; readonly subject: string },
  body: (cluster: Proxmox) => T | Promise<T>,
): Promise<T> {
  try {
    const endpoint = ctx.config["endpoint"];
    const token = ctx.config["apiToken"];
    return await world.call(
      `proxmox.${what.operation}`,
      what.subject,
      () => {
        const cluster = world.proxmoxAt(String(endpoint ?? ""));
        cluster.authenticate(typeof token === "string" ? token : undefined);
        return body(cluster);
      },
      ctx.signal,
    );
  } catch (error) {
    throw error instanceof WorldError ? new ProxmoxRefusal(error) : error;
  }
}

/** A refusal of the world as the engine shows it. */
class ProxmoxRefusal extends AdapterError {
  constructor(readonly refusal: WorldError) {
    super(`received an HTTP error from Proxmox: ${refusal.message}`, refusal.code === "cancelled" ? status.CANCELLED : status.UNKNOWN);
  }
}

/** Undefined when Proxmox says that it is not there. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProxmoxRefusal && error.refusal.code === "not-found") return undefined;
    throw error;
  }
}

/** Whether Proxmox refused because it exists already. */
export const isConflict = (error: unknown): boolean => error instanceof ProxmoxRefusal && error.refusal.code === "already-exists";

/** A text among checked inputs; empty when it is absent. */
export const textOf = (inputs: Inputs, name: string): string => (typeof inputs[name] === "string" ? inputs[name] : "");

/** A number among checked inputs, or a default. */
export const numberOf = (inputs: Inputs, name: string, fallback: number): number =>
  typeof inputs[name] === "number" ? inputs[name] : fallback;

/** A nested object; empty when it is absent. */
export const objectOf = (inputs: Inputs, name: string): Inputs => (isObject(inputs[name]) ? inputs[name] : {});

/** A list of nested objects; empty when it is absent. */
export const objectsOf = (inputs: Inputs, name: string): readonly Inputs[] =>
  Array.isArray(inputs[name]) ? inputs[name].filter(isObject) : [];

/** A list of texts; empty when it is absent. */
export const textsOf = (inputs: Inputs, name: string): readonly string[] =>
  Array.isArray(inputs[name]) ? inputs[name].filter((item): item is string => typeof item === "string") : [];
