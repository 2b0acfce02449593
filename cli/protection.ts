import { UserError, type Settings } from "../config";

/** The part of an exported state that says what is protected. */
export interface ProtectableState {
  readonly deployment?: { readonly resources?: readonly { readonly urn: string; readonly protect?: boolean }[] };
}

/** How protection is taken off, the same words wherever it is met. */
const HOW = "set cluster.deletionProtection to false and run up once, then destroy";

/** Before anything else: the settings themselves forbid it. @throws UserError */
export function refuseWhileProtected(stack: string, { cluster }: Settings): void {
  if (cluster.deletionProtection) throw new UserError(`stack ${stack} is protected against deletion: ${HOW}`);
}

/**
 * Before the engine starts: the file may say that protection is off while the last `up` left it on. The engine alone
 * would delete other resources before it meets the first protected one. @throws UserError
 */
export function refuseProtectedState(stack: string, state: ProtectableState): void {
  const names = (state.deployment?.resources ?? [])
    .filter(({ protect }) => protect === true)
    .map(({ urn }) => urn.split("::").at(-1) ?? urn);
  if (names.length === 0) return;
  throw new UserError(`stack ${stack} is protected against deletion since its last up (${names.join(", ")}): ${HOW}`);
}
