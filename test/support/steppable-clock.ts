import type { Clock } from '@main/clock/clock';
import { systemClock } from '@main/clock/system-clock';

/** The machine's real time, under a wall clock that a test may set. */
export class SteppableClock implements Clock {
  #offsetMs: number;

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  /** Sets the wall clock by so much. */
  step(ms: number): void {
    this.#offsetMs += ms;
  }

  wallMs(): number {
    return systemClock.wallMs() + this.#offsetMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
    return systemClock.sleep(ms, signal);
  }
}
