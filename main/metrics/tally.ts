/** Sums by labels that only grow. */
export class Tally {
  readonly #sums = new Map<string, { readonly labels: readonly string[]; value: number }>();

  /** A series is there from its first mention on, so that its first increase is one. */
  add(labels: readonly string[], value: number): void {
    const key = JSON.stringify(labels);
    const known = this.#sums.get(key);
    const more = Number.isFinite(value) ? Math.max(0, value) : 0;
    if (known === undefined) this.#sums.set(key, { labels, value: more });
    else known.value += more;
  }

  samples(): [labels: readonly string[], value: number][] {
    return [...this.#sums.values()].map(({ labels, value }) => [labels, value]);
  }
}
