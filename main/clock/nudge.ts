import type { Clock } from './clock';

/** A pause that can be cut short: loops make it right on time, a nudge makes it fast. */
export class Nudge {
  readonly #clock: Clock;
  #pending = false;
  #waiting: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the present wait, or the next one if none is under way: a nudge is never lost. */
  nudge(): void {
    this.#pending = true;
    this.#waiting?.abort();
  }

  /** Waits `ms`, less when nudged or when the signal aborts. */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (!this.#pending && signal?.aborted !== true) {
      const controller = new AbortController();
      const abort = (): void => {
        controller.abort();
      };
      this.#waiting = controller;
      signal?.addEventListener('abort', abort, { once: true });
      await this.#clock.sleep(ms, controller.signal);
      signal?.removeEventListener('abort', abort);
      this.#waiting = null;
    }
    this.#pending = false;
  }
}
