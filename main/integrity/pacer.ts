import type { Clock } from '../clock/clock';

/** The reading was to stop. */
export class HaltedError extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'HaltedError';
  }
}

/** Rests shorter than this are saved up: no timer is finer. */
const SHORTEST_REST_MS = 10;
/** What was not used for so long is not made up for. */
const MOST_CREDIT_MS = 200;

/** Holds reading down to a rate that may change at any time. */
export class Pacer {
  readonly #clock: Clock;
  readonly #bytesPerS: () => number;
  readonly #why: () => string | null;
  readonly #signal: AbortSignal;
  /** When what was read until now is paid for, monotonic milliseconds. */
  #paidMs = -Infinity;

  /** @param why no more is to be read; asked after each piece; null: it goes on */
  constructor(
    clock: Clock,
    bytesPerS: () => number,
    why: () => string | null,
    signal: AbortSignal,
  ) {
    this.#clock = clock;
    this.#bytesPerS = bytesPerS;
    this.#why = why;
    this.#signal = signal;
  }

  /** To be called with what was read. @throws HaltedError */
  readonly spend = async (bytes: number): Promise<void> => {
    const nowMs = this.#clock.monotonicMs();
    const from = Math.max(this.#paidMs, nowMs - MOST_CREDIT_MS);
    this.#paidMs = from + (bytes / this.#bytesPerS()) * 1000;
    const restMs = this.#paidMs - nowMs;
    if (restMs >= SHORTEST_REST_MS) await this.#clock.sleep(restMs, this.#signal);
    const why = this.#signal.aborted ? 'the station is stopping' : this.#why();
    if (why !== null) throw new HaltedError(why);
  };
}
