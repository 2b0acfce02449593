/** Why the world refuses something; adapters translate it into their protocol's words. */
export type WorldErrorCode =
  | "already-exists"
  | "cancelled"
  | "deadline-exceeded"
  | "failed-precondition"
  | "invalid-argument"
  | "not-found"
  | "permission-denied"
  | "resource-exhausted"
  | "unauthenticated"
  | "unavailable"
  | "unimplemented";

/** A refusal as the real thing would word it. Not a bug: it reaches the user through the engine. */
export class WorldError extends Error {
  constructor(
    readonly code: WorldErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "WorldError";
  }
}
