/** By how much counters grew lately. A counter that fell has begun anew, from zero. */
export class RecentGrowth {
  readonly #windowMs: number;
  readonly #counters = new Map<string, { last: number; steps: { atMs: number; by: number }[] }>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** @returns the growth within the window up to now; what a counter stood at when it was first seen is none */
  observe(name: string, value: number, monotonicMs: number): number {
    const counter = this.#counters.get(name) ?? { last: value, steps: [] };
    this.#counters.set(name, counter);
    const by = value >= counter.last ? value - counter.last : value;
    counter.last = value;
    if (by > 0) counter.steps.push({ atMs: monotonicMs, by });
    const from = monotonicMs - this.#windowMs;
    const stale = counter.steps.findIndex((step) => step.atMs > from);
    counter.steps.splice(0, stale < 0 ? counter.steps.length : stale);
    return counter.steps.reduce((sum, step) => sum + step.by, 0);
  }

  /** Lets go of counters that are no more. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#counters.keys()) {
      if (!names.has(name)) this.#counters.delete(name);
    }
  }
}
