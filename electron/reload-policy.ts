export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 30_000;
export const HEALTHY_AFTER_MS = 60_000;

/**
 * How long to wait before a page that fell over is loaded again: half a second, then twice as long each
 * time up to 30 s. A page that stood for a minute starts from the beginning. Times are monotonic milliseconds.
 */
export class ReloadPolicy {
  #failures = 0;
  #loadedAtMs: number | null = null;

  /** A load of the page finished. */
  loaded(nowMs: number): void {
    this.#loadedAtMs = nowMs;
  }

  /** The page is gone. @returns the wait before the next load, and which attempt in a row that will be */
  failed(nowMs: number): { delayMs: number; attempt: number } {
    if (this.#loadedAtMs !== null && nowMs - this.#loadedAtMs >= HEALTHY_AFTER_MS)
      this.#failures = 0;
    this.#loadedAtMs = null;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#failures, LONGEST_DELAY_MS);
    this.#failures += 1;
    return { delayMs, attempt: this.#failures };
  }
}
