import type { Clock } from '../clock/clock';

/** Over how long the pace is taken: a slow stick writes in bursts. */
const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 250;
/** Before that nothing sensible can be said. */
const SHORTEST_MS = 1_000;

/** How fast something goes on, over the last seconds. */
export class Pace {
  readonly #clock: Clock;
  readonly #samples: { readonly atMs: number; readonly done: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param done how much is done in all, in whatever unit */
  at(done: number): void {
    const atMs = this.#clock.monotonicMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return;
    this.#samples.push({ atMs, done });
    while ((this.#samples[1]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#samples.shift();
  }

  /** In units a second; null: not known yet. */
  perS(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_MS) {
      return null;
    }
    // Where it stands still, the pace falls with every second of silence.
    const elapsedMs = Math.max(this.#clock.monotonicMs(), last.atMs) - first.atMs;
    return ((last.done - first.done) * 1000) / elapsedMs;
  }

  /** Seconds; null: not known. */
  secondsFor(left: number): number | null {
    const perS = this.perS();
    if (left <= 0) return 0;
    return perS === null || perS <= 0 ? null : left / perS;
  }
}
