/**
 * What waits for a reader that is busy. The writer never waits; beyond `capacity` the oldest item gives way,
 * so that a reader that is slow, or hangs, costs no more memory than that.
 */
export class Mailbox<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #wake: (() => void) | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  put(item: T): void {
    this.#items.push(item);
    if (this.#items.length > this.#capacity) this.#items.shift();
    this.#wake?.();
  }

  /** The oldest item, as soon as there is one; undefined once the signal aborts. For one reader. */
  async next(signal: AbortSignal): Promise<T | undefined> {
    while (!signal.aborted && this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', this.#onAbort);
      });
      signal.removeEventListener('abort', this.#onAbort);
      this.#wake = null;
    }
    return signal.aborted ? undefined : this.#items.shift();
  }

  readonly #onAbort = (): void => {
    this.#wake?.();
  };
}
