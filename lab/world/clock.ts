import { setMaxListeners } from "node:events";
import { setTimeout as sleepMs } from "node:timers/promises";
import { WorldError } from "./errors";
import { DEFAULT_SCALE, REAL_LATENCIES, type Latencies } from "./latencies";

/** Longest wait of a retry when the scale is 0: the model still needs certificates made and sockets opened. */
const UNSCALED_PATIENCE_MS = 5000;

/** Time of the world: seconds of the real world, shortened by the scale. */
export class Clock {
  private readonly end = new AbortController();

  /**
   * @param scale real seconds -> seconds waited; @default DEFAULT_SCALE
   * @param unscaledPatienceMs longest wait of a retry when the scale is 0; @default 5000
   */
  constructor(
    readonly scale: number = DEFAULT_SCALE,
    private latencies: Latencies = REAL_LATENCIES,
    private readonly unscaledPatienceMs: number = UNSCALED_PATIENCE_MS,
  ) {
    setMaxListeners(0, this.end.signal);
  }

  /** Takes some latencies from now on; waits that are under way go on as they were. */
  change(latencies: Partial<Latencies>): void {
    this.latencies = { ...this.latencies, ...latencies };
  }

  /** Ends every wait, now and from now on. */
  stop(): void {
    this.end.abort();
  }

  /** Now, as the events write it. */
  timestamp(): string {
    return new Date().toISOString();
  }

  /** Waits so many seconds of the real world. Rejects with `cancelled` when the signal fires. */
  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    const milliseconds = seconds * 1000 * this.scale;
    const ends = signal ? AbortSignal.any([signal, this.end.signal]) : this.end.signal;
    if (ends.aborted) throw cancelled();
    if (milliseconds < 1) return;
    try {
      await sleepMs(milliseconds, undefined, { signal: ends });
    } catch (error) {
      throw ends.aborted ? cancelled() : error;
    }
  }

  /** The latency of one kind. */
  async take(kind: keyof Latencies, signal?: AbortSignal): Promise<void> {
    await this.sleep(this.latencies[kind], signal);
  }

  /**
   * Tries until it works, an error is final, or `timeoutSeconds` (of the real world) are over; then the last error is thrown,
   * with how long it was tried. This is how the talos provider treats every error but InvalidArgument.
   */
  async retry<T>(options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
    const patience = this.scale === 0 ? this.unscaledPatienceMs : options.timeoutSeconds * 1000 * this.scale;
    const deadline = Date.now() + patience;
    const pause = Math.max(5, 1000 * this.scale);
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (options.isFinal(error) || options.signal?.aborted) throw error;
        if (Date.now() + pause > deadline) {
          const last = error instanceof Error ? error.message : String(error);
          throw new WorldError("deadline-exceeded", `gave up after ${options.timeoutSeconds} s: ${last}`);
        }
        await sleepMs(pause);
      }
    }
  }
}

/** How long to try and what ends it early. */
export interface RetryOptions {
  readonly timeoutSeconds: number;
  readonly isFinal: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
}

const cancelled = (): WorldError => new WorldError("cancelled", "the operation was cancelled");
