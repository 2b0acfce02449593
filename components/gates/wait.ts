import { UserError } from "../../config/user-error";

/** One look at the thing that is waited for. */
export type Sight = { readonly ready: true } | { readonly ready: false; readonly state: string };

export interface WaitOptions {
  /** What is waited for, as a noun phrase: "the Talos API of cp-1 (192.0.2.11:50000)". */
  readonly what: string;
  /** Seconds until the gate gives up. */
  readonly deadline: number;
  /** Seconds between two looks. @default 1 */
  readonly interval?: number;
  /** Looks in a row that must be good, so that a thing about to restart does not pass. @default 1 */
  readonly inARow?: number;
  readonly look: () => Promise<Sight>;
}

/** A gate that missed its deadline; says what was waited for, for how long, and what was seen last. */
export class GateError extends UserError {
  constructor(what: string, deadline: number, state: string) {
    super(
      `gave up waiting for ${what} after ${deadline} s; last seen: ${state}. Nothing after it was made: run \`up\` again to wait once more.`,
    );
  }
}

/** Polls until `look` is ready as often as asked. @throws GateError with the last state seen. */
export async function waitUntil(options: WaitOptions): Promise<void> {
  const { what, deadline, interval = 1, inARow = 1, look } = options;
  const end = Date.now() + deadline * 1000;
  let state = "nothing yet";
  let good = 0;
  for (;;) {
    const sight = await look().catch((error: unknown): Sight => ({ ready: false, state: message(error) }));
    if (sight.ready) {
      if (++good >= inARow) return;
    } else {
      good = 0;
      state = sight.state;
    }
    const left = end - Date.now();
    if (left <= 0) throw new GateError(what, deadline, state);
    await sleep(Math.min(interval * 1000, left));
  }
}

/** The text of anything thrown, without a stack. */
export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
