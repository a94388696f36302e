import type { Clock } from '../clock/clock';

const LEAST = 25;
const MOST = 200;
/** The main loop has other things to do. */
const TARGET_MS = 7;
/** Of so many slices the fastest tells what a row costs: in the others somebody else had the processor, too. */
const REMEMBERED = 8;

/** How many rows are written in one transaction: as many as a few milliseconds allow on this machine. */
export class SlicePace {
  readonly #clock: Clock;
  /** Milliseconds per row, of the last slices. */
  readonly #costs: number[] = [];
  #files = 50;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get files(): number {
    return this.#files;
  }

  /** @param rows that `write` writes, at least one */
  measure<T>(rows: number, write: () => T): T {
    const startedMs = this.#clock.monotonicMs();
    const result = write();
    this.#costs.push((this.#clock.monotonicMs() - startedMs) / rows);
    if (this.#costs.length > REMEMBERED) this.#costs.shift();
    const files = Math.floor(TARGET_MS / Math.min(...this.#costs));
    this.#files = Math.min(MOST, Math.max(LEAST, files));
    return result;
  }
}
