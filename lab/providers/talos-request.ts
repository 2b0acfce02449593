/** What every talos adapter does around a call to a node: whom to dial, how long to try, errors out in gRPC's words. */
import { X509Certificate } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { ClientConfiguration } from "../contracts";
import { WorldError, type WorldErrorCode } from "../world/errors";
import type { TalosTarget } from "../world/talos-api";
import type { World } from "../world/world";
import { AdapterError, UNKNOWN, type CallContext, type CheckProblem, type Inputs } from "./adapter";
import { isDuration, seconds } from "./duration";
import { isObject } from "./values";

const CODES: Readonly<Record<WorldErrorCode, status>> = {
  "already-exists": status.ALREADY_EXISTS,
  cancelled: status.CANCELLED,
  "deadline-exceeded": status.DEADLINE_EXCEEDED,
  "failed-precondition": status.FAILED_PRECONDITION,
  "invalid-argument": status.INVALID_ARGUMENT,
  "not-found": status.NOT_FOUND,
  "permission-denied": status.PERMISSION_DENIED,
  "resource-exhausted": status.RESOURCE_EXHAUSTED,
  unauthenticated: status.UNAUTHENTICATED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
};

/** The provider tries again after every error but InvalidArgument, until its own timeout. */
export async function persistently<T>(
  world: World,
  ctx: CallContext,
  what: { readonly doing: string; readonly timeout: unknown },
  attempt: () => Promise<T>,
): Promise<T> {
  const timeoutSeconds = typeof what.timeout === "string" ? seconds(what.timeout) : 600;
  const isFinal = (error: unknown): boolean =>
    !(error instanceof WorldError) || error.code === "invalid-argument" || error.code === "cancelled";
  try {
    return await world.clock.retry({ timeoutSeconds, isFinal, signal: ctx.signal }, attempt);
  } catch (error) {
    throw refusal(what.doing, error);
  }
}

/** A refusal of the world as the engine shows it; anything else stays a bug. */
export function refusal(doing: string, error: unknown): unknown {
  if (!(error instanceof WorldError)) return error;
  return new AdapterError(`${doing}: rpc error: code = ${error.code} desc = ${error.message}`, CODES[error.code]);
}

/** The node that these inputs mean; without an endpoint it is dialled itself. */
export function targetOf(inputs: Inputs, ctx: CallContext): TalosTarget {
  const node = String(inputs["node"]);
  const client = clientOf(inputs["clientConfigurationWo"]) ?? clientOf(inputs["clientConfiguration"]);
  return {
    node,
    endpoint: typeof inputs["endpoint"] === "string" ? inputs["endpoint"] : node,
    signal: ctx.signal,
    ...(client ? { client } : {}),
  };
}

/** A client configuration, when it is there and known. */
export function clientOf(value: unknown): ClientConfiguration | undefined {
  if (!isObject(value)) return undefined;
  const { caCertificate, clientCertificate, clientKey } = value;
  if (typeof caCertificate !== "string" || typeof clientCertificate !== "string" || typeof clientKey !== "string") return undefined;
  return { caCertificate, clientCertificate, clientKey };
}

/** Whether a base64 PEM certificate ends within so many seconds. */
export function endsWithin(certificate: unknown, window: number): "yes" | "no" {
  if (typeof certificate !== "string") return "no";
  const end = new Date(new X509Certificate(Buffer.from(certificate, "base64")).validTo);
  return end.getTime() < Date.now() + window * 1000 ? "yes" : "no";
}

/** Timeouts that are no durations. */
export function timeoutProblems(inputs: Inputs): readonly CheckProblem[] {
  const timeouts = inputs["timeouts"];
  if (!isObject(timeouts)) return [];
  return Object.entries(timeouts)
    .filter(([, value]) => typeof value === "string" && !isDuration(value))
    .map(([name]) => ({ property: `timeouts.${name}`, reason: `timeouts.${name} must be a duration such as "30s" or "2h45m"` }));
}

/** Exactly one way to give the client's credentials. */
export function credentialProblems(inputs: Inputs): readonly CheckProblem[] {
  const given = ["clientConfiguration", "clientConfigurationWo"].filter((name) => inputs[name] !== undefined && inputs[name] !== UNKNOWN);
  const unknown = ["clientConfiguration", "clientConfigurationWo"].some((name) => inputs[name] === UNKNOWN);
  if (given.length === 1 || (given.length === 0 && unknown)) return [];
  return [{ property: "clientConfiguration", reason: "exactly one of clientConfiguration and clientConfigurationWo must be given" }];
}

/** One of the timeouts, as it was given. */
export const timeoutOf = (inputs: Inputs, operation: "create" | "update" | "delete" | "read"): unknown =>
  isObject(inputs["timeouts"]) ? inputs["timeouts"][operation] : undefined;
