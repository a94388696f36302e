import type { Clock } from '../clock/clock';

/** What takes back one part of a change, of the recordings that were really changed. */
export type Step =
  | { readonly kind: 'tag' | 'untag'; readonly name: string; readonly ids: readonly number[] }
  | { readonly kind: 'protect' | 'unprotect'; readonly ids: readonly number[] };

const KEPT_MS = 10 * 60_000;
const KEPT = 5;
/** Of all changes that are kept: some 8 bytes each. */
const MOST_IDS = 4_000_000;

interface Change {
  readonly steps: readonly Step[];
  readonly ids: number;
  readonly atMs: number;
}

/** Remembers for a while what the last changes of many recordings did, so that exactly this can be taken back. */
export class RecentChanges {
  readonly #clock: Clock;
  /** In the order in which they were made. */
  readonly #changes = new Map<string, Change>();
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the change's name; null: nothing was changed, or too much to be remembered */
  remember(steps: readonly Step[]): string | null {
    const ids = steps.reduce((sum, step) => sum + step.ids.length, 0);
    this.#forgetOld(ids);
    if (ids === 0 || ids > MOST_IDS) return null;
    this.#last += 1;
    const name = String(this.#last);
    this.#changes.set(name, { steps, ids, atMs: this.#clock.monotonicMs() });
    return name;
  }

  /** What takes a change back; null: it is not remembered. */
  stepsBack(name: string): readonly Step[] | null {
    this.#forgetOld(0);
    return this.#changes.get(name)?.steps ?? null;
  }

  /** It was taken back. */
  forget(name: string): void {
    this.#changes.delete(name);
  }

  #forgetOld(coming: number): void {
    const sinceMs = this.#clock.monotonicMs() - KEPT_MS;
    let kept = [...this.#changes.values()].reduce((sum, { ids }) => sum + ids, coming);
    const room = coming === 0 ? KEPT : KEPT - 1;
    for (const [name, { ids, atMs }] of this.#changes) {
      if (atMs > sinceMs && kept <= MOST_IDS && this.#changes.size <= room) return;
      this.#changes.delete(name);
      kept -= ids;
    }
  }
}
