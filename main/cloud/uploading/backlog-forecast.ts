import type { Clock } from '../../clock/clock';

const SAMPLE_EVERY_MS = 60_000;
/** Over how long it is looked back: an hour of sun and an hour of clouds must not say two things. */
const WINDOW_MS = 3 * 3_600_000;
const SHORTEST_MS = 5 * 60_000;

/** When nothing waits any more, if all goes on as in the last hours. */
export class BacklogForecast {
  readonly #clock: Clock;
  readonly #samples: { readonly atMs: number; readonly waiting: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Told often, kept once a minute. */
  note(waiting: number): void {
    const atMs = this.#clock.monotonicMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return;
    this.#samples.push({ atMs, waiting });
    while ((this.#samples[1]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#samples.shift();
  }

  /** UTC milliseconds; null: not foreseeable, or never. */
  caughtUpAtMs(waiting: number): number | null {
    if (waiting === 0) return Math.round(this.#clock.wallMs());
    const [first] = this.#samples;
    if (first === undefined) return null;
    const elapsedMs = this.#clock.monotonicMs() - first.atMs;
    const lessEachMs = (first.waiting - waiting) / elapsedMs;
    if (elapsedMs < SHORTEST_MS || lessEachMs <= 0) return null;
    return Math.round(this.#clock.wallMs() + waiting / lessEachMs);
  }
}
