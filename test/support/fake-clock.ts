import type { Clock } from '@main/clock/clock';

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs: number;
  readonly #sleepers = new Set<{
    readonly at: number;
    readonly wake: (elapsed: boolean) => void;
  }>();

  constructor(wallMs = Date.UTC(2026, 4, 1, 12), monotonicMs = 1_000_000) {
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const sleeper = {
        at: this.#monotonicMs + ms,
        wake: (elapsed: boolean) => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve(elapsed);
        },
      };
      const onAbort = (): void => {
        sleeper.wake(false);
      };
      signal?.addEventListener('abort', onAbort);
      this.#sleepers.add(sleeper);
    });
  }

  /** How many sleepers wait: tells whether a loop rests. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /**
   * Lets time pass, waking sleepers in order of their time. After each one, everything that follows from it is given
   * the chance to run (real file work included) before time moves on.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonicMs + ms;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#moveTo(Math.max(next.at, this.#monotonicMs));
      next.wake(true);
      await settle();
    }
    this.#moveTo(end);
    await settle();
  }

  /** The wall clock is set; monotonic time knows nothing of it. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Lets pending promises and short file work finish. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
