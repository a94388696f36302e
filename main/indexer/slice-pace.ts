import type { Clock } from '../clock/clock';

const LEAST = 25;
const MOST = 200;
/** A slice that is done sooner may be larger, one that takes longer must be smaller: the main loop has other things to do. */
const SHORT_MS = 4;
const LONG_MS = 9;

/**
 * How many rows are written in one transaction: as many as a few milliseconds allow on this machine, for each one is
 * forced to the disk.
 */
export class SlicePace {
  readonly #clock: Clock;
  #files = 50;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get files(): number {
    return this.#files;
  }

  measure<T>(write: () => T): T {
    const startedMs = this.#clock.monotonicMs();
    const result = write();
    const tookMs = this.#clock.monotonicMs() - startedMs;
    if (tookMs < SHORT_MS) this.#files = Math.min(MOST, Math.ceil(this.#files * 1.25));
    if (tookMs > LONG_MS) this.#files = Math.max(LEAST, Math.floor(this.#files / 2));
    return result;
  }
}
