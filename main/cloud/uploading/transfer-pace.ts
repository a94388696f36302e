import type { Clock } from '../../clock/clock';

const WINDOW_MS = 180_000;
/** A burst of a moment is no speed. */
const SHORTEST_MS = 2_000;

/** How fast a remote took what it was given, over the last minutes. */
export class TransferPace {
  readonly #clock: Clock;
  #finished: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(bytes: number): void {
    this.#forgetOld();
    this.#finished.push({ atMs: this.#clock.monotonicMs(), bytes });
  }

  /** Bytes per second; 0: nothing was taken in these minutes. */
  bytesPerS(): number {
    this.#forgetOld();
    const [first] = this.#finished;
    if (first === undefined) return 0;
    const elapsedMs = Math.max(SHORTEST_MS, this.#clock.monotonicMs() - first.atMs);
    return (this.#finished.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / elapsedMs;
  }

  #forgetOld(): void {
    const oldest = this.#clock.monotonicMs() - WINDOW_MS;
    const [first] = this.#finished;
    if (first !== undefined && first.atMs < oldest) {
      this.#finished = this.#finished.filter(({ atMs }) => atMs >= oldest);
    }
  }
}
